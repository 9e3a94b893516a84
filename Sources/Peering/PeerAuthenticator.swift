import Credentials
import PeerWire
import Toolbox
import Vocabulary

/// Proves and checks knowledge of the cluster's secret, for one connection.
///
/// A code covers both nonces, both nodes with their incarnations, the channel, and who speaks, so
/// none can be replayed on another connection or reflected to its maker.
struct PeerAuthenticator: Sendable {
    enum Speaker: UInt8 { case dialer = 1, acceptor = 2 }

    /// What both sides know once both nonces are exchanged.
    struct Transcript {
        var dialer: NodeID
        var acceptor: NodeID
        var channel: PeerChannel
        var dialerIncarnation: Incarnation
        var acceptorIncarnation: Incarnation
        var dialerNonce: PeerNonce
        var acceptorNonce: PeerNonce
    }

    private let hmac: HMAC

    init(secret: Bytes) { hmac = HMAC(key: secret) }

    func code(_ speaker: Speaker, over transcript: Transcript) -> Bytes {
        var writer = ByteWriter(reserving: 80)
        writer.writeCounted("rookery peer greeting 1")
        writer.write(speaker.rawValue)
        writer.write(transcript.dialer.rawValue)
        writer.write(transcript.acceptor.rawValue)
        writer.write(transcript.channel.rawValue)
        writer.write(transcript.dialerIncarnation.rawValue)
        writer.write(transcript.acceptorIncarnation.rawValue)
        transcript.dialerNonce.encode(into: &writer)
        transcript.acceptorNonce.encode(into: &writer)
        return hmac.code(for: writer.take())
    }

    /// Takes the same time wherever the codes differ.
    func isRight(_ code: Bytes, from speaker: Speaker, over transcript: Transcript) -> Bool {
        ConstantTime.equal(code, self.code(speaker, over: transcript))
    }
}
