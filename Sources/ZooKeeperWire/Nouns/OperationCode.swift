/// The operations that a client may ask for, as the protocol numbers them.
///
/// The servers' own (0 notification, -1 error, -10 createSession, 20 deleteContainer) are left out:
/// a client that sends one gets what unknown numbers get.
///
/// Source: Apache ZooKeeper, ZooDefs.OpCode.
public enum OperationCode: Int32, Hashable, Sendable, CaseIterable {
    case create = 1
    case delete = 2
    case exists = 3
    case getData = 4
    case setData = 5
    case getACL = 6
    case setACL = 7
    case getChildren = 8
    case sync = 9
    case ping = 11
    case getChildren2 = 12
    /// Only inside a multi; alone it is unknown.
    case check = 13
    case multi = 14
    case create2 = 15
    case reconfig = 16
    case checkWatches = 17
    case removeWatches = 18
    case createContainer = 19
    case createTTL = 21
    case multiRead = 22
    case auth = 100
    case setWatches = 101
    case sasl = 102
    case getEphemerals = 103
    case getAllChildrenNumber = 104
    case setWatches2 = 105
    case addWatch = 106
    case whoAmI = 107
    case closeSession = -11

    /// Whether it changes the tree, the session table or the ensemble, and so goes into the log.
    public var isWrite: Bool {
        switch self {
        case .create, .create2, .createContainer, .createTTL, .delete, .setData, .setACL, .multi,
            .reconfig, .closeSession:
            true
        case .exists, .getData, .getACL, .getChildren, .getChildren2, .getEphemerals,
            .getAllChildrenNumber, .multiRead, .check, .sync, .ping, .checkWatches, .removeWatches,
            .auth, .sasl, .setWatches, .setWatches2, .addWatch, .whoAmI:
            false
        }
    }
}
