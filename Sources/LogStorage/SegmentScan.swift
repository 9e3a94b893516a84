import Toolbox
import Vocabulary

/// What is left of one segment: its header and the frames that follow one another from there.
struct SegmentScan {
    let name: FileName
    let header: SegmentHeader
    let frames: [Frame]
    /// Where the first frame would stand that is not there.
    let end: Int
    /// Behind the last frame.
    let position: ChainPosition
    let file: Bytes

    /// - Parameter limit: frames from this sequence on stand in the next segment.
    static func read(
        _ file: Bytes, name: FileName, of identity: LogIdentity, before limit: UInt64 = .max
    ) throws(LogStorageFailure) -> SegmentScan {
        let (header, headerBytes) = try SegmentHeader.read(from: file, name: name)
        let (found, expected) = (header.identity, identity)
        guard found.cluster == expected.cluster else {
            throw .otherCluster(file: name, found: found.cluster, expected: expected.cluster)
        }
        guard found.node == expected.node else {
            throw .otherNode(file: name, found: found.node, expected: expected.node)
        }
        guard SegmentNames.segment(header.sequence) == name else {
            throw .damaged(
                segment: name, offset: 0, what: "the header of segment \(header.sequence)")
        }
        guard header.capacity == file.count else {
            throw .damaged(
                segment: name, offset: min(file.count, header.capacity),
                what: "\(file.count) bytes instead of \(header.capacity)")
        }
        var offset = headerBytes
        var position = ChainPosition(next: header.firstFrame, hash: header.chain)
        var frames: [Frame] = []
        while position.next < limit,
            let frame = Frame.read(from: file, at: offset, nonce: header.nonce)
        {
            guard frame.sequence == position.next, frame.durable < frame.sequence else {
                throw .damaged(
                    segment: name, offset: offset,
                    what: "frame \(frame.sequence) where \(position.next) belongs")
            }
            guard frame.previous == position.hash else {
                throw .damaged(
                    segment: name, offset: frames.last?.offset ?? 0,
                    what: "not what frame \(frame.sequence) follows")
            }
            frames.append(frame)
            position = ChainPosition(next: frame.sequence + 1, hash: frame.hash)
            offset = frame.end
        }
        return SegmentScan(
            name: name, header: header, frames: frames, end: offset, position: position, file: file)
    }

    /// The last frame that the segment itself proves to have been durable.
    var durableFrame: UInt64 {
        min(position.next - 1, frames.reduce(header.durable) { max($0, $1.durable) })
    }

    /// Where the frames begin that may never have been synced.
    var durablePosition: ChainPosition {
        let durable = durableFrame
        let last = frames.last { $0.sequence <= durable }
        return ChainPosition(next: durable + 1, hash: last?.hash ?? header.chain)
    }

    /// The oldest segment that recovery needs.
    var oldest: UInt64 { frames.last?.oldest ?? header.oldest }

    /// Valid frames behind a place where none is: of a batch torn before them, or behind damage.
    func framesBehindEnd() -> [Frame] {
        Frame.search(in: file, from: min(end + 8, file.count), nonce: header.nonce)
            .filter { $0.sequence > position.next }
    }

    /// Whether the frame that should stand at the end was acknowledged: what is there instead is
    /// damage, not a torn write.
    func provesDamage(_ behindEnd: [Frame]) -> Bool {
        header.durable >= position.next || behindEnd.contains { $0.durable >= position.next }
    }
}
