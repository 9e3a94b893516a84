import Gateway
import Messages
import PeerWire
import Peering
import Raft
import Replication
import Routing
import Toolbox
import Vocabulary

/// Peers: what comes in over the links, and what leaves over them.
extension NodeInstance {
    mutating func handlePeer(_ event: NodeEvent, at moment: Moment) {
        switch event {
        case .peerAccepted(let connection): peering.accepted(connection, at: moment)
        case .peerDialled(let connection):
            peering.dialled(connection, at: moment, into: &peeringDirectives)
        case .peerDialFailed(let connection, let wasRefused):
            peering.dialFailed(
                connection, wasRefused: wasRefused, at: moment, into: &peeringDirectives)
        case .peerReceived(let connection, let bytes):
            peering.received(connection, bytes, at: moment, into: &peeringDirectives)
        case .peerBacklog(let connection, let bytes):
            peering.backlogChanged(connection, to: bytes)
        case .peerClosed(let connection):
            peering.closed(connection, at: moment, into: &peeringDirectives)
        case .clientConnected, .coordinationClientConnected, .clientReceived, .clientBacklog,
            .clientClosed, .storageCompleted,
            .storageFailed, .workCompleted, .shutdownRequested:
            break
        }
    }

    mutating func carryOutPeering(at moment: Moment, into directives: inout [NodeDirective]) {
        let said = peeringHandover.take(&peeringDirectives)
        for directive in said {
            switch directive {
            case .dial(let connection, let node, let channel):
                directives.append(.dial(connection, node, channel))
            case .send(let connection, let frame):
                directives.append(.sendToPeer(connection, frame))
            case .close(let connection): directives.append(.closePeer(connection))
            case .opened(let node, .bulk): bulkOpened(to: node, at: moment, into: &directives)
            case .opened(_, .consensus): break
            case .lost(let node, .bulk): bulkLost(to: node, at: moment, into: &directives)
            case .lost(let node, .consensus):
                driveAll(.peerUnreachable(node), at: moment, into: &directives)
            case .refused(let node), .replaced(let node):
                driveAll(.peerRefused(node), at: moment, into: &directives)
            case .received(let node, _, let sections, let wall):
                clocks.heard(wall, from: node, at: moment)
                for section in sections {
                    receive(section, from: node, at: moment, into: &directives)
                }
            case .observe(let observation): directives.append(.observe(.peering(observation)))
            }
        }
        peeringHandover.giveBack(said)
    }

    private mutating func bulkOpened(
        to node: NodeID, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        // Streams of requests start anew with each connection, on both sides.
        intake.forget(node)
        // And so do snapshots: a part that was to be sent while there was no link went nowhere.
        driveAll(.bulkLinkLost(node), at: moment, into: &directives)
    }

    private mutating func bulkLost(
        to node: NodeID, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        outgoing.removeValue(forKey: PeerRoute(node: node, channel: .bulk))
        pace.forget(node)
        intake.forget(node)
        router.lost(node, at: moment.monotonic, into: &routerDirectives)
        gateway.peerLost(node, at: moment, into: &gatewayDirectives)
        coordinationPeerLost(node, at: moment)
        for group in publishers.keys { publishers.update(group) { $0.unsubscribe(node) } }
        for group in subscriptions.keys where subscriptions[group]?.source == node {
            subscriptions.update(group) { $0.stop(retryAt: moment.monotonic) }
        }
        driveAll(.bulkLinkLost(node), at: moment, into: &directives)
    }

    private mutating func driveAll(
        _ event: ReplicaEvent, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        for group in replicas.groups { drive(group, event, at: moment, into: &directives) }
    }

    // MARK: Sections

    private mutating func receive(
        _ section: PeerSection, from node: NodeID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        do throws(DecodeFailure) {
            try receiveChecked(section, from: node, at: moment, into: &directives)
        } catch {
            drops.malformed += 1
            directives.append(
                .observe(.nonsense(from: node, what: "\(section.kind): \(error)")))
        }
    }

    private mutating func receiveChecked(
        _ section: PeerSection, from node: NodeID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) throws(DecodeFailure) {
        let group = section.group
        switch section.kind {
        case .consensus:
            try receiveConsensus(section, from: node, at: moment, into: &directives)
        case .request:
            take(
                try RoutedRequest(group: group, decoding: section.body), from: node, at: moment)
        case .reply:
            let (request, reply) = try RoutedReply.decode(section.body)
            router.received(
                reply, for: request, from: node, at: moment.monotonic, into: &routerDirectives)
        case .subscribe:
            subscribed(
                node, to: group, try DeliverySubscribe(decoding: section.body), at: moment)
        case .delivery:
            delivered(
                try DeliveryBatch(decoding: section.body), of: group, from: node, at: moment)
        case .edgeHome:
            gateway.receive(
                try EdgeHomeMessage(decoding: section.body), from: node, at: moment,
                into: &gatewayDirectives)
        case .snapshot:
            try receiveSnapshotPart(section, from: node, at: moment, into: &directives)
        case .snapshotResult:
            try receiveSnapshotResult(section, from: node, at: moment, into: &directives)
        case .makeCopy: makeCopy(of: group, for: node, at: moment)
        case .copyMade:
            var reader = ByteReader(section.body)
            let member = RaftMember(node: node, replica: ReplicaID(try reader.read()))
            try reader.expectEnd()
            copyIsThere(member, of: group, at: moment, into: &directives)
        case .whoLeads: tellLeader(of: group, to: node)
        case .leads:
            var reader = ByteReader(section.body)
            let leader = NodeID(try reader.read())
            try reader.expectEnd()
            hearLeader(of: group, leader, at: moment)
        case .claim: receiveClaim(of: group, from: node, at: moment, into: &directives)
        case .proposal: try receiveProposal(section, from: node, at: moment)
        case .proposalFailed: try receiveFailedProposal(section, at: moment)
        case .touches: try receiveTouches(section, from: node, at: moment)
        }
    }

    /// Collects a section for the frame that leaves at the end of the turn.
    mutating func tell(_ node: NodeID, _ channel: PeerChannel, _ section: PeerSection) {
        guard peering.isOpen(node, channel) else { return }
        outgoing[PeerRoute(node: node, channel: channel), default: []].append(section)
    }

    /// One frame per peer and channel, or more if it would grow too large.
    mutating func sendOutgoing(at moment: Moment, into directives: inout [NodeDirective]) {
        let routes = outgoing
        outgoing.removeAll()
        for (route, sections) in routes {
            var start = 0
            while start < sections.count {
                var end = start
                var bytes = 0
                repeat {
                    bytes += sections[end].encodedBytes
                    end += 1
                } while end < sections.count
                    && bytes + sections[end].encodedBytes <= plan.settings.frameBytesMaximum
                let isSent = peering.send(
                    Array(sections[start..<end]), to: route.node, over: route.channel, at: moment,
                    into: &peeringDirectives)
                guard isSent else { break }
                start = end
            }
        }
        carryOutPeering(at: moment, into: &directives)
    }
}
