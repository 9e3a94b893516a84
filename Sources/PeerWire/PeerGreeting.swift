public import Toolbox
public import Vocabulary

/// The first frame on a connection: who dials whom, for what.
public struct PeerHello: Hashable, Sendable {
    public var cluster: UInt64
    public var dialer: NodeID
    public var acceptor: NodeID
    public var channel: PeerChannel
    /// The oldest and newest protocol version the dialer speaks.
    public var versions: ClosedRange<UInt8>
    public var nonce: PeerNonce

    public init(
        cluster: UInt64, dialer: NodeID, acceptor: NodeID, channel: PeerChannel,
        versions: ClosedRange<UInt8>, nonce: PeerNonce
    ) {
        self.cluster = cluster
        self.dialer = dialer
        self.acceptor = acceptor
        self.channel = channel
        self.versions = versions
        self.nonce = nonce
    }

    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 64)
        writer.write(cluster)
        writer.write(dialer.rawValue)
        writer.write(acceptor.rawValue)
        writer.write(channel.rawValue)
        writer.write(versions.lowerBound)
        writer.write(versions.upperBound)
        nonce.encode(into: &writer)
        return writer.take()
    }

    public init(decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        cluster = try reader.read()
        dialer = NodeID(try reader.read())
        acceptor = NodeID(try reader.read())
        let rawChannel = try reader.read(UInt8.self)
        guard let channel = PeerChannel(rawValue: rawChannel) else {
            throw .invalid(what: "channel \(rawChannel)", offset: reader.offset - 1)
        }
        self.channel = channel
        let oldest = try reader.read(UInt8.self)
        let newest = try reader.read(UInt8.self)
        guard oldest <= newest else {
            throw .invalid(what: "versions \(oldest) to \(newest)", offset: reader.offset - 2)
        }
        versions = oldest...newest
        nonce = try PeerNonce(from: &reader)
        try reader.expectEnd()
    }
}

/// A proof of knowing the cluster's secret, with the other side's next question where there is one.
public struct PeerProof: Hashable, Sendable {
    public var nonce: PeerNonce
    /// HMAC-SHA256, 32 bytes.
    public var code: Bytes

    public init(nonce: PeerNonce, code: Bytes) {
        self.nonce = nonce
        self.code = code
    }

    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 52)
        nonce.encode(into: &writer)
        writer.writeCounted(code)
        return writer.take()
    }

    public init(decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        nonce = try PeerNonce(from: &reader)
        code = try reader.readCounted()
        try reader.expectEnd()
    }
}

/// Two connections join a pair of nodes.
public enum PeerChannel: UInt8, Hashable, Sendable, CaseIterable {
    /// Raft messages: any of them may be lost.
    case consensus = 0
    /// Requests, deliveries, snapshots: in order, until the connection breaks.
    case bulk = 1
}

/// 128 bits that were never used before.
public struct PeerNonce: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public func encode(into writer: inout ByteWriter) {
        writer.write(high)
        writer.write(low)
    }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        high = try reader.read()
        low = try reader.read()
    }
}
