public import Toolbox
public import Vocabulary

// Commands from above.
extension RaftInstance {
    /// Appends one entry for each payload, if this node leads and not too much waits already.
    ///
    /// All are taken or none. They go to the disk and to the followers at the same time. Accepted
    /// is not committed: a later leader may replace them.
    public mutating func propose(
        _ payloads: [Bytes], at now: Instant, into directives: inout [RaftDirective]
    ) -> ProposalOutcome {
        let bytes = payloads.reduce(0) { $0 + $1.count }
        if let refusal = refusal(ofEntries: payloads.count, bytes: bytes) {
            return .refused(refusal)
        }
        let first = log.lastIndex.next
        var entries: [LogEntry] = []
        entries.reserveCapacity(payloads.count)
        for payload in payloads {
            entries.append(
                LogEntry(
                    index: first.advanced(by: entries.count), term: term, kind: .command,
                    payload: payload))
        }
        log.append(entries)
        leadership?.uncommittedBytes += bytes
        if entries.count <= settings.appendEntriesMaximum, bytes <= settings.appendBytesMaximum,
            !entries.isEmpty
        {
            recentEntries = (first, entries)
        }
        sendAppendsToAll(into: &directives)
        finishStep(at: now, into: &directives)
        return .accepted(firstIndex: first, term: term)
    }

    private func refusal(ofEntries count: Int, bytes: Int) -> ProposalRefusal? {
        guard let leadership else { return .notLeader(leader: leader) }
        if let target = leadership.transfer?.target { return .transferring(to: target.node) }
        let waiting = max(commitIndex, leadership.firstIndex).distance(to: log.lastIndex)
        let fits =
            leadership.uncommittedBytes + bytes <= settings.uncommittedBytesMaximum
            && waiting + count <= settings.uncommittedEntriesMaximum
        // What is larger than the whole bound must still be able to pass, alone.
        return fits || waiting == 0 ? nil : .overloaded
    }
}
