import LogStorage
import Raft
import ReplicatedState
import Toolbox
import Vocabulary

extension ReplicaInstance {
    /// Carries Raft's directives out, or hands them on in this room's words.
    mutating func translate(at now: Instant, into directives: inout [ReplicaDirective]) {
        var next = 0
        // Carrying one out may add more behind it.
        while next < raftDirectives.count {
            let directive = raftDirectives[next]
            next += 1
            switch directive {
            case .persist(let write): record(write, into: &directives)
            case .send(let message, let member):
                let letter = ReplicaLetter.encode(
                    message, from: raft.identity.replica, to: member.replica)
                directives.append(.send(letter, to: member))
            case .apply(let entries): apply(entries, into: &directives)
            case .readReady(let batches, let index): reads.confirm(batches, at: index)
            case .readRefused(let batches): refuse(batches, into: &directives)
            case .sendSnapshot(let member):
                prepareTransfer(to: member, at: now, into: &directives)
            case .observe(let observation): note(observation, into: &directives)
            }
        }
        raftDirectives.removeAll(keepingCapacity: true)
        answerReads(into: &directives)
        keepSnapshotIfDue(into: &directives)
    }

    private func record(_ write: RaftWrite, into directives: inout [ReplicaDirective]) {
        if let state = write.hardState {
            directives.append(.record(.hardState(group, term: state.term, vote: state.vote)))
        }
        if !write.entries.isEmpty { directives.append(.record(.entries(group, write.entries))) }
        directives.append(.awaitDurability(.write(write.token)))
    }

    private mutating func apply(
        _ entries: [LogEntry], into directives: inout [ReplicaDirective]
    ) {
        for entry in entries {
            invariant(
                entry.index == applied.next, "\(group) applies \(entry.index) after \(applied)")
            let reply = apply(entry)
            applied = entry.index
            snapshots.bytesSince += entry.payload.count
            snapshots.entriesSince += 1
            while let waiting = pending.removeFirst(decidedAt: entry.index, entry.term) {
                let isOurs = waiting.index == entry.index && waiting.term == entry.term
                if isOurs, !waiting.needsReply { continue }
                // Only here, for on most replicas nobody waits for the bytes.
                let answer: ReplicaReply = isOurs ? .done(reply?.encoded() ?? Bytes()) : .lost
                directives.append(.reply(waiting.requester, answer))
            }
        }
    }

    /// The machine's reply; nil for entries that are not for it.
    private mutating func apply(_ entry: LogEntry) -> Machine.Reply? {
        guard entry.kind == .command else { return nil }
        let time: WallTime
        let command: Bytes
        do throws(DecodeFailure) {
            (time, command) = try CommandEnvelope.unwrap(entry.payload)
        } catch {
            unreachable("\(group) \(entry.index) holds a command that no leader wrote: \(error)")
        }
        logTime = max(logTime, time)
        // Deviates: architecture.md, The machine's contract — until history lies on disk, a machine
        // that needs a fetch has nothing to fetch from.
        invariant(machine.needs(command).isEmpty, "\(group) needs history that is not kept")
        #if PLANTED_FAULTS
            if settings.plantedFault == .appliedTwiceAfterRestart, !hasRepeatedCommand {
                hasRepeatedCommand = true
                _ = machine.apply(
                    command, at: AppliedPosition(index: entry.index, time: logTime),
                    into: &effects)
            }
        #endif
        let reply = machine.apply(
            command, at: AppliedPosition(index: entry.index, time: logTime), into: &effects)
        while effectIndexes.count < effects.count { effectIndexes.append(entry.index) }
        return reply
    }

    private mutating func refuse(
        _ batches: [RequestID], into directives: inout [ReplicaDirective]
    ) {
        for query in reads.refuse(batches) {
            directives.append(.reply(query.requester, .notLeader(leader: raft.leader)))
        }
    }

    mutating func answerReads(into directives: inout [ReplicaDirective]) {
        for query in reads.takeAnswerable(at: applied) {
            directives.append(.reply(query.requester, .done(machine.answer(query.payload))))
        }
    }

    private mutating func note(
        _ observation: RaftObservation, into directives: inout [ReplicaDirective]
    ) {
        switch observation {
        case .becameLeader:
            stamped = max(stamped, lastTimeInLog())
        case .becameFollower: forgetTransfers()
        case .configurationChanged(let configuration, _):
            forgetTransfers(outside: configuration)
        case .becamePreCandidate, .becameCandidate, .truncated, .nonsense,
            .configurationCommitted, .removedFromGroup, .transferBegan, .transferEnded, .founded:
            break
        }
        directives.append(.observe(observation))
    }

    /// A new leader's stamps go on from the newest entry it inherits, applied or not.
    private func lastTimeInLog() -> WallTime {
        var newest = logTime
        guard raft.lastIndex > applied else { return newest }
        for entry in raft.entries(from: applied.next, through: raft.lastIndex)
        where entry.kind == .command {
            do throws(DecodeFailure) {
                newest = max(newest, try CommandEnvelope.unwrap(entry.payload).time)
            } catch {
                unreachable(
                    "\(group) \(entry.index) holds a command that no leader wrote: \(error)")
            }
        }
        return newest
    }
}
