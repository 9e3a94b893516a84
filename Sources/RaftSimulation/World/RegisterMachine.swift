import Toolbox
import Vocabulary

/// What is replicated in a run: a list of commands, reduced to a hash, with the newest command of
/// each client, so that a repeated one takes effect once.
struct RegisterMachine: Sendable {
    /// One client's newest command.
    struct Session: Hashable, Sendable {
        var operation: UInt32 = 0
        var index = LogIndex.zero
    }

    private(set) var applied = LogIndex.zero
    /// Of everything applied, in order.
    private(set) var digest: UInt64 = 0x51ED_270B_27B4_F3CF
    private var sessions: [Session]

    init(clients: Int) { sessions = Array(repeating: Session(), count: clients) }

    /// Applies the next entry.
    mutating func apply(_ entry: LogEntry, hash: UInt64) {
        invariant(entry.index == applied.next, "\(entry.index) applied after \(applied)")
        applied = entry.index
        var mixed = (digest ^ hash) &* 0x9FB2_1C65_1E98_DF25
        mixed ^= mixed >> 29
        digest = mixed
        guard entry.kind == .command, let command = RegisterCommand(entry.payload) else { return }
        guard command.client < sessions.count else { return }
        // Operations of one client come in order, since it waits for each answer.
        guard command.operation > sessions[command.client].operation else { return }
        sessions[command.client] = Session(operation: command.operation, index: entry.index)
        digest = (digest &+ UInt64(command.operation)) &* 0xD6E8_FEB8_6659_FD93
    }

    /// Where the command took effect; nil if it did not, or a newer one of the client did.
    func index(ofOperation operation: UInt32, client: Int) -> LogIndex? {
        sessions[client].operation == operation ? sessions[client].index : nil
    }

    #if PLANTED_FAULTS
        /// Forgets who was answered what, as a snapshot without its sessions would.
        mutating func forgetSessions() {
            for client in sessions.indices { sessions[client] = Session() }
        }
    #endif
}

/// One command: a client's number, its operation's, and maybe filling.
struct RegisterCommand {
    let client: Int
    let operation: UInt32

    init(client: Int, operation: UInt32) {
        self.client = client
        self.operation = operation
    }

    init?(_ payload: Bytes) {
        guard payload.count >= 6 else { return nil }
        client = Int(payload[0]) | Int(payload[1]) << 8
        var number: UInt32 = 0
        for offset in 2..<6 { number = number << 8 | UInt32(payload[offset]) }
        operation = number
    }

    func payload(filling: Int) -> Bytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(6 + filling)
        bytes.append(UInt8(truncatingIfNeeded: client))
        bytes.append(UInt8(truncatingIfNeeded: client >> 8))
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: operation >> shift))
        }
        for _ in 0..<filling { bytes.append(0x2E) }
        return Bytes(bytes)
    }
}
