import LogStorage
import Toolbox
import Vocabulary
import VirtualWorld

/// How a process ends here.
enum LogCrash: Sendable {
    /// What was written stays in the kernel's memory.
    case kill
    /// What was not synced is lost, torn, or there.
    case powerLoss
    /// Likewise; and what was being written went to another place.
    case astray
}

/// Ends of processes, and what the next one must find.
extension LogRun {
    mutating func strike() {
        faultsCount += 1
        switch chance.below(8) {
        case 0...2: crash(.kill)
        case 3...4: crash(.powerLoss)
        case 5: crash(.astray)
        default: damage()
        }
    }

    mutating func crash(_ kind: LogCrash) {
        transcript.note(now, "the process ends by \(kind)")
        switch kind {
        case .kill: break
        case .powerLoss: disk.losePower(random: &chance)
        case .astray:
            if let place = disk.misdirectUnsynchronized(random: &chance) {
                transcript.note(now, "what was being written lies at \(place)")
            }
            disk.losePower(random: &chance)
        }
        recover(after: kind)
    }

    /// The next process reads the disk: it must find all that was acknowledged, and of the rest
    /// what was written first.
    mutating func recover(after kind: LogCrash) {
        guard let recovery = restart() else { return }
        if let damage = recovery.damage.first {
            return noteViolation("DamageIsReal", "after \(kind): \(damage)")
        }
        let found = recovery.groups.essence
        let survivor = candidates.last { model.groups(through: $0).essence == found }
        guard let survivor else {
            return noteViolation(
                "AcknowledgedIsKept",
                "no prefix with all up to \(acknowledged) is what was found: "
                    + Self.summary(of: found) + "; written: " + Self.summary(of: model.groups))
        }
        model.keep(through: survivor, acknowledged: acknowledged, tail: recovery.token)
        begin(recovery)
    }

    /// The batches that recovery may end with.
    private var candidates: [StorageToken] {
        var tokens = [acknowledged]
        for written in model.records
        where written.token > acknowledged && written.token != tokens[tokens.count - 1] {
            tokens.append(written.token)
        }
        return tokens
    }

    mutating func restart() -> Recovery? {
        life += 1
        logLane = []
        bulkLane = []
        transcript.mix(0x57A7, life)
        let identity = LogIdentity(
            cluster: LogIdentity.hash(ofClusterName: "simulated"), node: NodeID(1),
            incarnation: Incarnation(life))
        do throws(LogStorageFailure) {
            return try WriteAheadLog.recover(
                from: StoredFiles(disk.contents, unreadable: disk.unreadable),
                identity: identity, settings: settings, random: random.stream(life))
        } catch {
            noteViolation("LogOpens", "\(error)")
            return nil
        }
    }

    mutating func begin(_ recovery: Recovery) {
        log = recovery.log
        acknowledged = StorageToken(.log, number: 0)
        logLane = recovery.directives
        batches.forget()
        for (id, group) in recovery.groups {
            histories[id, default: CopyHistory()].begin(with: group)
            checkRetained(id, group)
        }
    }

    private mutating func checkRetained(_ id: ReplicaGroupID, _ group: RecoveredGroup) {
        var expected = group.baseIndex.next
        for entry in group.retained + group.entries {
            guard entry.index == expected else {
                return noteViolation("LogIsContiguous", "\(id) has \(entry.index) for \(expected)")
            }
            expected = expected.next
        }
    }

    /// For people.
    private static func summary(of groups: LogModel.Groups) -> String {
        groups.map { id, group in
            "\(id)/\(group.replica) \(group.term) vote \(group.vote.map { "\($0)" } ?? "-")"
                + " \(group.snapshot?.index ?? .zero)@\(group.snapshot?.term ?? .zero)"
                + "...\(group.entries.last?.index ?? .zero)@\(group.entries.last?.term ?? .zero)"
                + " (\(group.entries.count))"
        }.joined(separator: ", ")
    }
}
