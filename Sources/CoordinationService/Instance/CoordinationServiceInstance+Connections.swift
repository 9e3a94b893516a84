public import Coordination
public import Toolbox
public import Vocabulary
import ZooKeeperWire

// What sockets tell.
extension CoordinationServiceInstance {
    /// A client's socket was accepted.
    ///
    /// - Parameters:
    ///   - address: `127.0.0.1:36880`, or `[::1]:36880`.
    ///   - identities: what it is known to be beside its address: the cluster's own clients, which
    ///     have no socket, say `rookery` here.
    public mutating func connected(
        _ id: ConnectionID, address: Bytes, identities: [AccessIdentity] = [], at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        guard table.slot(of: id) == nil else { return }
        let host = Self.host(of: address)
        let most = settings.connectionsPerHostMaximum
        guard most == 0 || table.count(from: host) < most else {
            directives.append(.observe(.connectionRefused(host: host)))
            directives.append(.close(id))
            return
        }
        var known = identities
        known.append(AccessIdentity(scheme: "ip", id: host))
        table.insert(
            ClientConnection(id, address: address, host: host, identities: known, at: moment))
    }

    /// A client sent bytes.
    public mutating func received(
        _ bytes: Bytes, on id: ConnectionID, machine: CoordinationMachine, at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        guard let slot = table.slot(of: id), table[slot].takesRequests else { return }
        table[slot].heardAt = moment.monotonic
        table[slot].isHeard = true
        table[slot].decoder.append(bytes)
        readFrames(slot, machine, into: &directives)
    }

    /// A socket has `bytes` to send that its client does not take.
    public mutating func backlogChanged(
        _ id: ConnectionID, bytes: Int, machine: CoordinationMachine, at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        guard let slot = table.slot(of: id) else { return }
        if bytes > settings.backlogBytesMaximum {
            directives.append(.observe(.clientStuck(id)))
            drop(slot, into: &directives)
        } else if bytes > settings.backlogBytesPausing {
            table[slot].isChoked = true
        } else if table[slot].isChoked, bytes <= settings.backlogBytesPausing / 2 {
            table[slot].isChoked = false
            advance(slot, machine, into: &directives)
            resume(slot, machine, into: &directives)
        }
    }

    /// A socket is closed, by its client or by the world. Its session lives on.
    public mutating func closed(_ id: ConnectionID) {
        guard let slot = table.slot(of: id) else { return }
        forget(slot)
    }

    // MARK: Frames

    /// Takes what has arrived, as long as the connection may have more outstanding.
    private mutating func readFrames(
        _ slot: Int, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        let id = table[slot].id
        while table[slot].id == id, table[slot].isLive, table[slot].takesRequests {
            guard mayTakeMore(slot) else { return pause(slot, into: &directives) }
            let input: ZooKeeperInput?
            do throws(ZooKeeperStreamFailure) {
                input = try table[slot].decoder.next()
            } catch {
                // Source: ZooKeeper closes without a word, so that clients see ConnectionLoss.
                directives.append(.observe(.strangeBytes(id)))
                return drop(slot, into: &directives)
            }
            switch input {
            case nil: return
            case .request(let frame): accept(frame, slot, machine, into: &directives)
            case .handshake(let request): begin(request, slot, machine, into: &directives)
            case .word(let word):
                table[slot].stage = .asked
                directives.append(.word(id, word))
            }
        }
    }

    private func mayTakeMore(_ slot: Int) -> Bool {
        !table[slot].isChoked && table[slot].queue.count < settings.outstandingMaximum
    }

    private mutating func pause(
        _ slot: Int, into directives: inout [CoordinationServiceDirective]
    ) {
        guard !table[slot].isPaused else { return }
        table[slot].isPaused = true
        directives.append(.pause(table[slot].id))
    }

    /// Reads again from a connection that was paused, once half of its requests are answered.
    mutating func resume(
        _ slot: Int, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        guard table[slot].isLive, table[slot].isPaused, !table[slot].isChoked,
            table[slot].queue.count <= settings.outstandingMaximum / 2
        else { return }
        table[slot].isPaused = false
        directives.append(.resume(table[slot].id))
        readFrames(slot, machine, into: &directives)
    }

    private static func host(of address: Bytes) -> Bytes {
        let array = address.array
        guard let colon = array.lastIndex(of: UInt8(ascii: ":")) else { return address }
        var host = array[..<colon]
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") {
            host = host.dropFirst().dropLast()
        }
        return Bytes(Array(host))
    }
}
