import Raft
public import Toolbox
public import Vocabulary

/// What copies of a group send each other: from which copy, to which, and what.
///
/// Whoever lost its disk is another copy under the same node's name; so each letter names the copy
/// that it is for, and no other one answers it.
public struct ReplicaLetter<Content: ByteCodable>: ByteCodable {
    public var from: ReplicaID
    /// `.none` if for whichever copy is there.
    public var to: ReplicaID
    public var content: Content

    public init(from: ReplicaID, to: ReplicaID, content: Content) {
        self.from = from
        self.to = to
        self.content = content
    }

    public func encode(into writer: inout ByteWriter) {
        writer.write(from.rawValue)
        writer.write(to.rawValue)
        writer.write(content)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        from = ReplicaID(try reader.read())
        to = ReplicaID(try reader.read())
        content = try reader.read()
    }
}

extension ReplicaLetter<RaftMessage> {
    static func encode(
        _ message: RaftMessage, from sender: ReplicaID, to receiver: ReplicaID
    ) -> Bytes {
        ReplicaLetter(from: sender, to: receiver, content: message).encoded()
    }
}
