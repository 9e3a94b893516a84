import Toolbox
import Vocabulary

/// Reads the segments of a data directory, newest first, joins them into one chain, and tells a
/// torn tail from damage.
struct LogReader {
    /// The log in the order in which it was written.
    enum Piece {
        /// What every group's state was here.
        case header(SegmentHeader)
        case frame(Frame, in: UInt64)
        /// Frames are missing here, by the damage of this number.
        case hole(Int)
    }

    let identity: LogIdentity
    let settings: LogStorageSettings
    private(set) var pieces: [Piece] = []
    private(set) var damage: [LogDamage] = []
    /// What makes the torn tail unreadable for ever.
    private(set) var cut: [StorageDirective] = []
    private(set) var tornTail: Recovery.TornTail?
    /// From the oldest that is needed up to the newest.
    private(set) var scans: [SegmentScan] = []
    /// Behind the last piece; nil where that cannot be told.
    private var position: ChainPosition?
    /// Where the next frame should stand.
    private var place: (file: FileName, offset: Int)

    init(identity: LogIdentity, settings: LogStorageSettings, newest: UInt64) {
        self.identity = identity
        self.settings = settings
        place = (SegmentNames.segment(newest), 0)
    }

    var newest: SegmentScan { scans[scans.count - 1] }

    /// - Parameter sequences: of the segments that there are; not empty, rising.
    /// - Throws: whose log it is, if not this node's.
    mutating func read(
        _ files: StoredFiles, sequences: [UInt64]
    ) throws(LogStorageFailure) {
        var oldest: UInt64?
        for sequence in sequences.reversed() {
            if let oldest, sequence < oldest { break }
            let name = SegmentNames.segment(sequence)
            let scan = try SegmentScan.read(
                files.contents[name] ?? Bytes(), of: sequence, failure: files.unreadable[name],
                identity: identity)
            scans.append(scan)
            if let claim = scan.oldest { oldest = max(oldest ?? claim, claim) }
        }
        scans.reverse()
        let incarnations = scans.compactMap { $0.header?.identity.incarnation }
        for index in scans.indices {
            scans[index].searchFrames(incarnations: incarnations, identity: identity)
        }
        join(oldest: oldest ?? scans[0].sequence)
    }

    /// With an incarnation that no earlier life of this node had, as far as that can be told.
    var nextIdentity: LogIdentity {
        var incarnation = identity.incarnation
        for scan in scans {
            let found = scan.header?.identity.incarnation
            guard let found = found ?? SegmentHeader.claimedIncarnation(in: scan.file) else {
                continue
            }
            incarnation = max(incarnation, Incarnation(found.rawValue + 1))
        }
        return LogIdentity(cluster: identity.cluster, node: identity.node, incarnation: incarnation)
    }

    /// Behind every frame of which anything is known.
    var lastPosition: ChainPosition {
        var last = ChainPosition.start
        for scan in scans {
            guard let header = scan.header else { continue }
            if header.position.next > last.next { last = header.position }
            if header.durable >= last.next {
                last = ChainPosition(next: header.durable + 1, hash: 0)
            }
        }
        for case .frame(let frame, _) in pieces where frame.sequence >= last.next {
            last = frame.endPosition
        }
        return last
    }

    // MARK: One chain

    private mutating func join(oldest: UInt64) {
        var expected = oldest
        for index in scans.indices {
            let scan = scans[index]
            if scan.sequence > expected { joinNothing(instead: expected) }
            expected = scan.sequence + 1
            joinBeginning(of: scan)
            place = (scan.name, scan.end)
            if index < scans.count - 1 {
                joinBehindEnd(of: scan, before: scans[index + 1])
            } else if scan.header == nil {
                if scan.frames.isEmpty { breakChain(damage.count - 1) }
            } else {
                joinTail(of: scan)
            }
        }
    }

    private mutating func joinNothing(instead sequence: UInt64) {
        damage.append(
            LogDamage(SegmentNames.segment(sequence), offset: 0, "a segment is missing"))
        breakChain(damage.count - 1)
    }

    private mutating func joinBeginning(of scan: SegmentScan) {
        if let header = scan.header {
            // What may not have been durable was written again behind this header.
            dropFrames(from: header.firstFrame)
            if let position, checksChain, position != header.position {
                breakChain(before: header.position)
            }
            pieces.append(.header(header))
            position = header.position
            if let objection = scan.objection { damage.append(objection) }
        } else {
            if let objection = scan.objection { damage.append(objection) }
            if let first = scan.frames.first { dropFrames(from: first.sequence) }
            let follows = position.map { scan.frames.first?.follows($0) ?? true } ?? false
            if !follows { breakChain(damage.count - 1) }
        }
        for frame in scan.frames { join(frame, of: scan) }
    }

    private mutating func join(_ frame: Frame, of scan: SegmentScan) {
        if let position, checksChain, !frame.follows(position) {
            breakChain(before: frame.position)
        }
        pieces.append(.frame(frame, in: scan.sequence))
        position = frame.endPosition
        place = (scan.name, frame.end)
    }

    /// Everything in a segment was durable before the next one got its name.
    private mutating func joinBehindEnd(of scan: SegmentScan, before next: SegmentScan) {
        guard let header = next.header else {
            guard next.frames.first.map({ $0.sequence > scan.position.next }) ?? true else {
                return
            }
            for frame in scan.framesBehindEnd() { join(frame, of: scan) }
            return
        }
        guard scan.header != nil, scan.position.next < header.firstFrame else { return }
        for frame in scan.framesBehindEnd() where frame.sequence < header.firstFrame {
            join(frame, of: scan)
        }
    }

    /// The end of the newest segment.
    private mutating func joinTail(of scan: SegmentScan) {
        let behindEnd = scan.framesBehindEnd()
        let isLost = scan.provesDamage(behindEnd) && !takesDamageForTornTail
        if let objection = scan.objection, objection.offset >= scan.end, !isLost {
            breakChain(damage.count - 1)
        } else if !isLost {
            return cutTail(of: scan, behindEnd: behindEnd)
        }
        if isLost, checksChain {
            let found = behindEnd.first { $0.sequence == scan.position.next }
            breakChain(
                before: found.flatMap { $0.follows(scan.position) ? nil : $0.position }
                    ?? ChainPosition(next: scan.position.next + 1, hash: 0))
        }
        for frame in behindEnd { join(frame, of: scan) }
    }

    // MARK: Holes

    private mutating func breakChain(_ number: Int) {
        pieces.append(.hole(number))
        position = nil
    }

    /// Something was found that does not follow what is there.
    private mutating func breakChain(before found: ChainPosition) {
        guard let position else { return }
        if place.offset == 0, damage.last?.file == place.file {
            // Nothing of that segment could be read, as has been said.
            breakChain(damage.count - 1)
            return
        }
        if found.next == position.next, case .frame(let last, _) = pieces.last {
            // As many frames as there should be: the last one is not what was written.
            pieces.removeLast()
            damage.append(
                LogDamage(
                    place.file, offset: last.offset,
                    "not what frame \(found.next) follows, which was acknowledged"))
        } else {
            damage.append(
                LogDamage(
                    place.file, offset: place.offset,
                    "frame \(position.next) was acknowledged and cannot be read"))
        }
        breakChain(damage.count - 1)
    }

    /// Takes back what a later segment repeats.
    private mutating func dropFrames(from sequence: UInt64) {
        while case .frame(let frame, _) = pieces.last, frame.sequence >= sequence {
            pieces.removeLast()
            position = frame.position
        }
    }

    // MARK: The torn tail

    /// Zeros over what was being written when the node stopped.
    ///
    /// In a recycled segment old bytes lie behind the end: those are zeroed too, but are no tail.
    private mutating func cutTail(of scan: SegmentScan, behindEnd: [Frame]) {
        let end = max(
            Frame.claimedEnd(in: scan.file, at: scan.end), behindEnd.last?.end ?? scan.end)
        let region = scan.file.slice(scan.end..<end)
        guard region.withUnsafeBytes({ $0.contains { $0 != 0 } }) else { return }
        let zeros = Bytes([UInt8](repeating: 0, count: region.count))
        cut = [.write(scan.name, offset: scan.end, zeros), .synchronize(scan.name)]
        let claimed = Frame.claimedSequence(in: scan.file, at: scan.end)
        guard claimed == scan.position.next || !behindEnd.isEmpty else { return }
        tornTail = Recovery.TornTail(segment: scan.name, offset: scan.end)
        if takesTornTailForDamage {
            breakChain(before: ChainPosition(next: scan.position.next + 1, hash: 0))
        }
    }

    private var checksChain: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault != .chainNotChecked
        #else
            true
        #endif
    }

    private var takesDamageForTornTail: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .damageTakenForTornTail
        #else
            false
        #endif
    }

    private var takesTornTailForDamage: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .tornTailTakenForDamage
        #else
            false
        #endif
    }
}
