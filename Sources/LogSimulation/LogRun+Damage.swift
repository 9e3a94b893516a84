import LogStorage
import Toolbox
import Vocabulary
import VirtualWorld

/// Damage of what was acknowledged: it must be noticed, and what comes back must be as whole as it
/// says.
extension LogRun {
    mutating func damage() {
        settle()
        guard violations.isEmpty else { return }
        let kind = chance.choice(of: DiskDamage.allCases)
        // Nothing vouches yet for what was written last.
        guard
            let place = disk.damage(
                kind, lastFileStartingWith: "wal-", sparing: 2, random: &chance)
        else { return }
        transcript.note(now, "\(kind) in \(place.file) at \(place.offset)")
        guard let recovery = restart() else { return }
        guard recovery.damage.contains(where: { $0.file == place.file }) else {
            return noteViolation(
                "DamageIsNoticed", "\(kind) in \(place.file) at \(place.offset) was not said")
        }
        let (found, written) = (recovery.groups.essence, model.groups.essence)
        let affected = recovery.damage.flatMap(\.affected)
        for (id, group) in recovery.groups {
            if affected.contains(id) {
                checkSaved(id, group, of: batches.batch(at: place.offset, of: place.file))
            } else if found[id] != written[id] {
                noteViolation("WholeIsWhole", "\(id) is said to be whole, and is \(group)")
            }
        }
        model.begin(with: recovery.groups)
        begin(recovery)
        // Another crash here would find the same damage, and name other copies.
        while !logLane.isEmpty, violations.isEmpty { performOne(\.logLane) }
    }

    /// Everything that was appended is durable, and a later batch says so.
    private mutating func settle() {
        while violations.isEmpty {
            while !logLane.isEmpty { performOne(\.logLane) }
            guard log?.hasQueued == true else { break }
            flush()
        }
        confirm()
        while !logLane.isEmpty, violations.isEmpty { performOne(\.logLane) }
    }

    /// - Parameter lost: the batch that was damaged, if it is known to be all that was.
    private mutating func checkSaved(
        _ id: ReplicaGroupID, _ group: RecoveredGroup, of lost: StorageToken?
    ) {
        let history = histories[id] ?? CopyHistory()
        if history.ids.contains(group.replica) || group.vote != nil {
            noteViolation("SavedIsAnotherVoter", "\(id) goes on as \(group.replica)")
        }
        if !history.allows(group) { noteViolation("SavedWasOnceSo", "\(id) was never \(group)") }
        guard let lost, let term = leastTerm(of: id, without: lost), group.term < term else {
            return
        }
        noteViolation("SavedTermIsKept", "\(id) knew \(term) and comes back in \(group.term)")
    }

    /// The greatest term that the records of this life say, but for those of one batch; nil if a
    /// copy was made or removed meanwhile.
    private func leastTerm(of id: ReplicaGroupID, without lost: StorageToken) -> Term? {
        var term = Term.zero
        for written in model.records where written.record.group == id && written.token != lost {
            switch written.record {
            case .hardState(_, let own, _): term = max(term, own)
            case .entries(_, let entries): for entry in entries { term = max(term, entry.term) }
            case .snapshotInstalled, .compacted: break
            case .replicaCreated, .replicaRemoved: return nil
            }
        }
        let isMade = model.records.contains {
            guard $0.record.group == id, $0.token == lost else { return false }
            switch $0.record {
            case .replicaCreated, .replicaRemoved: return true
            case .hardState, .entries, .snapshotInstalled, .compacted: return false
            }
        }
        return isMade ? nil : term
    }
}
