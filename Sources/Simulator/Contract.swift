public import Toolbox
// Until the rooms below have them.
public struct FileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String
    public init?(_ text: String) { self.text = text }
    public static func < (left: FileName, right: FileName) -> Bool { left.text < right.text }
    public var description: String { text }
}
public struct StorageToken: Hashable, Comparable, Sendable, CustomStringConvertible {
    public enum Purpose: UInt8, Comparable, Sendable, CaseIterable {
        case log = 0
        case upkeep = 1
        case snapshot = 2
        public static func < (left: Purpose, right: Purpose) -> Bool {
            left.rawValue < right.rawValue
        }
    }
    public let purpose: Purpose
    public let number: UInt64
    public init(_ purpose: Purpose, number: UInt64) {
        self.purpose = purpose
        self.number = number
    }
    public static func < (left: StorageToken, right: StorageToken) -> Bool {
        (left.purpose, left.number) < (right.purpose, right.number)
    }
    public var description: String { "\(purpose)\(number)" }
}
public enum StorageDirective: Hashable, Sendable {
    case create(FileName, zeroFilledBytes: Int)
    case write(FileName, offset: Int, Bytes)
    case synchronize(FileName)
    case rename(FileName, to: FileName)
    case remove(FileName)
    case synchronizeDirectory
    case complete(StorageToken)
}
import PeerWire
public import Vocabulary
public enum StorageLane: UInt8, Sendable, CaseIterable { case log, snapshots }
public struct WorkID: Hashable, Sendable { public var rawValue: UInt64 }
public enum WorkResult: Sendable { case none }
public enum WorkRequest: Sendable { case none }
public enum NodeObservation: Sendable { case none }
public enum ClientListener: Sendable { case chat, admin }
public enum NodeEvent: Sendable {
    case clientConnected(ConnectionID, ClientListener)
    case clientReceived(ConnectionID, Bytes)
    case clientBacklog(ConnectionID, bytes: Int)
    case clientClosed(ConnectionID)
    case peerAccepted(ConnectionID)
    case peerDialled(ConnectionID)
    case peerDialFailed(ConnectionID, refused: Bool)
    case peerReceived(ConnectionID, Bytes)
    case peerClosed(ConnectionID)
    case storageCompleted(StorageLane, StorageToken)
    case storageFailed(StorageLane, String)
    case workCompleted(WorkID, WorkResult)
    case shutdownRequested
}
public enum NodeDirective: Sendable {
    case sendToClient(ConnectionID, Bytes)
    case closeClient(ConnectionID)
    case dial(ConnectionID, NodeID, PeerChannel)
    case sendToPeer(ConnectionID, Bytes)
    case closePeer(ConnectionID)
    case storage(StorageLane, [StorageDirective])
    case work(WorkID, WorkRequest)
    case observe(NodeObservation)
    case halt(String)
    case finished
}
public struct NodePlan: Sendable {}
public struct NodeStartFailure: Error { var description: String { "" } }
public struct NodeInstance: Sendable {
    public static func recover(
        plan: NodePlan, files: SortedMap<FileName, Bytes>, seed: UInt64, at: Moment,
        into: inout [NodeDirective]
    ) throws(NodeStartFailure) -> NodeInstance { NodeInstance() }
    public mutating func handle(_ event: NodeEvent, at: Moment, into: inout [NodeDirective]) {}
    public mutating func endTurn(at: Moment, into: inout [NodeDirective]) {}
    public var nextDeadline: Instant? { nil }
}
