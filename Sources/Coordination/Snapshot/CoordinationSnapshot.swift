internal import ReplicatedState
internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

/// The coordination group's state held still: references to its nodes and sessions.
///
/// Nodes are written parents first and siblings in their order, each with the place of its parent:
/// slots, which differ from replica to replica, do not show.
struct CoordinationSnapshot: MachineSnapshot {
    static let formatVersion: UInt8 = 1

    let applied: AppliedPosition
    let expiryTerm: Term
    let nodes: ChunkedArray<Znode>
    let sessions: SessionTable
    let closing: [CoordinationSessionID]

    func encode() -> Bytes {
        var writer = ByteWriter(reserving: 1 << 16)
        writer.write(Self.formatVersion)
        writer.write(applied.index)
        writer.write(applied.time)
        writer.write(expiryTerm.rawValue)
        encodeSessions(into: &writer)
        encodeNodes(into: &writer)
        return writer.take()
    }

    private func encodeSessions(into writer: inout ByteWriter) {
        let ids = sessions.ids
        writer.write(UInt32(ids.count))
        for id in ids {
            guard let state = sessions[id] else { unreachable("no session \(id)") }
            writer.write(id.rawValue)
            writer.write(state.timeoutMilliseconds)
            writer.write(state.owner)
            writer.write(state.attachment.rawValue)
            writer.write(state.openedAt)
        }
        writer.write(UInt32(closing.count))
        for id in closing {
            writer.write(id.rawValue)
            writer.write(optional: sessions[id]?.closing?.requester)
        }
    }

    private func encodeNodes(into writer: inout ByteWriter) {
        let countAt = writer.count
        writer.write(UInt32(0))
        // By slot, where the node stands in what is written.
        var places = [UInt32](repeating: Znode.none, count: nodes.count)
        var written: UInt32 = 0
        var open = [ZnodeTree.root]
        while let slot = open.popLast() {
            let node = nodes[Int(slot)]
            places[Int(slot)] = written
            written += 1
            if node.parent == Znode.none {
                node.encode(place: Znode.none, parentAccess: .open, into: &writer)
            } else {
                let parentAccess = nodes[Int(node.parent)].access
                node.encode(
                    place: places[Int(node.parent)], parentAccess: parentAccess, into: &writer)
            }
            guard node.firstChild != Znode.none else { continue }
            // The last first, so that the first is taken next.
            var child = nodes[Int(node.firstChild)].previous
            while child != node.firstChild {
                open.append(child)
                child = nodes[Int(child)].previous
            }
            open.append(child)
        }
        writer.overwrite(written, at: countAt)
    }
}

extension Znode {
    private static let openTag: UInt8 = 0
    private static let parentsTag: UInt8 = 1
    private static let ownTag: UInt8 = 2

    /// - Parameter place: of the parent, among what is written.
    fileprivate func encode(
        place: UInt32, parentAccess: ZnodeAccess, into writer: inout ByteWriter
    ) {
        writer.write(place)
        writer.writeCounted(path.name)
        writer.writeOptional(data) { $0.writeCounted($1) }
        if access == .open {
            writer.write(Self.openTag)
        } else if access == parentAccess {
            writer.write(Self.parentsTag)
        } else {
            writer.write(Self.ownTag)
            writer.write(list: access.entries)
        }
        kind.encode(into: &writer)
        writer.write(createdBy.rawValue)
        writer.write(setBy.rawValue)
        writer.write(childrenChangedBy.rawValue)
        writer.write(createdAt)
        writer.write(setAt)
        writer.write(version)
        writer.write(accessVersion)
        writer.write(childrenCreated)
    }

    /// A node without its links, behind its parent's place.
    init(
        from reader: inout ByteReader, parent: ZnodePath?, parentAccess: ZnodeAccess
    ) throws(DecodeFailure) {
        let name = try reader.readCounted()
        let path = parent?.child(named: name) ?? .root
        try reader.expect(
            parent == nil ? name.isEmpty : path.fault == nil && path.name == name,
            "a node's name")
        let data = try reader.readOptional { reader throws(DecodeFailure) in
            try reader.readCounted().detached()
        }
        let access = try Self.access(from: &reader, parent: parentAccess)
        let kind = try ZnodeKind(from: &reader)
        self.init(
            path: path, data: data, access: access, kind: kind,
            by: Zxid(try reader.read(Int64.self)), at: WallTime(milliseconds: 0))
        setBy = Zxid(try reader.read(Int64.self))
        childrenChangedBy = Zxid(try reader.read(Int64.self))
        createdAt = try reader.read()
        setAt = try reader.read()
        version = try reader.read()
        accessVersion = try reader.read()
        childrenCreated = try reader.read()
    }

    private static func access(
        from reader: inout ByteReader, parent: ZnodeAccess
    ) throws(DecodeFailure) -> ZnodeAccess {
        switch try reader.read(UInt8.self) {
        case openTag: return .open
        case parentsTag:
            try reader.expect(parent != .open, "a parent's ACL")
            return parent
        case ownTag:
            let entries = try reader.readList(of: AccessEntry.self).map { $0.detached() }
            let access = ZnodeAccess(entries)
            try reader.expect(
                !entries.isEmpty && access != .open && access != parent, "an ACL")
            return access
        case let tag: throw reader.unknown("ACL", tag: tag)
        }
    }
}

extension ZnodeKind: ByteCodable {
    func encode(into writer: inout ByteWriter) {
        switch self {
        case .persistent: writer.write(UInt8(0))
        case .ephemeral(let session):
            writer.write(UInt8(1))
            writer.write(session.rawValue)
        case .container: writer.write(UInt8(2))
        case .timeToLive(let milliseconds):
            writer.write(UInt8(3))
            writer.write(milliseconds)
        }
    }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .persistent
        case 1: self = .ephemeral(CoordinationSessionID(try reader.read(Int64.self)))
        case 2: self = .container
        case 3:
            let milliseconds = try reader.read(Int64.self)
            try reader.expect(
                (1...CoordinationBounds.timeToLiveMillisecondsMaximum).contains(milliseconds),
                "a time to live")
            self = .timeToLive(milliseconds: milliseconds)
        case let tag: throw reader.unknown("kind of a node", tag: tag)
        }
    }
}
