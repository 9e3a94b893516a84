import Toolbox
import Vocabulary

/// What is left of one segment: its header, and the frames that follow one another from there.
struct SegmentScan {
    let name: FileName
    let sequence: UInt64
    let file: Bytes
    /// nil if it cannot be read: a segment gets its name only after its header is durable.
    let header: SegmentHeader?
    /// What is wrong with the file as a whole, whatever its frames say.
    let objection: LogDamage?
    /// Without a header: all frames that can still be told.
    private(set) var frames: [Frame] = []
    /// Where the first frame would stand that is not there.
    private(set) var end = 0
    /// Behind the last frame.
    private(set) var position: ChainPosition

    /// - Throws: whose segment it is, if not `identity`'s.
    static func read(
        _ file: Bytes, of sequence: UInt64, failure: ReadFailure?, identity: LogIdentity
    ) throws(LogStorageFailure) -> SegmentScan {
        let name = SegmentNames.segment(sequence)
        do throws(LogStorageFailure) {
            let (header, headerBytes) = try SegmentHeader.read(from: file, name: name)
            try check(header.identity, against: identity, name)
            guard header.sequence == sequence else {
                throw .damaged(
                    segment: name, offset: 0, what: "the header of segment \(header.sequence)")
            }
            let scan = SegmentScan(
                name: name, sequence: sequence, file: file, header: header,
                objection: objection(to: file, name, header, failure),
                position: header.position)
            return scan.withFrames(from: headerBytes, header)
        } catch {
            guard case .damaged(_, let offset, let what) = error else { throw error }
            let why = failure.map { "error \($0.code) when reading; \(what)" } ?? what
            return SegmentScan(
                name: name, sequence: sequence, file: file, header: nil,
                objection: LogDamage(name, offset: offset, why), position: .start)
        }
    }

    private init(
        name: FileName, sequence: UInt64, file: Bytes, header: SegmentHeader?,
        objection: LogDamage?, position: ChainPosition
    ) {
        self.name = name
        self.sequence = sequence
        self.file = file
        self.header = header
        self.objection = objection
        self.position = position
    }

    private static func check(
        _ found: LogIdentity, against expected: LogIdentity, _ name: FileName
    ) throws(LogStorageFailure) {
        guard found.cluster == expected.cluster else {
            throw .otherCluster(file: name, found: found.cluster, expected: expected.cluster)
        }
        guard found.node == expected.node else {
            throw .otherNode(file: name, found: found.node, expected: expected.node)
        }
    }

    private static func objection(
        to file: Bytes, _ name: FileName, _ header: SegmentHeader, _ failure: ReadFailure?
    ) -> LogDamage? {
        if let failure {
            return LogDamage(name, offset: failure.offset, "error \(failure.code) when reading")
        }
        guard header.capacity != file.count else { return nil }
        return LogDamage(
            name, offset: min(file.count, header.capacity),
            "\(file.count) bytes instead of \(header.capacity)")
    }

    private func withFrames(
        from headerBytes: Int, _ header: SegmentHeader
    ) -> SegmentScan {
        var scan = self
        scan.end = headerBytes
        while let frame = Frame.read(from: file, at: scan.end, nonce: header.nonce),
            frame.durable < frame.sequence, frame.follows(scan.position)
        {
            scan.frames.append(frame)
            scan.position = frame.endPosition
            scan.end = frame.end
        }
        return scan
    }

    /// The frames of a segment whose header cannot be read, by any of the nonces that it may have.
    /// Those of another segment that was copied over it have none of these.
    mutating func searchFrames(incarnations: [Incarnation], identity: LogIdentity) {
        guard header == nil else { return }
        let claimed = SegmentHeader.claimedIncarnation(in: file)
        for incarnation in [claimed].compactMap({ $0 }) + incarnations where frames.isEmpty {
            let nonce = LogIdentity(
                cluster: identity.cluster, node: identity.node, incarnation: incarnation
            ).nonce(ofSegment: sequence)
            frames = Frame.search(in: file, from: 0, nonce: nonce)
            end = frames.last?.end ?? 0
        }
    }

    /// The last frame that the segment itself proves to have been durable.
    var durableFrame: UInt64 {
        min(position.next - 1, frames.reduce(header?.durable ?? 0) { max($0, $1.durable) })
    }

    /// Where the frames begin that may never have been synced.
    var durablePosition: ChainPosition {
        let durable = durableFrame
        let last = frames.last { $0.sequence <= durable }
        return ChainPosition(next: durable + 1, hash: last?.hash ?? header?.chain ?? 0)
    }

    /// The oldest segment that recovery needs, as this one says; nil if it says nothing that can
    /// be.
    var oldest: UInt64? {
        guard let oldest = frames.last?.oldest ?? header?.oldest, oldest <= sequence else {
            return nil
        }
        return oldest
    }

    /// Valid frames behind a place where none is: of a batch torn before them, or behind damage.
    func framesBehindEnd() -> [Frame] {
        guard let header else { return [] }
        return Frame.search(in: file, from: min(end, file.count), nonce: header.nonce)
            .filter { $0.sequence >= position.next }
    }

    /// Whether the frame that should stand at the end was acknowledged: what is there instead is
    /// damage, not a torn write.
    func provesDamage(_ behindEnd: [Frame]) -> Bool {
        guard let header else { return true }
        return header.durable >= position.next
            || behindEnd.contains {
                $0.durable >= position.next || $0.sequence == position.next
            }
    }
}
