import ChatWire
import ClientCore
import SystemIO
import Toolbox
import Vocabulary

// Users, chats and devices, before anything is killed.
extension KillRun {
    private static let password = Bytes("correct horse battery staple")
    private static let groupsCount = 8
    private static let groupMembersCount = 6

    /// The node that the harness asks for the `index`-th of something: each in turn.
    private func node(_ index: Int) -> SocketAddress { nodes[index % nodes.count].files.clients }

    func makeUsers() throws(ChaosFailure) {
        let names = (0..<plan.connectionsCount).map { "chaos\($0)" }
        let registrations = names.enumerated().map { index, name in
            let request = UserRequest(name: name, password: Self.password)
            return Question(.createUser(request), to: node(index))
        }
        let users = try ask(registrations, "register users", as: UserAnswer.self)
        let logIns = names.enumerated().map { index, name in
            let request = SessionRequest(name: name, password: Self.password)
            return Question(.openSession(request), to: node(index))
        }
        let sessions = try ask(logIns, "log users in", as: SessionAnswer.self)
        let addresses = nodes.map {
            ServerAddress(host: $0.files.clients.host, port: $0.files.clients.port)
        }
        for (user, session) in zip(users, sessions) {
            let client = ChatClientInstance(
                settings: Device.settings(addresses, token: session.token), seed: random.next())
            devices.append(Device(user: user.user, token: session.token, client: client))
        }
    }

    /// Pairs, small groups, and one group of all.
    func makeChats() throws(ChaosFailure) {
        var plans: [(request: ConversationRequest, members: [Int])] = []
        for first in stride(from: 0, to: devices.count - 1, by: 2) {
            plans.append((.direct(with: devices[first + 1].user), [first, first + 1]))
        }
        for number in 0..<Self.groupsCount {
            var people = Array(devices.indices)
            people.shuffle(using: &random)
            plans.append(group("group \(number)", Array(people.prefix(Self.groupMembersCount))))
        }
        plans.append(group("all", Array(devices.indices)))
        let questions = plans.enumerated().map { index, plan in
            let token = devices[plan.members[0]].token
            return Question(.createChat(plan.request, token: token), to: node(index))
        }
        let answers = try ask(questions, "open chats", as: ConversationAnswer.self)
        for (plan, answer) in zip(plans, answers) {
            members[answer.chat] = plan.members
            for device in plan.members { devices[device].chats.append(answer.chat) }
        }
        say("\(devices.count) users, \(members.count) chats")
    }

    private func group(
        _ title: String, _ people: [Int]
    ) -> (request: ConversationRequest, members: [Int]) {
        // Who opens a group is in it.
        let others = people.dropFirst().map { devices[$0].user }
        return (.group(GroupRequest(title: title, members: others)), people)
    }

    func connectDevices() throws(ChaosFailure) {
        for device in devices.indices {
            var directives: [ChatClientDirective] = []
            devices[device].client.start(at: SystemClock.now(), into: &directives)
            carryOut(directives, of: device)
        }
        try wait(for: "all devices are connected") {
            devices.allSatisfy { $0.client.isConnected && $0.client.isCaughtUp }
        }
        say("\(devices.count) devices are connected")
    }
}
