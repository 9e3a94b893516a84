// swift-tools-version: 6.2
import PackageDescription

// The house: every room with its floor, its wing, and the rooms below that it may use.
// The manifest refuses to evaluate when a room reaches up, sideways, or out of its wing;
// the build runs with `--explicit-target-dependency-import-check error`, so that an import which
// is not declared here fails as well. See Sources/README.md for the tour.

/// A wing says what a room may touch.
enum Wing {
    /// Declarations of the C library that every wing may use.
    case bedrock
    /// Decides; knows no clock, no chance, no kernel.
    case pure
    /// Touches the kernel.
    case machinery
    /// Finds faults.
    case proving
}

struct Room {
    let name: String
    let floor: Int
    let wing: Wing
    let uses: [String]
    var isProgram = false
    /// Rooms that the client library needs carry no unsafe flags, so that a package may depend on it.
    var servesClients = false
    var hasTests = true
    /// Files that are compiled into the room.
    var embeds: [String] = []
    /// Rooms that only the tests need, such as the other end of a protocol.
    var testUses: [String] = []
    /// Folders beside the tests that they read by themselves.
    var testFiles: [String] = []
}

let rooms: [Room] = [
    // Bedrock and cellar: what the standard library lacks.
    Room(
        name: "CSystem", floor: -2, wing: .bedrock, uses: [], servesClients: true, hasTests: false),
    Room(name: "Toolbox", floor: -1, wing: .pure, uses: ["CSystem"], servesClients: true),
    // Ground: the nouns.
    Room(name: "Vocabulary", floor: 0, wing: .pure, uses: ["Toolbox"], servesClients: true),
    // First floor: mechanisms.
    Room(
        name: "ReplicatedState", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"],
        hasTests: false),
    Room(
        name: "Raft", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"],
        testFiles: ["Scenarios"]),
    Room(name: "LogStorage", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"]),
    Room(name: "Placement", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"]),
    Room(name: "Credentials", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"]),
    Room(name: "HTTPWire", floor: 1, wing: .pure, uses: ["Toolbox"], servesClients: true),
    Room(name: "WebSocketWire", floor: 1, wing: .pure, uses: ["Toolbox"], servesClients: true),
    Room(
        name: "ChatWire", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"],
        servesClients: true),
    Room(name: "PeerWire", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"]),
    Room(name: "AdminWire", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"]),
    Room(name: "ZooKeeperWire", floor: 1, wing: .pure, uses: ["Vocabulary", "Toolbox"]),
    Room(
        name: "SystemIO", floor: 1, wing: .machinery, uses: ["CSystem", "Vocabulary", "Toolbox"],
        servesClients: true),
    Room(name: "HistoryChecking", floor: 1, wing: .proving, uses: ["Vocabulary", "Toolbox"]),
    // Second floor: machines.
    Room(
        name: "Membership", floor: 2, wing: .pure,
        uses: ["ReplicatedState", "Vocabulary", "Toolbox"]),
    Room(
        name: "Messages", floor: 2, wing: .pure, uses: ["ReplicatedState", "Vocabulary", "Toolbox"]),
    Room(
        name: "Coordination", floor: 2, wing: .pure,
        uses: ["ZooKeeperWire", "ReplicatedState", "Vocabulary", "Toolbox"]),
    // Third floor: services.
    Room(
        name: "Gateway", floor: 3, wing: .pure,
        uses: [
            "Messages", "Membership", "ChatWire", "HTTPWire", "WebSocketWire", "Credentials",
            "Placement", "Vocabulary", "Toolbox",
        ]),
    Room(
        name: "CoordinationService", floor: 3, wing: .pure,
        uses: [
            "Coordination", "ZooKeeperWire", "Credentials", "ReplicatedState", "Vocabulary",
            "Toolbox",
        ]),
    Room(
        name: "Controller", floor: 3, wing: .pure,
        uses: ["Placement", "ZooKeeperWire", "Vocabulary", "Toolbox"]),
    Room(
        name: "Routing", floor: 3, wing: .pure, uses: ["Placement", "Vocabulary", "Toolbox"]),
    Room(
        name: "Peering", floor: 3, wing: .pure,
        uses: ["PeerWire", "Credentials", "Vocabulary", "Toolbox"]),
    Room(
        name: "VirtualWorld", floor: 2, wing: .proving,
        uses: ["LogStorage", "Vocabulary", "Toolbox"]),
    Room(
        name: "LogSimulation", floor: 3, wing: .proving,
        uses: ["VirtualWorld", "LogStorage", "Vocabulary", "Toolbox"]),
    Room(
        name: "RaftSimulation", floor: 3, wing: .proving,
        uses: ["VirtualWorld", "Raft", "LogStorage", "Vocabulary", "Toolbox"]),
    Room(
        name: "Replication", floor: 3, wing: .pure,
        uses: ["Raft", "LogStorage", "ReplicatedState", "Vocabulary", "Toolbox"]),
    Room(
        name: "ClientCore", floor: 3, wing: .pure,
        uses: ["ChatWire", "HTTPWire", "WebSocketWire", "Vocabulary", "Toolbox"],
        servesClients: true),
    // Fourth floor: the whole node.
    Room(
        name: "ClusterNode", floor: 4, wing: .pure,
        uses: [
            "Gateway", "Routing", "Peering", "Replication", "Controller", "CoordinationService",
            "Coordination", "ZooKeeperWire", "Messages", "Membership", "AdminWire",
            "HTTPWire", "ChatWire", "PeerWire", "Placement", "Credentials", "Raft", "LogStorage",
            "ReplicatedState", "Vocabulary", "Toolbox",
        ],
        testUses: ["WebSocketWire"]),
    // Fifth floor: shells.
    Room(
        name: "Configuration", floor: 5, wing: .machinery,
        uses: [
            "ClusterNode", "Controller", "CoordinationService", "Gateway", "Replication", "Peering",
            "Routing", "Raft", "LogStorage", "Placement", "ReplicatedState", "Vocabulary",
            "Toolbox",
        ]),
    Room(
        name: "NodeRuntime", floor: 5, wing: .machinery,
        uses: [
            "ClusterNode", "Gateway", "PeerWire", "LogStorage", "Credentials", "ReplicatedState",
            "SystemIO", "CSystem",
            "Vocabulary", "Toolbox",
        ],
        embeds: ["Page/index.html", "Page/style.css", "Page/app.js", "Page/icon.svg"]),
    Room(
        name: "Simulator", floor: 5, wing: .proving,
        uses: [
            "VirtualWorld", "AdminWire", "ClusterNode", "Coordination", "CoordinationService",
            "ZooKeeperWire", "ClientCore", "Gateway", "Replication", "Raft",
            "Routing",
            "Peering", "PeerWire", "LogStorage", "Messages", "Membership", "ChatWire", "HTTPWire",
            "WebSocketWire", "Placement", "Credentials", "ReplicatedState", "HistoryChecking",
            "Vocabulary", "Toolbox",
        ]),
    Room(
        name: "ChaosHarness", floor: 5, wing: .proving,
        uses: [
            "ClientCore", "AdminWire", "ChatWire", "HTTPWire", "Placement", "SystemIO",
            "Vocabulary", "Toolbox",
        ]),
    // Sixth floor: doors.
    Room(
        name: "chatnode", floor: 6, wing: .machinery,
        uses: [
            "NodeRuntime", "Configuration", "ClusterNode", "Gateway", "SystemIO", "Vocabulary",
            "Toolbox",
        ],
        isProgram: true, hasTests: false),
    Room(
        name: "clusterctl", floor: 6, wing: .machinery,
        uses: [
            "Configuration", "AdminWire", "HTTPWire", "Credentials", "ClusterNode", "SystemIO",
            "Vocabulary", "Toolbox",
        ],
        isProgram: true),
    Room(
        name: "chatbench", floor: 6, wing: .machinery,
        uses: [
            "Configuration", "ClientCore", "ChatWire", "HTTPWire", "WebSocketWire", "AdminWire",
            "SystemIO", "Vocabulary", "Toolbox", "ZooKeeperWire",
        ],
        isProgram: true),
    Room(
        name: "chaos", floor: 6, wing: .proving,
        uses: [
            "ChaosHarness", "Configuration", "ClusterNode", "Gateway", "SystemIO", "Vocabulary",
            "Toolbox",
        ],
        isProgram: true, hasTests: false),
    Room(
        name: "simulate", floor: 6, wing: .proving,
        uses: [
            "Simulator", "RaftSimulation", "LogSimulation", "VirtualWorld", "Vocabulary", "Toolbox",
        ],
        isProgram: true, hasTests: false),
]

for room in rooms {
    for name in room.uses + room.testUses {
        guard let below = rooms.first(where: { $0.name == name }) else {
            fatalError("\(room.name) uses \(name), which is no room")
        }
        guard below.floor < room.floor else {
            fatalError("\(room.name) on floor \(room.floor) may not use \(name) on \(below.floor)")
        }
        guard room.wing != .pure || below.wing == .pure || below.wing == .bedrock else {
            fatalError("\(room.name) is pure and may not use \(name)")
        }
    }
}

/// Builds that can make mistakes on purpose, for `simulate --plant`; keep them in a folder of their
/// own (`--scratch-path .build-planted`).
let planted: [SwiftSetting] =
    Context.environment["ROOKERY_PLANTED_FAULTS"] == nil ? [] : [.define("PLANTED_FAULTS")]

let common: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ] + planted

/// Measured: without the first, generics are not specialised across rooms (65 times slower decoding);
/// without the second, every mutation of a class property is checked at run time.
let fast: [SwiftSetting] = [
    .unsafeFlags(
        ["-cross-module-optimization", "-enforce-exclusivity=unchecked"],
        .when(configuration: .release))
]

func target(_ room: Room) -> Target {
    let uses = room.uses.map { Target.Dependency.byName(name: $0) }
    let settings = room.servesClients ? common : common + fast
    if room.name == "CSystem" {
        return .target(name: room.name, linkerSettings: [.linkedLibrary("crypt")])
    }
    return room.isProgram
        ? .executableTarget(name: room.name, dependencies: uses, swiftSettings: settings)
        : .target(
            name: room.name, dependencies: uses, resources: room.embeds.map { .embedInCode($0) },
            swiftSettings: settings)
}

func tests(_ room: Room) -> Target {
    let uses = ([room.name] + room.uses + room.testUses).map { Target.Dependency.byName(name: $0) }
    return .testTarget(
        name: "\(room.name)Tests", dependencies: uses, exclude: room.testFiles,
        swiftSettings: common)
}

let package = Package(
    name: "Rookery",
    products: rooms.filter(\.isProgram).map { .executable(name: $0.name, targets: [$0.name]) },
    targets: rooms.map(target) + rooms.filter(\.hasTests).map(tests) + [
        .testTarget(name: "TidyTests", swiftSettings: common)
    ]
)
