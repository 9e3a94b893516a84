import HTTPWire
import SystemIO
import Toolbox
import Vocabulary
import WebSocketWire

/// One client of a run: who it is, and how far its connection has come.
final class LoadConnection {
    enum Phase {
        /// Not connected; to be dialled then.
        case waiting(until: Instant)
        case connecting
        /// Asked for the WebSocket.
        case upgrading
        /// Said hello.
        case greeting
        /// Welcomed; over HTTP, connected.
        case open
    }

    let index: Int
    let token: Bytes
    /// What it writes to, round and round; empty for who only reads.
    let conversations: [Int]
    let transport: LoadSettings.Transport
    var server: SocketAddress
    var phase: Phase
    var link: LoadLink?
    /// Counts links: what the poll tells of an earlier one is ignored.
    var generation: UInt64 = 0
    var lastPush: UInt64 = 0
    private var turn = 0

    init(
        index: Int, token: Bytes, conversations: [Int], server: SocketAddress,
        transport: LoadSettings.Transport
    ) {
        self.index = index
        self.token = token
        self.conversations = conversations
        self.server = server
        self.transport = transport
        phase = .waiting(until: Instant(nanoseconds: 0))
        // Devices of one sender begin at different chats.
        turn = index
    }

    var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    var isReceiver: Bool { conversations.isEmpty }

    func takeConversation() -> Int {
        turn += 1
        return conversations[turn % conversations.count]
    }
}

/// One socket of a client, with what was read and not understood, and what waits to be written.
///
/// A class, because it owns a descriptor and is replaced when the connection is lost.
final class LoadLink {
    /// A welcome or an entry with the longest text, each of whose characters may be an escape.
    private static let messageBytesMaximum = 8 << 20

    let key: UInt64
    let socket: StreamSocket
    let nonce: Bytes
    var out = OutgoingBytes()
    var upgrade = HTTPResponseDecoder()
    var frames: SocketScanner
    var answers = AnswerScanner()
    /// Over HTTP: messages that were asked to be sent, in the order in which they are answered.
    var asked: [UInt64] = []
    var awaitsWriting = true

    init(key: UInt64, socket: consuming StreamSocket, nonce: Bytes, isReceiver: Bool) {
        self.key = key
        self.socket = socket
        self.nonce = nonce
        frames = SocketScanner(
            readsClientIDs: isReceiver, messageBytesMaximum: Self.messageBytesMaximum)
    }
}
