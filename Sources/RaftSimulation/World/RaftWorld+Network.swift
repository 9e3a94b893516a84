import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// Messages between hosts.
extension RaftWorld {
    mutating func send(_ message: RaftMessage, from host: Int, to member: RaftMember) {
        let peer = Int(member.node.rawValue) - 1
        noteSend(message, from: host, to: member)
        // What is meant for an earlier copy on the own host reaches nobody.
        guard peer != host, hosts[host].isUp, !links[host, peer].isBlocked else { return }
        let toLife = layout.connectionsEndWithLives ? hosts[peer].life : 0
        guard toLife == 0 || hosts[peer].isUp else { return }
        // One draw decides all that is rare; most links are in order.
        let draw = networkRandom.next()
        let loss = links[host, peer].loss
        if loss > 0, draw & 0xFFFF < loss { return }
        let envelope = RaftEnvelope(
            from: Int32(host), to: Int32(peer), fromReplica: hosts[host].replica,
            toReplica: member.replica, toLife: toLife, message: message)
        var arrival =
            now.nanoseconds + LinkTable.delayMinimum
            + Self.delay(draw >> 32, around: links[host, peer].delayMean)
        arrival = max(arrival, links[host, peer].cloggedUntil)
        let reordering = links[host, peer].reordering
        if reordering > 0, draw >> 16 & 0xFFFF < reordering {
            arrival += networkRandom.delay(around: 10 * Nanoseconds.millisecond)
        } else {
            arrival = max(arrival, links[host, peer].lastArrival)
            links[host, peer].lastArrival = arrival
        }
        events.schedule(.message(envelope), at: WorldTime(nanoseconds: arrival))
        let duplication = links[host, peer].duplication
        if duplication > 0, networkRandom.next() & 0xFFFF < duplication {
            let again = arrival + networkRandom.delay(around: 20 * Nanoseconds.millisecond)
            events.schedule(.message(envelope), at: WorldTime(nanoseconds: again))
        }
    }

    /// Up to twice `mean`, seldom ten times; from 32 random bits.
    @inline(__always)
    private static func delay(_ bits: UInt64, around mean: Int64) -> Int64 {
        let bound = UInt64(mean) * (bits & 31 == 0 ? 10 : 2)
        return Int64((bits & 0xFFFF_FFFF) &* bound >> 32)
    }

    mutating func loseConnection(_ host: Int, _ peer: Int, refused: Bool) {
        guard hosts[host].isUp, !(refused && hosts[peer].isUp) else { return }
        if hosts[host].status == .paused {
            hosts[host].backlog.append(
                .connectionLost(host: host, peer: peer, refused: refused))
            return
        }
        transcript.mix(UInt64(bitPattern: now.nanoseconds), 0x1057 << 32 | UInt64(host))
        let moment = hosts[host].clock.monotonic(at: now)
        transferConnectionLost(host, peer)
        if refused {
            hosts[host].raft.peerRefusedConnection(hosts[peer].node, at: moment, into: &directives)
        } else {
            hosts[host].raft.peerBecameUnreachable(hosts[peer].node, at: moment, into: &directives)
        }
        finishStep(host)
    }
}
