import Toolbox
import Vocabulary

// A follower's log takes the leader's shape (Raft §5.3, Fig. 2 "AppendEntries RPC").
extension RaftInstance {
    mutating func receiveAppend(
        _ request: RaftMessage.AppendRequest, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard request.term == term else {
            // A leader of the past steps down by this; so a voter with a greater term, stranded by
            // elections it lost, is taken in again.
            reject(request, to: sender, into: &directives)
            return
        }
        guard hearLeader(sender, at: now, into: &directives) else { return }

        let committed = committedPrefixCount(of: request)
        let entries = request.entries[committed...]
        let end = max(
            commitIndex, request.previousIndex.advanced(by: request.entries.count))
        if request.previousIndex >= commitIndex {
            guard log.term(at: request.previousIndex) == request.previousTerm else {
                reject(request, to: sender, into: &directives)
                return
            }
        }
        leaderRound = max(leaderRound, request.round)
        guard take(entries, at: now, into: &directives) else {
            directives.append(.observe(.nonsense(from: sender.node)))
            return
        }
        #if PLANTED_FAULTS
            if plantedFault == .commitBeyondVerifiedMatch {
                commit(through: min(request.commit, log.lastIndex))
            }
        #endif
        commit(through: min(request.commit, end))
        respond(.matched(end), to: request, from: sender, into: &directives)
    }

    mutating func receiveHeartbeat(
        _ heartbeat: RaftMessage.Heartbeat, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard heartbeat.term == term else {
            let response = RaftMessage.HeartbeatResponse(term: term, round: heartbeat.round)
            sendWhenDurable(.heartbeatResponse(response), to: sender, into: &directives)
            return
        }
        guard hearLeader(sender, at: now, into: &directives) else { return }
        leaderRound = max(leaderRound, heartbeat.round)
        // The leader names no more than it knows to match this log.
        commit(through: min(heartbeat.commit, log.lastIndex))
        guard heartbeat.round > 0 else { return }
        // Says only that no greater term is known here; that rests on nothing that must be durable.
        let response = RaftMessage.HeartbeatResponse(term: term, round: heartbeat.round)
        directives.append(.send(.heartbeatResponse(response), to: sender))
    }

    /// How many of the request's entries are committed here; they need no comparing, since what is
    /// committed is in every later leader's log.
    private func committedPrefixCount(of request: RaftMessage.AppendRequest) -> Int {
        guard request.previousIndex < commitIndex else { return 0 }
        let count = min(
            request.entries.count, request.previousIndex.distance(to: commitIndex))
        for entry in request.entries[..<count] {
            guard let known = log.term(at: entry.index) else { continue }
            invariant(
                known == entry.term,
                "\(entry.index) is committed with \(known), \(request.term) sends \(entry.term)")
        }
        return count
    }

    /// Appends what is missing. Only a real conflict removes anything: a stale append must not
    /// shorten a log that went on. False if an entry is not what it says it is.
    private mutating func take(
        _ entries: ArraySlice<LogEntry>, at now: Instant, into directives: inout [RaftDirective]
    ) -> Bool {
        guard let first = entries.first else { return true }
        var new = entries.startIndex
        if first.index <= log.lastIndex {
            while new < entries.endIndex, log.term(at: entries[new].index) == entries[new].term {
                new += 1
            }
        }
        #if PLANTED_FAULTS
            if plantedFault == .matchingPrefixTruncated { new = entries.startIndex }
        #endif
        guard new < entries.endIndex else { return true }
        guard let places = Self.configurations(in: entries[new...]) else { return false }
        let index = entries[new].index
        var isChanged = !places.isEmpty
        if index <= log.lastIndex {
            log.truncate(from: index)
            barrier.entriesWereTruncated(from: index)
            directives.append(.observe(.truncated(from: index)))
            #if PLANTED_FAULTS
                if plantedFault == .truncatedConfigurationKept {
                    configurations.forgetToTruncate(from: index)
                }
            #endif
            if configurations.truncate(from: index) { isChanged = true }
        }
        log.append(entries[new...])
        for place in places { configurations.append(place.configuration, at: place.index) }
        if isChanged { configurationDidChange(at: now, into: &directives) }
        return true
    }

    private mutating func commit(through index: LogIndex) {
        commitIndex = max(commitIndex, index)
    }

    private mutating func reject(
        _ request: RaftMessage.AppendRequest, to sender: RaftMember,
        into directives: inout [RaftDirective]
    ) {
        // Entries with terms above the one asked for can not be the leader's.
        let hint = log.lastPosition(
            upTo: request.previousIndex, termAtMost: request.previousTerm)
        respond(
            .rejected(previous: request.previousIndex, hint: hint), to: request, from: sender,
            into: &directives)
    }

    private mutating func respond(
        _ outcome: RaftMessage.AppendResponse.Outcome, to request: RaftMessage.AppendRequest,
        from sender: RaftMember, into directives: inout [RaftDirective]
    ) {
        let response = RaftMessage.AppendResponse(
            term: term, round: request.round, outcome: outcome)
        sendWhenDurable(.appendResponse(response), to: sender, into: &directives)
    }
}
