import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Watches")
struct WatchTests {
    /// What a client hears that set `watches`, and then made `changes`, of which all succeed.
    struct Story: Sendable, CustomTestStringConvertible {
        let name: String
        var before: [ZnodePath] = []
        let watches: [ZooKeeperRequest]
        let changes: [ZooKeeperRequest]
        let heard: [String]
        var testDescription: String { name }
    }

    static func create(_ path: ZnodePath) -> ZooKeeperRequest {
        .create(CreateRequest(path: path, data: nil, mode: .persistent))
    }
    static func delete(_ path: ZnodePath) -> ZooKeeperRequest { .delete(DeleteRequest(path: path)) }
    static func set(_ path: ZnodePath) -> ZooKeeperRequest {
        .setData(SetDataRequest(path: path, data: "1"))
    }
    static func data(_ path: ZnodePath) -> ZooKeeperRequest {
        .getData(ReadRequest(path: path, setsWatch: true))
    }
    static func exists(_ path: ZnodePath) -> ZooKeeperRequest {
        .exists(ReadRequest(path: path, setsWatch: true))
    }
    static func children(_ path: ZnodePath) -> ZooKeeperRequest {
        .getChildren(ReadRequest(path: path, setsWatch: true))
    }
    static func persistent(_ path: ZnodePath) -> ZooKeeperRequest {
        .addWatch(AddWatchRequest(path: path, mode: .persistent))
    }
    static func recursive(_ path: ZnodePath) -> ZooKeeperRequest {
        .addWatch(AddWatchRequest(path: path, mode: .persistentRecursive))
    }

    static let stories: [Story] = [
        Story(
            name: "a created node is told to who asked whether it exists",
            watches: [exists("/a")], changes: [create("/a"), set("/a")], heard: ["nodeCreated /a"]),
        Story(
            name: "a changed node is told once", before: ["/a"], watches: [data("/a")],
            changes: [set("/a"), set("/a")], heard: ["nodeDataChanged /a"]),
        Story(
            name: "a watch set twice fires once", before: ["/a"],
            watches: [data("/a"), data("/a"), exists("/a")], changes: [set("/a"), set("/a")],
            heard: ["nodeDataChanged /a"]),
        Story(
            name: "a deleted node is told once to who watched it and its children",
            before: ["/a"], watches: [data("/a"), children("/a")], changes: [delete("/a")],
            heard: ["nodeDeleted /a"]),
        Story(
            name: "the node comes before its parent", before: ["/a", "/a/b"],
            watches: [children("/a"), exists("/a/b")], changes: [delete("/a/b")],
            heard: ["nodeDeleted /a/b", "nodeChildrenChanged /a"]),
        Story(
            name: "a changed child is nothing to its parent", before: ["/a", "/a/b"],
            watches: [children("/a")], changes: [set("/a/b")], heard: []),
        Story(
            name: "a new access list is told to nobody", before: ["/a"],
            watches: [data("/a"), persistent("/a")],
            changes: [.setACL(SetACLRequest(path: "/a", access: AccessEntry.openToAll))],
            heard: []),
        Story(
            name: "a persistent watch stays, on the node and its children",
            watches: [persistent("/a")],
            changes: [
                create("/a"), create("/a/b"), set("/a/b"), delete("/a/b"), set("/a"), delete("/a"),
                create("/a"),
            ],
            heard: [
                "nodeCreated /a", "nodeChildrenChanged /a", "nodeChildrenChanged /a",
                "nodeDataChanged /a", "nodeDeleted /a", "nodeCreated /a",
            ]),
        Story(
            name: "a recursive watch hears of all below, and never of children",
            watches: [recursive("/a")],
            changes: [
                create("/a"), create("/a/b"), create("/a/b/c"), set("/a/b/c"), delete("/a/b/c"),
                create("/ab"),
            ],
            heard: [
                "nodeCreated /a", "nodeCreated /a/b", "nodeCreated /a/b/c",
                "nodeDataChanged /a/b/c",
                "nodeDeleted /a/b/c",
            ]),
        Story(
            name: "a recursive watch on the root hears everything",
            watches: [recursive("/")], changes: [create("/a"), create("/a/b")],
            heard: ["nodeCreated /a", "nodeCreated /a/b"]),
        Story(
            name: "several kinds of watches hear once of each", before: ["/a"],
            watches: [data("/a"), persistent("/a"), recursive("/a"), recursive("/")],
            changes: [set("/a")], heard: ["nodeDataChanged /a"]),
        Story(
            name: "a multi tells of its operations in order, one-shot watches once",
            before: ["/a"], watches: [data("/a"), children("/")],
            changes: [
                .multi([
                    .setData(SetDataRequest(path: "/a", data: "1")),
                    .setData(SetDataRequest(path: "/a", data: "2")),
                    .create(CreateRequest(path: "/b", data: nil, mode: .persistent)),
                    .create(CreateRequest(path: "/c", data: nil, mode: .persistent)),
                ])
            ],
            heard: ["nodeDataChanged /a", "nodeChildrenChanged /"]),
        Story(
            name: "a removed watch is silent", before: ["/a"],
            watches: [
                data("/a"), children("/a"), persistent("/a"),
                .removeWatches(WatchSelectionRequest(path: "/a", selection: .any)),
            ],
            changes: [set("/a"), create("/a/b")], heard: []),
        Story(
            name: "removing the children's watch leaves the data's", before: ["/a"],
            watches: [
                data("/a"), children("/a"),
                .removeWatches(WatchSelectionRequest(path: "/a", selection: .children)),
            ],
            changes: [create("/a/b"), set("/a")], heard: ["nodeDataChanged /a"]),
        Story(
            name: "the root has two names", watches: [children("")], changes: [create("/a")],
            heard: ["nodeChildrenChanged /"]),
    ]

    @Test("fire as they should", arguments: stories)
    func story(_ story: Story) throws {
        var ensemble = Ensemble(nodes: 2)
        let writer = ensemble.connect(to: 0)
        let watcher = ensemble.connect(to: 1)
        for path in story.before { _ = try ensemble.create(path, from: writer) }
        for request in story.watches { _ = try ensemble.call(request, from: watcher) }
        for change in story.changes {
            #expect(try ensemble.call(change, from: writer)?.error == nil)
        }
        #expect(try ensemble.heard(watcher) == story.heard)
    }

    @Test("of who makes the change go out before the reply", arguments: stories)
    func ownChanges(_ story: Story) throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        for path in story.before { _ = try ensemble.create(path, from: client) }
        for request in story.watches { _ = try ensemble.call(request, from: client) }
        var events: [String] = []
        for change in story.changes {
            ensemble.send(change, from: client)
            let heard = try ensemble.heard(client)
            #expect(heard.last == "ok")
            events += heard.dropLast()
        }
        #expect(events == story.heard)
    }

    @Test("go out before a read that shows the change, in one turn")
    func beforeRead() throws {
        var ensemble = Ensemble(nodes: 2)
        let writer = ensemble.connect(to: 0)
        let watcher = ensemble.connect(to: 1)
        _ = try ensemble.create("/a", from: writer)
        _ = try ensemble.call(Self.data("/a"), from: watcher)
        ensemble.send(Self.set("/a"), from: writer)
        ensemble.commit(from: 0)
        ensemble.send(.getData(ReadRequest(path: "/a")), from: watcher)
        #expect(try ensemble.heard(watcher) == ["nodeDataChanged /a", "ok"])
    }

    @Test("carry the zxid of the change")
    func zxids() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        _ = try ensemble.call(Self.exists("/a"), from: client)
        ensemble.send(Self.create("/a"), from: client)
        ensemble.settle()
        let heard = try ensemble.clients[client].take()
        guard case .event(_, let zxid) = heard[0] else {
            Issue.record("no event")
            return
        }
        #expect(zxid == heard[1].answer?.header.zxid)
    }

    @Test("are gone with their connection, and set again on the next")
    func reconnected() throws {
        var ensemble = Ensemble(nodes: 2)
        let writer = ensemble.connect(to: 0)
        let first = ensemble.connect(to: 1)
        for path: ZnodePath in ["/data", "/kept", "/gone", "/child", "/same", "/here"] {
            _ = try ensemble.create(path, from: writer)
        }
        let seen = try #require(
            try ensemble.call(Self.data("/data"), from: first)?.header.zxid)
        ensemble.cut(first)
        for change in [
            Self.set("/data"), Self.delete("/gone"), Self.create("/child/x"), Self.create("/new"),
        ] { _ = try ensemble.call(change, from: writer) }
        let second = ensemble.reconnect(first, to: 0, lastZxidSeen: seen)
        ensemble.send(
            .setWatches2(
                SetWatchesRequest(
                    relativeZxid: seen, data: ["/data", "/kept", "/gone"],
                    exist: ["/new", "/later"], child: ["/child", "/same", "/gone"],
                    persistent: ["/p"], persistentRecursive: ["/r"])),
            from: second)
        #expect(
            try ensemble.heard(second) == [
                "nodeDataChanged /data", "nodeDeleted /gone", "nodeCreated /new",
                "nodeChildrenChanged /child", "nodeDeleted /gone", "ok",
            ])
        for change in [
            Self.set("/kept"), Self.set("/data"), Self.create("/later"), Self.create("/same/x"),
            Self.create("/p"), Self.create("/r"), Self.create("/r/s"),
        ] { _ = try ensemble.call(change, from: writer) }
        #expect(
            try ensemble.heard(second) == [
                "nodeDataChanged /kept", "nodeCreated /later", "nodeChildrenChanged /same",
                "nodeCreated /p", "nodeCreated /r", "nodeCreated /r/s",
            ])
    }

    @Test("that are not there cannot be removed or found", arguments: WatchSelection.allCases)
    func noWatcher(selection: WatchSelection) throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        let request = WatchSelectionRequest(path: "/a", selection: selection)
        #expect(try ensemble.call(.checkWatches(request), from: client)?.error == .noWatcher)
        #expect(try ensemble.call(.removeWatches(request), from: client)?.error == .noWatcher)
        _ = try ensemble.call(Self.persistent("/a"), from: client)
        let finds = selection == .any || selection == .persistent
        #expect((try ensemble.call(.checkWatches(request), from: client)?.error == nil) == finds)
    }

    @Test("tell nothing of a node that their owner may not read")
    func hidden() throws {
        var ensemble = Ensemble()
        let owner = ensemble.connect()
        let stranger = ensemble.connect()
        _ = try ensemble.call(Self.recursive("/"), from: stranger)
        _ = try ensemble.call(
            .auth(AuthenticationRequest(scheme: "digest", credentials: "bob:pw")), from: owner)
        let mine = [
            AccessEntry(permissions: .all, identity: AccessIdentity(scheme: "auth", id: ""))
        ]
        _ = try ensemble.call(
            .create(CreateRequest(path: "/secret", data: nil, access: mine, mode: .persistent)),
            from: owner)
        _ = try ensemble.call(Self.set("/secret"), from: owner)
        _ = try ensemble.call(Self.delete("/secret"), from: owner)
        _ = try ensemble.create("/open", from: owner)
        #expect(try ensemble.heard(stranger) == ["nodeCreated /open"])
    }

    @Test("are written once for a hundred who watch")
    func many() throws {
        var settings = CoordinationServiceSettings()
        settings.connectionsPerHostMaximum = 0
        var ensemble = Ensemble(settings: settings)
        let writer = ensemble.connect()
        _ = try ensemble.create("/a", from: writer)
        let watchers = (0..<100).map { _ in ensemble.connect() }
        for watcher in watchers { _ = try ensemble.call(Self.data("/a"), from: watcher) }
        ensemble.cut(watchers[50])
        _ = try ensemble.call(Self.set("/a"), from: writer)
        for watcher in watchers where watcher != watchers[50] {
            #expect(try ensemble.heard(watcher) == ["nodeDataChanged /a"])
        }
    }

    @Test("end with a copy that was replaced by a snapshot: what was missed is asked for again")
    func restored() throws {
        var ensemble = Ensemble(nodes: 2)
        let watcher = ensemble.connect(to: 1)
        let fresh = ensemble.dial(1)
        _ = try ensemble.call(Self.exists("/a"), from: watcher)
        let moment = ensemble.moment
        ensemble.on(1) { node, directives in
            node.service.restored(
                through: LogIndex(50), machine: node.machine, at: moment, into: &directives)
        }
        #expect(ensemble.clients[watcher].isClosed)
        #expect(!ensemble.clients[fresh].isClosed)
    }
}
