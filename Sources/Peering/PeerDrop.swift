import PeerWire

/// Why something that came from a peer, or from whoever dialled, was dropped.
public enum PeerDrop: String, Hashable, Sendable, CaseIterable {
    case otherCluster = "other_cluster"
    case otherVersion = "other_version"
    /// Of an earlier life of either side.
    case otherIncarnation = "other_incarnation"
    case unknownNode = "unknown_node"
    case wrongSecret = "wrong_secret"
    /// Nothing that this version sends, or not whole.
    case malformed = "malformed"
    /// A repeat, or one that overtook another, in a greeting.
    case unexpected = "unexpected"
}

/// How often, by reason.
public struct PeerDropCounts: Hashable, Sendable {
    private var counts: [UInt64] = []

    public init() { counts = PeerDrop.allCases.map { _ in 0 } }

    public subscript(_ reason: PeerDrop) -> UInt64 { counts[Self.index(of: reason)] }

    public var total: UInt64 { counts.reduce(0, +) }

    mutating func count(_ reason: PeerDrop) { counts[Self.index(of: reason)] += 1 }

    private static func index(of reason: PeerDrop) -> Int {
        PeerDrop.allCases.firstIndex(of: reason) ?? 0
    }
}

extension PeerRejection {
    /// Under which reason it is counted.
    var drop: PeerDrop {
        switch self {
        case .otherCluster: .otherCluster
        case .unknownNode, .wrongAddressee: .unknownNode
        case .noCommonVersion: .otherVersion
        case .wrongSecret: .wrongSecret
        case .staleIncarnation: .otherIncarnation
        case .unexpected: .unexpected
        case .frame(let failure): failure.drop
        }
    }
}

extension PeerFrameFailure {
    fileprivate var drop: PeerDrop {
        switch self {
        case .version, .notOurProtocol: .otherVersion
        case .kind, .tooLong, .checksum, .undecodable: .malformed
        }
    }
}
