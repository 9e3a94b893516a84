public import Toolbox

/// Asks for a new node.
public struct CreateRequest: Hashable, Sendable {
    /// The four operations that create. They differ in what is sent and in what is answered.
    public enum Variant: Int32, Hashable, Sendable, CaseIterable {
        /// Answered with the path alone.
        case create = 1
        case create2 = 15
        case container = 19
        /// The only one that carries a time to live.
        case timeToLive = 21

        public var operation: OperationCode {
            switch self {
            case .create: .create
            case .create2: .create2
            case .container: .createContainer
            case .timeToLive: .createTTL
            }
        }
    }

    public var variant: Variant
    /// Without the counter, if the mode is sequential.
    public var path: ZnodePath
    /// Null and empty are two things.
    public var data: Bytes?
    /// Null is read as empty.
    public var access: [AccessEntry]
    /// As they came; see `mode`.
    public var flags: Int32
    /// As it came; 0 in all variants but one.
    public var timeToLiveMilliseconds: Int64

    public init(
        _ variant: Variant, path: ZnodePath, data: Bytes?,
        access: [AccessEntry] = AccessEntry.openToAll, flags: Int32,
        timeToLiveMilliseconds: Int64 = 0
    ) {
        self.variant = variant
        self.path = path
        self.data = data
        self.access = access
        self.flags = flags
        self.timeToLiveMilliseconds = timeToLiveMilliseconds
    }

    /// Of a mode that the protocol knows.
    public init(
        _ variant: Variant = .create, path: ZnodePath, data: Bytes?,
        access: [AccessEntry] = AccessEntry.openToAll, mode: CreateMode,
        timeToLiveMilliseconds: Int64 = 0
    ) {
        self.init(
            variant, path: path, data: data, access: access, flags: mode.rawValue,
            timeToLiveMilliseconds: timeToLiveMilliseconds)
    }

    /// What the flags mean; nil if they mean nothing.
    public var mode: CreateMode? { CreateMode(rawValue: flags) }
}

// The record alone: its variant stands in a header before it.
extension CreateRequest {
    func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.writeJute(optional: data)
        writer.writeJute(vector: access)
        writer.writeBigEndian(flags)
        if variant == .timeToLive { writer.writeBigEndian(timeToLiveMilliseconds) }
    }

    init(_ variant: Variant, from reader: inout ByteReader) throws(DecodeFailure) {
        self.variant = variant
        path = try ZnodePath(from: &reader)
        data = try reader.readJuteOptional()
        access = try reader.readAccessList()
        flags = try reader.readJuteInt()
        timeToLiveMilliseconds = variant == .timeToLive ? try reader.readJuteLong() : 0
    }
}
