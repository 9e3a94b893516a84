import Raft
import Vocabulary

// Delivery of chosen messages only.
extension RaftCluster {
    /// Delivers, oldest first, what `isChosen` picks, also of what that leads to; syncs nothing.
    mutating func deliver(where isChosen: (Envelope) -> Bool) {
        while let position = wire.firstIndex(where: isChosen) { deliver(at: position) }
    }

    /// Lets everything happen but the delivery of what `isKept` picks.
    mutating func settle(keeping isKept: (Envelope) -> Bool) {
        while true {
            deliver { !isKept($0) }
            guard
                let place = peers.indices.first(where: {
                    !peers[$0].isDiskHeld && !peers[$0].operations.isEmpty
                })
            else { return }
            sync(place)
        }
    }
}

extension RaftCluster.Envelope {
    var isVoteRequest: Bool {
        guard case .message(.voteRequest) = content else { return false }
        return true
    }

    var isPreVoteRequest: Bool {
        guard case .message(.preVoteRequest) = content else { return false }
        return true
    }

    var isAppend: Bool {
        guard case .message(.append) = content else { return false }
        return true
    }

    func goes(_ from: Int, _ to: Int) -> Bool {
        link.from == n(UInt16(from + 1)) && link.to == n(UInt16(to + 1))
    }
}
