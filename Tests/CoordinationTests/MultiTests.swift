import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("A multi")
struct MultiTests {
    static func create(_ path: ZnodePath, mode: CreateMode = .persistent) -> MultiOperation {
        .create(CreateRequest(path: path, data: "", mode: mode))
    }
    static func set(_ path: ZnodePath, _ version: Int32 = -1) -> MultiOperation {
        .setData(SetDataRequest(path: path, data: "set", version: version))
    }
    static func delete(_ path: ZnodePath, _ version: Int32 = -1) -> MultiOperation {
        .delete(DeleteRequest(path: path, version: version))
    }
    static func check(_ path: ZnodePath, _ version: Int32 = -1) -> MultiOperation {
        .check(CheckRequest(path: path, version: version))
    }

    @Test("of nothing is answered with nothing")
    func empty() {
        var grove = Grove(sessions: 1)
        #expect(grove.multi([]) == .multi([]))
    }

    @Test("sees what it did before: created, set twice, deleted, under one number")
    func sees() throws {
        var grove = Grove(sessions: 1)
        let outcome = grove.multi([
            Self.create("/a"), Self.set("/a", 0), Self.set("/a", 1), Self.check("/a", 2),
            Self.delete("/a", 2), Self.create("/a"),
        ])
        guard case .multi(let results) = outcome, results.count == 6 else {
            Issue.record("\(outcome)")
            return
        }
        #expect(results[0] == .created("/a"))
        #expect(results[3] == .checked)
        #expect(results[4] == .deleted)
        let zxid = grove.machine.zxid
        let stat = try grove.stat("/a")
        #expect(stat.czxid == zxid)
        #expect(stat.mzxid == zxid)
        #expect(try grove.stat("/").pzxid == zxid)
        #expect(
            grove.changes == [
                "created /a", "dataChanged /a", "dataChanged /a", "deleted /a", "created /a",
            ])
    }

    @Test("answers op 15, 19 and 21 with the stat, op 1 without")
    func variants() {
        var grove = Grove(sessions: 1)
        let outcome = grove.multi([
            .create(CreateRequest(.create2, path: "/b", data: "", mode: .ephemeral)),
            .create(CreateRequest(.container, path: "/c", data: "", mode: .container)),
            .create(
                CreateRequest(
                    .timeToLive, path: "/t", data: "", mode: .timeToLive,
                    timeToLiveMilliseconds: 9)),
            Self.create("/a"),
        ])
        guard case .multi(let results) = outcome, results.count == 4,
            case .createdWithStat("/b", let stat) = results[0],
            case .createdWithStat("/c", _) = results[1],
            case .createdWithStat("/t", _) = results[2], case .created("/a") = results[3]
        else {
            Issue.record("\(outcome)")
            return
        }
        #expect(stat.ephemeralOwner == CoordinationSessionID(1))
    }

    static let failing: [([MultiOperation], [MultiResult])] = [
        (
            [create("/n"), delete("/p/x"), create("/no/x"), create("/m")],
            [.rolledBack, .rolledBack, .failed(.noNode), .failed(.runtimeInconsistency)]
        ),
        (
            [delete("/p/x"), delete("/p"), check("/p")],
            [.rolledBack, .failed(.notEmpty), .failed(.runtimeInconsistency)]
        ),
        (
            [delete("/p/e"), create("/p/e", mode: .ephemeral), set("/p", 4)],
            [.rolledBack, .rolledBack, .failed(.badVersion)]
        ),
        (
            [set("/p"), set("/p"), delete("/p/x"), delete("/p/y"), delete("/p")],
            [.rolledBack, .rolledBack, .rolledBack, .rolledBack, .failed(.notEmpty)]
        ),
        (
            [
                delete("/p/x"), delete("/p/y"), delete("/p/e"), delete("/p"), create("/q"),
                create("/p"), create("/p/z", mode: .ephemeral), check("/p", 1),
            ],
            [MultiResult](repeating: .rolledBack, count: 7) + [.failed(.badVersion)]
        ),
        (
            [.create(CreateRequest(.create, path: "/n", data: "", flags: 9)), create("/m")],
            [.failed(.badArguments), .failed(.runtimeInconsistency)]
        ),
    ]

    @Test(
        "that fails leaves no trace, the order of children and the counters included",
        arguments: failing.indices)
    func leavesNoTrace(row: Int) throws {
        var grove = Grove(sessions: 1)
        for path: ZnodePath in ["/p", "/p/x", "/p/y"] { grove.create(path) }
        grove.create("/p/e", mode: .ephemeral)
        var other = grove
        other.apply(.continueClosing)
        let (operations, results) = Self.failing[row]
        #expect(grove.multi(operations) == .multi(results))
        #expect(grove.effects.count == 1)
        #expect(grove.machine.snapshot.encode() == other.machine.snapshot.encode())
        #expect(try grove.children("/p") == ["x", "y", "e"])
        #expect(grove.machine.counts == other.machine.counts)
        #expect(grove.machine.ephemerals(of: CoordinationSessionID(1)) == ["/p/e"])
        // And the slots are sound: everything can still be deleted.
        for path: ZnodePath in ["/p/e", "/p/x", "/p/y", "/p"] {
            #expect(grove.delete(path) == .deleted)
        }
        #expect(grove.machine.counts.ephemerals == 0)
        #expect(grove.machine.counts.nodes == 4)
    }

    @Test("by a session that is gone or has moved is refused as a whole")
    func session() {
        var grove = Grove(sessions: 1)
        #expect(grove.write(.multi([]), session: 9) == .refused(.sessionExpired))
        #expect(grove.write(.multi([]), session: 1, owner: 2) == .refused(.sessionMoved))
    }

    @Test("of reads answers each for itself")
    func reads() throws {
        var grove = Grove(sessions: 1)
        grove.create("/a", "data")
        let results = grove.machine.results(
            of: [.getData("/a"), .getData("/no"), .getChildren("/"), .getChildren("/no")],
            for: [])
        #expect(
            results == [
                .data("data", try grove.stat("/a")), .failed(.noNode),
                .children(["zookeeper", "a"]), .failed(.noNode),
            ])
    }
}
