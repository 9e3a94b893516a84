import ChatWire
import ClientCore
import SystemIO
import Toolbox
import Vocabulary

// Users, chats and devices, before anything is killed.
extension ClusterRun {
    private static let password = Bytes("correct horse battery staple")
    private static let groupsCount = 8
    private static let groupMembersCount = 6

    /// The node that the harness asks for the `index`-th of something: each in turn.
    private func node(_ index: Int) -> SocketAddress { nodes[index % nodes.count].files.clients }

    func makeUsers() throws(ChaosFailure) {
        let names = (0..<load.connectionsCount).map { "chaos\($0)" }
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
        let homes = try homes(of: sessions.map(\.token))
        let addresses = nodes.map {
            ServerAddress(host: $0.files.clients.host, port: $0.files.clients.port)
        }
        for (index, (user, session)) in zip(users, sessions).enumerated() {
            let settings = Device.settings(addresses, home: homes[index], token: session.token)
            let client = ChatClientInstance(settings: settings, seed: random.next())
            devices.append(Device(user: user.user, token: session.token, client: client))
        }
    }

    /// Where each user is to connect first.
    private func homes(of tokens: [Bytes]) throws(ChaosFailure) -> [ServerAddress?] {
        let questions = tokens.enumerated().map { index, token in
            Question(HTTPCall(.gateway, token: token), to: node(index))
        }
        return try ask(questions, "find homes", as: GatewayAnswer.self).map {
            ServerAddress(url: $0.url)
        }
    }

    /// Pairs, small groups, and one large group: of all, or of as many as planned.
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
        plans.append(group("crowd", Array(devices.indices.prefix(load.crowdCount))))
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
            schedule(device)
        }
        try wait(for: "all devices are connected") {
            isEverybodyCaughtUp
        }
        say("\(devices.count) devices are connected")
    }
}
