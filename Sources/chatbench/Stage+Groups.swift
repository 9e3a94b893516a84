import ChatWire
import ClientCore
import HTTPWire
import Toolbox
import Vocabulary

/// Chats of many.
extension Stage {
    /// A new group for each element of `senders`, an index, with the whole audience in it.
    mutating func makeGroups(
        _ senders: [Int], _ population: inout Population
    ) throws(BenchFailure) -> [Population.Conversation] {
        if population.receivers.isEmpty {
            population.receivers = try makePeople(settings.audience)
        }
        let request = GroupRequest(members: population.receivers.map(\.user).sorted())
        var calls: [PooledCall] = []
        for sender in senders {
            let person = population.senders[sender]
            let call = HTTPCall.createChat(.group(request), token: person.token)
            calls.append(try cluster.call(call, to: person.home))
        }
        var made: [Population.Conversation] = []
        let answers = try pool.perform(calls, patience: Self.patience)
        for (sender, answer) in zip(senders, answers) {
            let chat: ConversationAnswer = try Self.decode(answer, of: "group")
            made.append(
                Population.Conversation(chat: chat.chat, sender: sender, receiver: nil))
        }
        return made
    }
}
