import AdminWire
import Configuration
import Vocabulary

extension ClusterDoor {
    /// Asks one node after the other, and whom they name as the leader, until one can tell: for
    /// what only a group's leader may answer.
    ///
    /// Goes on only if what was asked for has certainly not happened.
    func askLeader<Shape: AdminShape>(
        _ question: AdminRequest, for type: Shape.Type = Shape.self
    ) throws(ControlFailure) -> Result<Shape, AdminCallFailure> {
        var waiting = nodes
        var asked: [NodeID] = []
        var told = AdminCallFailure.notReached("there is no node to ask")
        while !waiting.isEmpty {
            let node = waiting.removeFirst()
            asked.append(node.id)
            guard let answer = try ask(node, question) else { continue }
            do throws(AdminCallFailure) {
                return .success(try answer.shape())
            } catch {
                if error.weight >= told.weight { told = error }
                guard error.isWorthAskingAnother || error.isOfAFollower else {
                    return .failure(error)
                }
                guard let leader = error.leader.flatMap(configuration.node),
                    !asked.contains(leader.id)
                else { continue }
                waiting.removeAll { $0.id == leader.id }
                waiting.insert(leader, at: 0)
            }
        }
        return .failure(told)
    }
}

extension AdminCallFailure {
    /// Somebody else leads, or nobody does.
    fileprivate var isOfAFollower: Bool {
        guard case .refused(_, let error) = self else { return false }
        return error.code == "not_leader"
    }

    fileprivate var leader: NodeID? {
        guard case .refused(_, let error) = self else { return nil }
        return error.leader
    }
}
