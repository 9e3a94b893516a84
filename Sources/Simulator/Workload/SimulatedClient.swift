import ChatWire
import ClientCore
import HTTPWire
import Toolbox
import Vocabulary
import VirtualWorld

/// One person with one device: a live connection by `ClientCore`, and errands over plain HTTP, one
/// at a time.
struct SimulatedClient: Sendable {
    let index: Int
    let name: String
    let password: Bytes
    /// Ahead of the truth or behind, as clocks of phones are.
    var clock: VirtualClock
    var random: SeededRandom

    var user: UserID?
    var token: Bytes?
    var device: DeviceID?
    var session: ChatClientInstance?
    /// What is under way, then what is to be done.
    var attempt: ErrandAttempt?
    var errands: [Errand] = []
    var lastConnection: UInt64 = 0
    /// When the client does something of its own accord.
    var wakesAt: WorldTime?
    var nextOperation = WorldTime.start
    /// Chats that this client believes to be in, and what it has seen of each.
    var chats = SortedMap<ChatID, SequenceNumber>()
    /// Sends over the live connection that wait for their answer; for look-up only.
    var waitingSends: [ClientMessageID: Int] = [:]
    /// Nothing new is begun.
    var isResting = false

    init(index: Int, clock: VirtualClock, random: SeededRandom) {
        self.index = index
        name = "user-\(index + 1)"
        password = Bytes("password of \(index + 1)")
        self.clock = clock
        self.random = random
        errands = [.register, .openSession]
    }

    /// Nothing is asked that was not answered.
    var isIdle: Bool { attempt == nil && errands.isEmpty && waitingSends.isEmpty }

    mutating func nextConnection() -> ConnectionID {
        lastConnection += 1
        return ConnectionID(lastConnection)
    }

    /// A fresh id, by the client's own clock.
    mutating func makeMessageID(at now: WorldTime) -> ClientMessageID {
        ClientMessageID(
            time: clock.moment(at: now).wall, random: (random.next(), random.next()))
    }
}
