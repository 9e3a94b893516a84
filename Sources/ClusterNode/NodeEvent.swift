public import LogStorage
public import PeerWire
import Replication
public import ReplicatedState
public import Toolbox
public import Vocabulary

/// What happened to a node. The shell, or the simulator, tells it.
public enum NodeEvent: Sendable {
    case clientConnected(ConnectionID, ClientListener)
    /// A client of the coordination service, from `127.0.0.1:36880`. All else that happens to it is
    /// told as of any client.
    case coordinationClientConnected(ConnectionID, address: Bytes)
    case clientReceived(ConnectionID, Bytes)
    /// How many bytes the client's socket has not taken yet; told whenever that changes much.
    case clientBacklog(ConnectionID, bytes: Int)
    case clientClosed(ConnectionID)
    /// Another node dialled this one.
    case peerAccepted(ConnectionID)
    /// A `.dial` led to a connection.
    case peerDialled(ConnectionID)
    /// It did not. `wasRefused`: no process listens at the address.
    case peerDialFailed(ConnectionID, wasRefused: Bool)
    case peerReceived(ConnectionID, Bytes)
    /// How many bytes the peer's socket has not taken yet; told whenever that changes.
    case peerBacklog(ConnectionID, bytes: Int)
    case peerClosed(ConnectionID)
    case storageCompleted(StorageToken)
    /// Nothing more is durable; the node stops.
    case storageFailed(String)
    case workCompleted(WorkID, WorkResult)
    /// Stop gracefully.
    case shutdownRequested
}

/// Which of a node's ports a client came to.
public enum ClientListener: Hashable, Sendable { case chat, admin }

/// Which worker carries storage directives out; each in its own order.
public enum StorageLane: Hashable, Sendable {
    /// The write-ahead log: what acknowledgements wait for.
    case log
    /// Snapshots and spare segments.
    case bulk
}

/// One piece of slow work.
public struct WorkID: Identifier {
    public static let symbol = "w"
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

public enum WorkRequest: Sendable {
    case hash(password: Bytes)
    /// Against a crypt(3) string; nil is an unknown user, and takes the same time.
    case verify(password: Bytes, hash: Bytes?)
    case encode(any MachineSnapshot)
}

public enum WorkResult: Sendable {
    case hashed(Bytes)
    case verified(Bool)
    case encoded(Bytes)
    case failed
}

/// What a node wants done, in array order.
public enum NodeDirective: Sendable {
    case sendToClient(ConnectionID, Bytes)
    /// Once all that was sent is out.
    case closeClient(ConnectionID)
    /// Read nothing more from the client until it is resumed.
    case pauseClient(ConnectionID)
    case resumeClient(ConnectionID)
    case dial(ConnectionID, NodeID, PeerChannel)
    /// Always one whole frame.
    case sendToPeer(ConnectionID, Bytes)
    case closePeer(ConnectionID)
    case storage(StorageLane, [StorageDirective])
    case work(WorkID, WorkRequest)
    case observe(Observation)
    /// The process ends at once, with this for its last word.
    case halt(String)
    /// The graceful stop is done: everything is told and durable.
    case finished
}
