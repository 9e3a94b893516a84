import Toolbox
public import Vocabulary

// Space: which segments are needed, who keeps them, and what becomes of the others.
extension WriteAheadLog {
    /// The oldest segment with an entry that no snapshot stands for; `newest` if none has.
    func oldestNeeded(orElse newest: UInt64) -> UInt64 {
        var oldest = newest
        for ledger in ledgers.values {
            if let segment = ledger.oldestSegment { oldest = min(oldest, segment) }
        }
        return oldest
    }

    /// Segment files that hold the log, those about to be recycled included.
    public var segmentsCount: Int { segments.count }

    /// The groups that should make a snapshot so that the log needs no more than its `count` newest
    /// segments. In order of their numbers.
    ///
    /// - Precondition: `count >= 1`.
    public func groupsToSnapshot(keepingSegments count: Int) -> [ReplicaGroupID] {
        invariant(count >= 1, "a log of \(count) segments")
        let newest = segments[segments.count - 1].sequence
        guard newest >= UInt64(count) else { return [] }
        let oldestKept = newest - UInt64(count) + 1
        return ledgers.filter { ($0.value.oldestSegment ?? newest) < oldestKept }.map(\.key)
    }

    /// Recycles segments that nothing needs and keeps spares ready. For the bulk lane.
    ///
    /// - Returns: the token that reports the end; nil if there is nothing to do or upkeep is under
    ///   way.
    public mutating func maintain(into directives: inout [StorageDirective]) -> StorageToken? {
        guard upkeep == nil else { return nil }
        var made: [FileName] = []
        var wanted: Int { settings.spareSegments - spares.count - made.count }
        let before = directives.count
        while segments.count > 1, segments[0].sequence < released {
            let segment = segments.removeFirst()
            if wanted > 0, segment.capacity == settings.segmentBytes {
                let spare = makeSpareName()
                directives.append(.rename(segment.name, to: spare))
                made.append(spare)
            } else {
                directives.append(.remove(segment.name))
            }
        }
        while wanted > 0 {
            let spare = makeSpareName()
            directives.append(.create(spare, zeroFilledBytes: settings.segmentBytes))
            made.append(spare)
        }
        guard directives.count > before else { return nil }
        let token = StorageToken(.upkeep, number: nextUpkeepToken)
        nextUpkeepToken += 1
        directives.append(.synchronizeDirectory)
        directives.append(.complete(token))
        upkeep = (token, made)
        return token
    }
}
