import ClusterNode
import PeerWire
import SystemIO
import Toolbox
import Vocabulary

/// Sockets: accepting, dialling, reading, writing, closing.
extension NodeShell {
    func accept(_ kind: ShellConnection.Kind) {
        guard acceptsAgainAt == nil else { return }
        // Bounded, so that a storm of connections does not hold the turn.
        for _ in 0..<64 {
            do throws(SystemCallFailure) {
                let accepted: StreamSocket? =
                    switch kind {
                    case .chat: try clientListener.accept()
                    case .admin: try adminListener.accept()
                    case .coordination: try coordinationDoor?.listener.accept()
                    case .peer: try peerListener.accept()
                    }
                guard let socket = accepted else { return }
                lastAccepted += 2
                let id = ConnectionID(lastAccepted)
                let address = kind == .coordination ? socket.peerAddress : nil
                try open(ShellConnection(id: id, kind: kind, socket: socket, phase: .open))
                switch kind {
                case .chat: tell(.clientConnected(id, .chat))
                case .admin: tell(.clientConnected(id, .admin))
                case .coordination:
                    let text = Bytes(address?.description ?? "?")
                    tell(.coordinationClientConnected(id, address: text))
                case .peer: tell(.peerAccepted(id))
                }
            } catch {
                printer.print("cannot accept: \(error)")
                if error.isOutOfDescriptors { pauseAccepting() }
                return
            }
        }
    }

    private func open(_ connection: ShellConnection) throws(SystemCallFailure) {
        let interest: EventPoll.Interest =
            connection.isConnecting ? [.reading, .writing] : .reading
        try poll.add(connection.socket, key: connection.id.rawValue, for: interest)
        connections[connection.id] = connection
    }

    /// Without descriptors the listeners would stay readable and spin.
    private func pauseAccepting() {
        acceptsAgainAt = SystemClock.instant() + .milliseconds(100)
        listen(for: [])
    }

    func acceptAgain() {
        acceptsAgainAt = nil
        listen(for: .reading)
    }

    private func listen(for interest: EventPoll.Interest) {
        do throws(SystemCallFailure) {
            try poll.change(clientListener, key: Key.clients, to: interest)
            try poll.change(adminListener, key: Key.admins, to: interest)
            if let door = coordinationDoor {
                try poll.change(door.listener, key: Key.coordinationClients, to: interest)
            }
            try poll.change(peerListener, key: Key.peers, to: interest)
        } catch {
            unreachable("the listeners are in the poll: \(error)")
        }
    }

    func dial(_ id: ConnectionID, _ peer: NodeID) {
        guard let address = settings.peers[peer] else {
            unreachable("\(peer) has no address")
        }
        do throws(SystemCallFailure) {
            let socket = try StreamSocket.connect(to: address)
            try open(ShellConnection(id: id, kind: .peer, socket: socket, phase: .connecting))
        } catch {
            tell(.peerDialFailed(id, wasRefused: error.isRefused))
        }
    }

    // MARK: Readiness

    func handle(_ item: EventPoll.Ready, of connection: ShellConnection) {
        if connection.kind == .admin { readVitals() }
        if connection.isConnecting { return finishDialling(connection) }
        if item.isWritable { flush(connection) }
        guard item.isReadable || item.isBroken else { return }
        if connection.isPaused, !item.isBroken { return }
        guard !connection.isDraining else {
            if item.isBroken { drop(connection, tellsNode: false) }
            return discardInput(of: connection)
        }
        read(connection)
    }

    private func finishDialling(_ connection: ShellConnection) {
        do throws(SystemCallFailure) {
            try connection.socket.finishConnecting()
        } catch {
            connections.removeValue(forKey: connection.id)
            remove(connection)
            return tell(.peerDialFailed(connection.id, wasRefused: error.isRefused))
        }
        connection.phase = .open
        connection.awaitsWriting = false
        wait(for: connection, writing: false)
        tell(.peerDialled(connection.id))
    }

    private func read(_ connection: ShellConnection) {
        do throws(SystemCallFailure) {
            switch try connection.socket.read(into: buffer) {
            case .read(let count):
                let bytes = buffer.bytes(count)
                tell(
                    connection.kind == .peer
                        ? .peerReceived(connection.id, bytes)
                        : .clientReceived(connection.id, bytes))
            case .wouldBlock: break
            case .ended: drop(connection, tellsNode: true)
            }
        } catch {
            // The other side is gone without a word; for the node that is an end like any other.
            drop(connection, tellsNode: true)
        }
    }

    /// Bytes of a client that was told to leave.
    private func discardInput(of connection: ShellConnection) {
        do throws(SystemCallFailure) {
            while true {
                switch try connection.socket.read(into: buffer) {
                case .read: continue
                case .wouldBlock: return
                case .ended: return drop(connection, tellsNode: false)
                }
            }
        } catch {
            drop(connection, tellsNode: false)
        }
    }

    // MARK: Writing

    func send(_ bytes: Bytes, over id: ConnectionID) {
        guard let connection = connections[id], !connection.isDraining else { return }
        connection.queue.append(bytes)
        guard !connection.isDirty, !connection.isConnecting else { return }
        connection.isDirty = true
        if connection.kind == .peer {
            dirtyPeers.append(connection)
        } else {
            dirty.append(connection)
        }
    }

    /// Peers first: what they are told sets them to work beside this node, and there are few.
    func flushDirty() {
        for connection in dirtyPeers {
            connection.isDirty = false
            flush(connection)
        }
        dirtyPeers.removeAll(keepingCapacity: true)
        guard !dirty.isEmpty else { return }
        let waiting = dirtyHandover.take(&dirty)
        for connection in waiting {
            connection.isDirty = false
            flush(connection)
        }
        dirtyHandover.giveBack(waiting)
    }

    /// - Parameter isLast: the end follows at once, and may go in the same packet.
    func flush(_ connection: ShellConnection, isLast: Bool = false) {
        guard connections[connection.id] != nil else { return }
        do throws(SystemCallFailure) {
            _ = try connection.queue.flush(to: connection.socket, isLast: isLast)
        } catch {
            return drop(connection, tellsNode: !connection.isDraining)
        }
        let isWaiting = !connection.queue.isEmpty
        if isWaiting != connection.awaitsWriting {
            connection.awaitsWriting = isWaiting
            wait(for: connection, writing: isWaiting)
        }
        let backlog = connection.queue.byteCount
        if connection.kind != .admin, backlog != connection.toldBacklog, !connection.isDraining {
            backlogs.append(connection)
        }
    }

    func tellBacklogs() {
        guard !backlogs.isEmpty else { return }
        let changed = backlogs
        backlogs.removeAll(keepingCapacity: true)
        for connection in changed where connections[connection.id] != nil {
            connection.toldBacklog = connection.queue.byteCount
            let bytes = connection.toldBacklog
            tell(
                connection.kind == .peer
                    ? .peerBacklog(connection.id, bytes: bytes)
                    : .clientBacklog(connection.id, bytes: bytes))
        }
    }

    /// Nothing is read from the client until it is resumed; what it sends fills its own queue.
    func pause(_ id: ConnectionID, _ isPaused: Bool) {
        guard let connection = connections[id], !connection.isDraining else { return }
        connection.isPaused = isPaused
        wait(for: connection, writing: connection.awaitsWriting)
    }

    private func wait(for connection: ShellConnection, writing: Bool) {
        var interest: EventPoll.Interest = writing ? .writing : []
        if !connection.isPaused || connection.isDraining { interest.insert(.reading) }
        do throws(SystemCallFailure) {
            try poll.change(
                connection.socket, key: connection.id.rawValue, to: interest)
        } catch {
            unreachable("\(connection.id) is in the poll: \(error)")
        }
    }

    // MARK: Closing

    /// The node wants it closed: once everything sent is out, or after 2 s.
    func close(_ id: ConnectionID) {
        guard let connection = connections[id], !connection.isDraining else { return }
        flush(connection, isLast: true)
        guard connections[id] != nil else { return }
        if connection.kind == .peer || connection.isConnecting {
            return drop(connection, tellsNode: false)
        }
        connection.phase = .draining(until: SystemClock.instant() + .seconds(2))
        draining.append(id)
        if connection.queue.isEmpty { endWriting(connection) }
    }

    /// Lets the other side read what was sent before it learns of the end.
    private func endWriting(_ connection: ShellConnection) {
        do throws(SystemCallFailure) {
            try connection.socket.endWriting()
        } catch {
            drop(connection, tellsNode: false)
        }
    }

    /// Forgets those that are gone, and closes those whose time is over, which are the first.
    func closeDrained(at now: Instant) {
        guard !draining.isEmpty else { return }
        var count = 0
        for id in draining {
            if let connection = connections[id] {
                guard case .draining(let until) = connection.phase, until <= now else { break }
                drop(connection, tellsNode: false)
            }
            count += 1
        }
        draining.removeFirst(count)
    }

    func drop(_ connection: ShellConnection, tellsNode: Bool) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        remove(connection)
        guard tellsNode else { return }
        tell(
            connection.kind == .peer
                ? .peerClosed(connection.id) : .clientClosed(connection.id))
    }

    private func remove(_ connection: ShellConnection) {
        do throws(SystemCallFailure) {
            try poll.remove(connection.socket)
        } catch {
            unreachable("\(connection.id) was in the poll: \(error)")
        }
    }

    /// The last bytes before the process ends.
    func flushAll() {
        for id in connections.sortedKeys() {
            if let connection = connections[id], !connection.queue.isEmpty { flush(connection) }
        }
    }
}
