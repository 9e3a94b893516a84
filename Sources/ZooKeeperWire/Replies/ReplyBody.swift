public import Toolbox

/// What an operation that succeeded answers.
public enum ReplyBody: Hashable, Sendable {
    /// Of delete, ping, auth, setWatches, setWatches2, checkWatches, removeWatches, closeSession.
    case nothing
    /// Of op 1 the new node's, of sync the one that was sent.
    case path(ZnodePath)
    /// Of ops 15, 19 and 21.
    case created(ZnodePath, NodeStat)
    /// Of exists, setData and setACL.
    case stat(NodeStat)
    /// Of getData and reconfig.
    case data(Bytes?, NodeStat)
    case access([AccessEntry], NodeStat)
    /// Of getChildren: names.
    case children([Bytes])
    /// Of getChildren2: names.
    case childrenWithStat([Bytes], NodeStat)
    case ephemerals([ZnodePath])
    /// Of getAllChildrenNumber.
    case count(Int32)
    /// Of multi and multiRead, failed ones too.
    case results([MultiResult])
    /// Of addWatch, which alone repeats the header's 0.
    case watchAdded
    /// Of whoAmI.
    case identities([AccessIdentity])
    /// Of sasl.
    case token(Bytes?)
}

extension ReplyBody {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .nothing: break
        case .path(let path): path.encode(into: &writer)
        case .created(let path, let stat):
            path.encode(into: &writer)
            stat.encode(into: &writer)
        case .stat(let stat): stat.encode(into: &writer)
        case .data(let data, let stat):
            writer.writeJute(optional: data)
            stat.encode(into: &writer)
        case .access(let entries, let stat):
            writer.writeJute(vector: entries)
            stat.encode(into: &writer)
        case .children(let names): writer.writeJute(texts: names)
        case .childrenWithStat(let names, let stat):
            writer.writeJute(texts: names)
            stat.encode(into: &writer)
        case .ephemerals(let paths): writer.writeJute(vector: paths)
        case .count(let count): writer.writeBigEndian(count)
        case .results(let results): writer.write(results: results)
        case .watchAdded: writer.writeBigEndian(Int32(0))
        case .identities(let identities): writer.writeJute(vector: identities)
        case .token(let token): writer.writeJute(optional: token)
        }
    }

    /// What a server that did `operation` says.
    public init(
        answering operation: OperationCode, from reader: inout ByteReader
    ) throws(DecodeFailure) {
        switch operation {
        case .create, .sync: self = .path(try ZnodePath(from: &reader))
        case .create2, .createContainer, .createTTL:
            self = .created(try ZnodePath(from: &reader), try NodeStat(from: &reader))
        case .exists, .setData, .setACL: self = .stat(try NodeStat(from: &reader))
        case .getData, .reconfig:
            self = .data(try reader.readJuteOptional(), try NodeStat(from: &reader))
        case .getACL: self = .access(try reader.readAccessList(), try NodeStat(from: &reader))
        case .getChildren: self = .children(try reader.readJuteTexts())
        case .getChildren2:
            self = .childrenWithStat(try reader.readJuteTexts(), try NodeStat(from: &reader))
        case .getEphemerals: self = .ephemerals(try reader.readPaths())
        case .getAllChildrenNumber: self = .count(try reader.readJuteInt())
        case .multi, .multiRead: self = .results(try reader.readResults())
        case .addWatch:
            _ = try reader.readJuteInt()
            self = .watchAdded
        case .whoAmI:
            self = .identities(
                try reader.readJuteVector(elementBytesMinimum: AccessIdentity.encodedBytesMinimum))
        case .sasl: self = .token(try reader.readJuteOptional())
        case .delete, .ping, .auth, .setWatches, .setWatches2, .checkWatches, .removeWatches,
            .closeSession, .check:
            self = .nothing
        }
    }
}

extension ByteWriter {
    mutating func writeJute(texts: some Collection<Bytes>) {
        writeBigEndian(Int32(texts.count))
        for text in texts { writeJute(text) }
    }
}
