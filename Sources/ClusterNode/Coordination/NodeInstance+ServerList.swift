import Coordination
import CoordinationService
import Placement
import Raft
import Replication
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Who keeps the tree, as ZooKeeper's clients see it and may change it.
extension NodeInstance {
    private static let path: ZnodePath = "/zookeeper/config"

    private var listedServers: ServerList? {
        guard let machine = replicas.coordination?.machine else { return nil }
        do throws(ZooKeeperError) {
            return ServerList(try machine.data(at: Self.path, for: []).data ?? Bytes())
        } catch {
            return nil
        }
    }

    // MARK: Publishing

    /// The leader's node says who is a member, whenever that is not what the tree says.
    mutating func publishServers(at moment: Moment) {
        guard case .own(let term) = coordination?.leadership,
            let raft = replicas.coordination?.raft, raft.commitIndex == raft.lastIndex,
            let old = listedServers
        else { return }
        var list = members(in: raft.configuration, keeping: old)
        guard list.servers != old.servers else { return }
        list.version = max(old.version + 1, raft.configurationIndex.rawValue)
        let command = CoordinationCommand.publishConfiguration(list.text, requester: nil)
        propose(command.encoded(), of: .housekeeping(term), at: moment)
    }

    /// The members, and those of `old` that are no nodes.
    private func members(
        in configuration: RaftConfiguration, keeping old: ServerList
    ) -> ServerList {
        var list = ServerList(version: old.version)
        for server in old.servers where node(of: server.number) == nil { list.set(server) }
        for member in configuration.members {
            guard let node = node(of: UInt32(member.node.rawValue)) else { continue }
            let role: ServerList.Role = configuration.isVoter(member) ? .participant : .observer
            let port = node.peerAddress.split(separator: ":").last ?? "0"
            let address = node.peerAddress.isEmpty ? "\(node.id):0" : node.peerAddress
            let door = node.coordinationAddress.map { ";\($0)" } ?? ""
            let number = UInt32(member.node.rawValue)
            list.set(
                ServerList.Server(
                    number: number, role: role,
                    line: "server.\(number)=\(address):\(port):\(role.rawValue)\(door)"))
        }
        return list
    }

    private func node(of number: UInt32) -> NodeDescription? {
        plan.nodes.first { UInt32($0.id.rawValue) == number }
    }

    // MARK: Changing

    /// A client wants other members.
    mutating func reconfigure(
        _ wish: CoordinationReconfiguration, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        do throws(ZooKeeperError) {
            let list = try wanted(by: wish.request)
            guard wish.identities.contains(where: { $0.scheme == "super" }) else {
                throw .noAuth
            }
            let isUnchanged = try changeVoters(to: list, at: moment, into: &directives)
            guard isUnchanged else {
                return proposalFailed(.connection(wish.connection), .noLeader, at: moment)
            }
            let command = CoordinationCommand.publishConfiguration(
                list.text, requester: wish.requester)
            propose(command.encoded(), of: .connection(wish.connection), at: moment)
        } catch {
            tellCoordination { service, machine, directives in
                service.reconfigurationRefused(wish, error, machine: machine, into: &directives)
            }
        }
    }

    private func wanted(by request: ReconfigRequest) throws(ZooKeeperError) -> ServerList {
        guard var list = listedServers else { throw .systemError }
        var joining: [ServerList.Server] = []
        var leaving: [UInt32] = []
        if let text = request.newMembers {
            guard let servers = ServerList.servers(text), request.joining == nil,
                request.leaving == nil
            else { throw .badArguments }
            joining = servers
            leaving = list.servers.map(\.number).filter { number in
                !servers.contains { $0.number == number }
            }
        }
        if let text = request.joining {
            guard let servers = ServerList.servers(text) else { throw .badArguments }
            joining = servers
        }
        if let text = request.leaving {
            guard let numbers = ServerList.numbers(text) else { throw .badArguments }
            leaving = numbers
        }
        guard request.currentConfigID == -1 || request.currentConfigID == Int64(list.version)
        else { throw .badVersion }
        for number in leaving { list.remove(number) }
        for server in joining {
            // A stranger may be listed, and never votes.
            guard node(of: server.number) != nil || server.role == .observer else {
                throw .newConfigNoQuorum
            }
            list.set(server)
        }
        list.version += 1
        return list
    }

    /// Lets the listed participants vote, by joint consensus; false if another node leads and must.
    private mutating func changeVoters(
        to list: ServerList, at moment: Moment, into directives: inout [NodeDirective]
    ) throws(ZooKeeperError) -> Bool {
        let group = GroupNumbers.coordination
        guard let configuration = replicas.raft(of: group)?.configuration else {
            throw .systemError
        }
        let wanted = plan.nodes.map(\.id).filter {
            list.server(UInt32($0.rawValue))?.role == .participant
        }
        guard wanted != configuration.voters.map(\.node) else { return true }
        guard replicas.isLeader(of: group) else { return false }
        let outcome = replicas.change(
            group, .setVoters(wanted), at: moment.monotonic, into: &replicaDirectives)
        carryOutReplicas(of: group, at: moment, into: &directives)
        switch outcome {
        case .accepted:
            noteOrder(of: group, at: moment)
            return true
        case .unchanged: return true
        case .refused(let refusal): throw ZooKeeperError(refusal)
        }
    }
}

extension ZooKeeperError {
    fileprivate init(_ refusal: MembershipRefusal) {
        switch refusal {
        case .changeRunning, .transferRunning: self = .reconfigInProgress
        case .unknownMember, .notALearner, .tooManyVoters, .tooManyLearners: self = .badArguments
        case .lagging, .quorumAtRisk, .noVoters: self = .newConfigNoQuorum
        case .notLeader, .nothingCommittedInTerm: self = .operationTimeout
        }
    }
}
