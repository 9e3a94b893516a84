import ClusterNode
import LogStorage
import PeerWire
import ReplicatedState
import Toolbox
import Vocabulary

/// What nodes want done, done at once.
extension Cluster {
    mutating func perform(_ directives: [NodeDirective], of node: Int) {
        for directive in directives { perform(directive, of: node) }
    }

    private mutating func perform(_ directive: NodeDirective, of node: Int) {
        switch directive {
        case .sendToClient(let connection, let bytes):
            sent[connection] = Bytes((sent[connection] ?? Bytes()).array + bytes.array)
        case .closeClient(let connection): closed.insert(connection)
        case .pauseClient, .resumeClient: break
        case .dial(let connection, let peer, _): dial(connection, peer, from: node)
        case .sendToPeer(let connection, let frame):
            carry(frame, from: End(node: node, connection: connection))
        case .closePeer(let connection):
            close(End(node: node, connection: connection), tellsBoth: false)
        case .storage(_, let storage): for step in storage { perform(step, of: node) }
        case .work(let work, let request): tell(node, .workCompleted(work, Self.result(request)))
        case .observe(let observation): nodes[node].observations.append(observation)
        case .halt(let reason): nodes[node].halt = reason
        case .finished: nodes[node].isFinished = true
        }
    }

    private static func result(_ request: WorkRequest) -> WorkResult {
        switch request {
        case .hash(let password): .hashed(password)
        case .verify(let password, let hash): .verified(password == hash)
        case .encode(let snapshot): .encoded(snapshot.encode())
        }
    }

    // MARK: Connections between nodes

    /// Connections of this side have odd numbers, those that nodes dial even ones.
    mutating func nextConnection() -> ConnectionID {
        lastConnection += 2
        return ConnectionID(lastConnection)
    }

    private mutating func dial(_ connection: ConnectionID, _ peer: NodeID, from node: Int) {
        let other = Int(peer.rawValue) - 1
        if nodes[node].isCutOff || nodes[other].isCutOff {
            return tell(node, .peerDialFailed(connection, wasRefused: false))
        }
        guard nodes[other].instance != nil, !nodes[other].isFinished else {
            return tell(node, .peerDialFailed(connection, wasRefused: true))
        }
        let here = End(node: node, connection: connection)
        let there = End(node: other, connection: nextConnection())
        peers[here] = there
        peers[there] = here
        tell(other, .peerAccepted(there.connection))
        tell(node, .peerDialled(connection))
    }

    mutating func close(_ end: End, tellsBoth: Bool) {
        guard let other = peers.removeValue(forKey: end) else { return }
        peers.removeValue(forKey: other)
        tell(other.node, .peerClosed(other.connection))
        if tellsBoth { tell(end.node, .peerClosed(end.connection)) }
    }

    /// Hands a frame over, without the sections that are held back.
    private mutating func carry(_ bytes: Bytes, from end: End) {
        guard let other = peers[end] else { return }
        var decoder = PeerFrameDecoder()
        decoder.append(bytes)
        do {
            guard var frame = try decoder.next() else { return }
            guard frame.kind == .sections else {
                return tell(other.node, .peerReceived(other.connection, bytes))
            }
            let sections = try PeerSection.decode(frame.payload)
            seen += sections.filter { watched.contains($0.kind) }
            let kept = sections.filter { $0.kind != .consensus || !heldGroups.contains($0.group) }
            frame.payload = PeerSection.encode(kept)
            tell(other.node, .peerReceived(other.connection, frame.encoded()))
        } catch {
            nodes[end.node].halt = "sent a frame that does not decode: \(error)"
        }
    }

    /// Forges a section from one node to another, as a node of another version might send it.
    mutating func forge(_ section: PeerSection, from node: Int, to other: Int) {
        guard
            let there = peers.first(where: {
                $0.key.node == node && $0.value.node == other
            })?.value, let sender = incarnation(node), let receiver = incarnation(other)
        else { return }
        let frame = PeerFrame(
            kind: .sections, sender: sender, receiver: receiver, sequence: 0,
            wall: moment(node).wall, payload: PeerSection.encode([section]))
        tell(there.node, .peerReceived(there.connection, frame.encoded()))
    }

    /// The sockets from one node to another say how much waits for them.
    mutating func tellBacklog(_ bytes: Int, from node: Int, to other: Int) {
        for (here, there) in peers where here.node == node && there.node == other {
            tell(node, .peerBacklog(here.connection, bytes: bytes))
        }
    }

    private func incarnation(_ node: Int) -> Incarnation? {
        for case .started(_, let incarnation) in nodes[node].observations.reversed() {
            return incarnation
        }
        return nil
    }

    // MARK: Disks

    private mutating func perform(_ step: StorageDirective, of node: Int) {
        switch step {
        case .create(let name, let count):
            nodes[node].files[name] = Bytes([UInt8](repeating: 0, count: count))
        case .write(let name, let offset, let bytes):
            guard var array = nodes[node].files[name]?.array else {
                nodes[node].halt = "wrote to \(name), which is not there"
                return
            }
            let end = offset + bytes.count
            if array.count < end { array += [UInt8](repeating: 0, count: end - array.count) }
            array.replaceSubrange(offset..<end, with: bytes.array)
            nodes[node].files[name] = Bytes(array)
        case .rename(let name, let other):
            nodes[node].files[other] = nodes[node].files.removeValue(forKey: name)
        case .remove(let name): nodes[node].files.removeValue(forKey: name)
        case .synchronize, .synchronizeDirectory: break
        case .complete(let token):
            if nodes[node].unfinished == nil {
                tell(node, .storageCompleted(token))
            } else {
                nodes[node].unfinished?.append(token)
            }
        }
    }
}
