import PeerWire
import Toolbox
import Vocabulary

/// The greeting: hello, challenge with proof, proof, welcome.
///
///     dialer                                acceptor
///       ── hello: cluster, ids, nonce D ──────▶
///       ◀── challenge: nonce A, code(acceptor) ─
///       ── proof: code(dialer) ───────────────▶   open
///       ◀── welcome ────────────────────────────
///     open
extension PeeringInstance {
    mutating func sendHello(
        _ index: Int, _ connection: ConnectionID, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) {
        let nonce = PeerNonce(high: random.next(), low: random.next())
        links[index].decoder = PeerFrameDecoder()
        links[index].state = .greeting(
            connection,
            PeerLink.Greeting(
                deadline: moment.monotonic + settings.greetingTimeout, ownNonce: nonce,
                peer: Incarnation(0)))
        let hello = PeerHello(
            cluster: identity.cluster, dialer: identity.node, acceptor: links[index].peer,
            channel: links[index].channel, versions: PeerFrame.version...PeerFrame.version,
            nonce: nonce)
        send(.hello, hello.encoded(), to: Incarnation(0), over: connection, moment, &directives)
    }

    /// The first bytes of an accepted connection.
    mutating func meet(
        _ connection: ConnectionID, _ bytes: Bytes, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) throws(PeerFrameFailure) {
        guard var stranger = strangers[connection] else { return }
        stranger.decoder.append(bytes)
        guard let frame = try stranger.decoder.next() else {
            strangers[connection] = stranger
            return
        }
        let hello: PeerHello
        do throws(DecodeFailure) {
            hello = try PeerHello(decoding: frame.payload)
        } catch {
            throw .undecodable(error)
        }
        if let reason = rejection(of: hello, frame) {
            return reject(connection, reason, at: moment, into: &directives)
        }
        strangers.removeValue(forKey: connection)
        challenge(hello, frame.sender, connection, at: moment, into: &directives)
    }

    private func rejection(of hello: PeerHello, _ frame: PeerFrame) -> PeerRejection? {
        guard frame.kind == .hello else { return .unexpected("\(frame.kind) before hello") }
        guard hello.cluster == identity.cluster else { return .otherCluster(hello.cluster) }
        guard hello.acceptor == identity.node else { return .wrongAddressee(hello.acceptor) }
        guard hello.versions.contains(PeerFrame.version) else {
            return .noCommonVersion(hello.versions)
        }
        guard hello.dialer < identity.node, links.contains(where: { $0.peer == hello.dialer })
        else { return .unknownNode(hello.dialer) }
        return nil
    }

    /// A new connection takes the place of an old one: the dialer knows best that that one is gone.
    private mutating func challenge(
        _ hello: PeerHello, _ incarnation: Incarnation, _ connection: ConnectionID,
        at moment: Moment, into directives: inout [PeeringDirective]
    ) {
        guard
            let index = links.firstIndex(where: {
                $0.peer == hello.dialer && $0.channel == hello.channel
            })
        else { return }
        if let old = links[index].connection {
            directives.append(.close(old))
            if links[index].isOpen {
                directives.append(.lost(hello.dialer, hello.channel))
                directives.append(.observe(.lost(hello.dialer, hello.channel)))
            }
        }
        let nonce = PeerNonce(high: random.next(), low: random.next())
        links[index].decoder = PeerFrameDecoder()
        links[index].state = .greeting(
            connection,
            PeerLink.Greeting(
                deadline: moment.monotonic + settings.greetingTimeout, ownNonce: nonce,
                peer: incarnation, peerNonce: hello.nonce))
        let transcript = transcript(
            index, dialerNonce: hello.nonce, acceptorNonce: nonce, peer: incarnation)
        let proof = PeerProof(nonce: nonce, code: authenticator.code(.acceptor, over: transcript))
        send(.challenge, proof.encoded(), to: incarnation, over: connection, moment, &directives)
    }

    /// A frame on a link's own connection.
    mutating func take(
        _ frame: PeerFrame, onLink index: Int, _ connection: ConnectionID, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) {
        switch (links[index].state, frame.kind) {
        case (.open(_, let incarnation), .sections):
            guard frame.sender == incarnation, frame.receiver == identity.incarnation else {
                dropped.count(.otherIncarnation)
                return
            }
            deliver(frame, index, connection, at: moment, into: &directives)
        case (.greeting(_, let greeting), .challenge) where links[index].dials:
            answer(frame, greeting, index, connection, at: moment, into: &directives)
        case (.greeting(_, let greeting), .proof) where !links[index].dials:
            admit(frame, greeting, index, connection, at: moment, into: &directives)
        case (.greeting(_, let greeting), .welcome) where links[index].dials:
            guard frame.sender == greeting.peer, greeting.peer != Incarnation(0) else {
                dropped.count(.otherIncarnation)
                return
            }
            open(index, connection, greeting.peer, into: &directives)
        case (_, .hello), (_, .challenge), (_, .proof), (_, .welcome), (_, .sections):
            // A repeat, or one that overtook another: the greeting's deadline settles it.
            dropped.count(.unexpected)
        }
    }

    private mutating func deliver(
        _ frame: PeerFrame, _ index: Int, _ connection: ConnectionID, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) {
        do throws(DecodeFailure) {
            let sections = try PeerSection.decode(frame.payload)
            directives.append(
                .received(links[index].peer, links[index].channel, sections, wall: frame.wall))
        } catch {
            reject(connection, .frame(.undecodable(error)), at: moment, into: &directives)
        }
    }

    private mutating func answer(
        _ frame: PeerFrame, _ greeting: PeerLink.Greeting, _ index: Int,
        _ connection: ConnectionID, at moment: Moment, into directives: inout [PeeringDirective]
    ) {
        guard let proof = proof(in: frame, connection, moment, &directives) else { return }
        let transcript = transcript(
            index, dialerNonce: greeting.ownNonce, acceptorNonce: proof.nonce, peer: frame.sender)
        guard authenticator.isRight(proof.code, from: .acceptor, over: transcript) else {
            let reason = PeerRejection.wrongSecret(links[index].peer)
            return reject(connection, reason, at: moment, into: &directives)
        }
        var greeting = greeting
        greeting.peer = frame.sender
        links[index].state = .greeting(connection, greeting)
        let own = PeerProof(
            nonce: greeting.ownNonce, code: authenticator.code(.dialer, over: transcript))
        send(.proof, own.encoded(), to: frame.sender, over: connection, moment, &directives)
    }

    private mutating func admit(
        _ frame: PeerFrame, _ greeting: PeerLink.Greeting, _ index: Int,
        _ connection: ConnectionID, at moment: Moment, into directives: inout [PeeringDirective]
    ) {
        guard let proof = proof(in: frame, connection, moment, &directives) else { return }
        guard frame.sender == greeting.peer else {
            return reject(connection, .staleIncarnation, at: moment, into: &directives)
        }
        let transcript = transcript(
            index, dialerNonce: greeting.peerNonce, acceptorNonce: greeting.ownNonce,
            peer: greeting.peer)
        guard authenticator.isRight(proof.code, from: .dialer, over: transcript) else {
            let reason = PeerRejection.wrongSecret(links[index].peer)
            return reject(connection, reason, at: moment, into: &directives)
        }
        send(.welcome, Bytes(), to: greeting.peer, over: connection, moment, &directives)
        open(index, connection, greeting.peer, into: &directives)
    }

    private mutating func open(
        _ index: Int, _ connection: ConnectionID, _ peer: Incarnation,
        into directives: inout [PeeringDirective]
    ) {
        links[index].state = .open(connection, peer: peer)
        links[index].failures = 0
        links[index].isFoundGone = false
        links[index].probeAt = nil
        // A process that is started again at once may never be found missing. Said once, by the
        // channel that votes and heartbeats take.
        if let last = links[index].lastPeer, last != peer, links[index].channel == .consensus {
            directives.append(.replaced(links[index].peer))
        }
        links[index].lastPeer = peer
        links[index].backlogBytes = 0
        directives.append(.opened(links[index].peer, links[index].channel))
        directives.append(.observe(.opened(links[index].peer, links[index].channel)))
    }

    private mutating func proof(
        in frame: PeerFrame, _ connection: ConnectionID, _ moment: Moment,
        _ directives: inout [PeeringDirective]
    ) -> PeerProof? {
        do throws(DecodeFailure) {
            return try PeerProof(decoding: frame.payload)
        } catch {
            reject(connection, .frame(.undecodable(error)), at: moment, into: &directives)
            return nil
        }
    }

    private func transcript(
        _ index: Int, dialerNonce: PeerNonce, acceptorNonce: PeerNonce, peer: Incarnation
    ) -> PeerAuthenticator.Transcript {
        let link = links[index]
        return PeerAuthenticator.Transcript(
            dialer: link.dials ? identity.node : link.peer,
            acceptor: link.dials ? link.peer : identity.node, channel: link.channel,
            dialerIncarnation: link.dials ? identity.incarnation : peer,
            acceptorIncarnation: link.dials ? peer : identity.incarnation,
            dialerNonce: dialerNonce, acceptorNonce: acceptorNonce)
    }

    private func send(
        _ kind: PeerFrame.Kind, _ payload: Bytes, to receiver: Incarnation,
        over connection: ConnectionID, _ moment: Moment, _ directives: inout [PeeringDirective]
    ) {
        let frame = PeerFrame(
            kind: kind, sender: identity.incarnation, receiver: receiver, sequence: 0,
            wall: moment.wall, payload: payload)
        directives.append(.send(connection, frame.encoded()))
    }
}
