public import Toolbox

/// One entry of a replica group's log.
public struct LogEntry: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        /// What a new leader appends so that entries of earlier terms commit (Raft §5.4.2).
        case noop = 0
        /// For the state machine.
        case command = 1
        /// A set of voters.
        case configuration = 2
    }

    public let index: LogIndex
    public let term: Term
    public let kind: Kind
    /// Opaque to Raft and to storage.
    public let payload: Bytes

    @inlinable
    public init(index: LogIndex, term: Term, kind: Kind, payload: Bytes) {
        self.index = index
        self.term = term
        self.kind = kind
        self.payload = payload
    }

    public func encode(into writer: inout ByteWriter) {
        writer.write(index.rawValue)
        writer.write(term.rawValue)
        writer.write(kind.rawValue)
        writer.writeCounted(payload)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        index = LogIndex(try reader.read())
        term = Term(try reader.read())
        let rawKind = try reader.read(UInt8.self)
        guard let kind = Kind(rawValue: rawKind) else {
            throw .invalid(what: "entry kind \(rawKind)", offset: reader.offset - 1)
        }
        self.kind = kind
        payload = try reader.readCounted()
    }
}
