import Coordination
import CoordinationService
import Raft
import Replication
import Toolbox
import Vocabulary

/// What four-letter words tell of a node.
extension NodeInstance {
    func coordinationVitals(at moment: Moment) -> CoordinationVitals {
        var told = CoordinationVitals()
        guard let raft = replicas.coordination?.raft else { return told }
        let configuration = raft.configuration
        let isVoter = configuration.isVoter(raft.identity.member)
        if raft.isLeader {
            told.mode = configuration.voters.count == 1 ? .standalone : .leader
            let others = raft.followers
            told.learnersCount = others.count
            told.syncedFollowersCount = others.count { $0.isVoter && $0.mode == .replicate }
            told.syncedObserversCount = others.count { !$0.isVoter && $0.mode == .replicate }
        } else {
            told.mode = isVoter ? .follower : .observer
        }
        told.quorumSize = configuration.voters.count
        told.uptime = moment.monotonic - vitals.startedAt
        told.membership = configuration.members.map { member in
            let part = configuration.isVoter(member) ? "participant" : "observer"
            return "server.\(member.node.rawValue)=\(member.node):\(part)"
        }
        told.membershipVersion = String(raft.configurationIndex.rawValue, radix: 16)
        return told
    }
}
