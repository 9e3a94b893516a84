internal import Toolbox
internal import ZooKeeperWire

/// Paths with rules of their own.
enum ReservedPaths {
    static let configuration: ZnodePath = "/zookeeper/config"
    static let lasting: [ZnodePath] = [
        "/", "/zookeeper", configuration, "/zookeeper/quota",
    ]
    private static let cluster: ZnodePath = "/rookery"

    /// Whether the node can never be deleted.
    static func isLasting(_ path: ZnodePath) -> Bool { lasting.contains(path) }

    /// Whether only the cluster itself may write there, and the superuser to repair it.
    static func isOfTheCluster(_ path: ZnodePath) -> Bool {
        // Most paths are told apart by one byte.
        guard path.bytes.count >= 8, path.bytes[1] == UInt8(ascii: "r") else { return false }
        return path == cluster || path.isDescendant(of: cluster)
    }
}
