import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Writing")
struct WriteTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let sentence: String
        let operation: CoordinationOperation
        let outcome: ZooKeeperError
        var testDescription: String { sentence }

        init(_ sentence: String, _ outcome: ZooKeeperError, _ operation: CoordinationOperation) {
            self.sentence = sentence
            self.operation = operation
            self.outcome = outcome
        }

        init(delete path: ZnodePath, _ error: ZooKeeperError, version: Int32 = -1) {
            self.init(
                "delete \(path) \(version)", error,
                .one(.delete(DeleteRequest(path: path, version: version))))
        }

        init(set path: ZnodePath, _ error: ZooKeeperError, version: Int32 = -1) {
            self.init(
                "set \(path) \(version)", error,
                .one(.setData(SetDataRequest(path: path, data: "", version: version))))
        }

        init(
            setACL path: ZnodePath, _ error: ZooKeeperError,
            access: [AccessEntry] = AccessEntry.openToAll, version: Int32 = -1
        ) {
            self.init(
                "setACL \(path) \(version)", error,
                .setACL(SetACLRequest(path: path, access: access, version: version)))
        }
    }

    static let refusals = [
        Row(delete: "x", .badArguments), Row(delete: "/a\0", .badArguments),
        Row(delete: "/", .badArguments), Row(delete: "/zookeeper", .badArguments),
        Row(delete: "/zookeeper/quota", .badArguments),
        Row(delete: "/zookeeper/config", .badArguments), Row(delete: "/no/x", .noNode),
        Row(delete: "/p/no", .noNode), Row(delete: "/closed/no", .noAuth),
        Row(delete: "/p", .badVersion, version: 7), Row(delete: "/p", .notEmpty),
        Row(delete: "/p", .badVersion, version: -2), Row(delete: "/rookery", .noAuth),
        Row(set: "/p/", .badArguments), Row(set: "", .badArguments), Row(set: "/no", .noNode),
        Row(set: "/p", .badVersion, version: 1), Row(set: "/p", .badVersion, version: -2),
        Row(set: "/zookeeper/config", .noAuth), Row(set: "/closed", .noAuth, version: 5),
        Row(set: "/rookery/x", .noAuth),
        Row(setACL: "/p/", .badArguments), Row(setACL: "/no", .invalidACL, access: []),
        Row(setACL: "/no", .noNode), Row(setACL: "/closed", .noAuth, version: 9),
        Row(setACL: "/p", .badVersion, version: 3),
        Row(setACL: "/rookery/x", .noAuth),
        Row("a check alone", .unimplemented, .one(.check(CheckRequest(path: "/p")))),
    ]

    static func grove() -> Grove {
        var grove = Grove(sessions: 2)
        grove.create("/p", "one")
        grove.create("/p/x")
        grove.create("/closed", access: [.of("world", "anyone", .read)])
        grove.create("/rookery", session: 0, as: [.cluster])
        grove.create("/rookery/x", session: 0, as: [.cluster])
        return grove
    }

    @Test("is refused in ZooKeeper's order of checks", arguments: refusals)
    func refused(row: Row) {
        var grove = Self.grove()
        var other = grove
        other.apply(.continueClosing)
        #expect(grove.write(row.operation) == .refused(row.outcome))
        #expect(grove.machine.digest == other.machine.digest)
        #expect(grove.changes.isEmpty)
    }

    @Test("data changes the node's stat and not its parent's")
    func stats() throws {
        var grove = Self.grove()
        let parent = try grove.stat("/p")
        grove.now = 2_000
        guard case .dataSet(let stat) = grove.set("/p/x", "longer", version: 0) else {
            Issue.record("not set")
            return
        }
        #expect(grove.changes == ["dataChanged /p/x"])
        #expect(stat.version == 1)
        #expect(stat.mzxid == grove.machine.zxid)
        #expect(stat.mtime == WallTime(milliseconds: 2_000))
        #expect(stat.ctime == WallTime(milliseconds: 1_000))
        #expect(stat.dataLength == 6)
        #expect(try grove.stat("/p/x") == stat)
        #expect(try grove.stat("/p") == parent)
    }

    @Test("an ACL changes its own version and nothing else")
    func aclVersion() throws {
        var grove = Self.grove()
        var expected = try grove.stat("/p")
        expected.aversion = 1
        #expect(grove.setACL("/p", AccessEntry.openToAll, version: 0) == .accessSet(expected))
        #expect(grove.changes.isEmpty)
    }

    @Test("children are counted in cversion, created and deleted")
    func cversion() throws {
        var grove = Self.grove()
        #expect(try grove.stat("/").cversion == 2)
        #expect(try grove.stat("/zookeeper").cversion == -2)
        grove.create("/p/y")
        let created = grove.machine.zxid
        #expect(try grove.stat("/p").pzxid == created)
        #expect(grove.delete("/p/y") == .deleted)
        #expect(grove.changes == ["deleted /p/y"])
        let stat = try grove.stat("/p")
        #expect(stat.cversion == 3)
        #expect(stat.numChildren == 1)
        #expect(stat.pzxid == grove.machine.zxid)
        #expect(stat.mzxid < created)
    }

    @Test("versions go from the greatest to the least, and leave -1 out")
    func versionsWrap() throws {
        // Two billion changes take long: the snapshot is given them.
        var grove = Grove(sessions: 1)
        grove.create("/v", "needle")
        for (version, next) in [(Int32.max, Int32.min), (-2, 0)] {
            var bytes = grove.machine.snapshot.encode().array
            let needle = Array("needle".utf8)
            let start = try #require(
                bytes.indices.first { bytes[$0...].starts(with: needle) })
            // Behind the data: ACL, kind, three numbers, two times.
            let offset = start + needle.count + 1 + 1 + 40
            withUnsafeBytes(of: version.littleEndian) { raw in
                for (index, byte) in raw.enumerated() { bytes[offset + index] = byte }
            }
            var copy = grove
            copy.machine = try CoordinationMachine(
                group: grove.machine.group, limits: .init(), restoring: Bytes(bytes))
            #expect(try copy.stat("/v").version == version)
            guard case .dataSet(let stat) = copy.set("/v", "", version: version) else {
                Issue.record("version \(version) not found")
                continue
            }
            #expect(stat.version == next)
        }
    }

    @Test("under /rookery is the cluster's alone, but for the superuser's repairs")
    func cluster() throws {
        var grove = Self.grove()
        #expect(grove.create("/rookery/y") == .refused(.noAuth))
        #expect(grove.delete("/rookery/x") == .refused(.noAuth))
        #expect(grove.create("/rookery/z", as: [.superuser]) == .created("/rookery/z"))
        #expect(grove.delete("/rookery/z", as: [.superuser]) == .deleted)
        #expect(grove.create("/rookeryx") == .created("/rookeryx"))
        #expect(
            grove.create("/rookery", mode: .persistentSequential)
                == .created("/rookery0000000004"))
        #expect(
            grove.create("/rookery/", mode: .persistentSequential) == .refused(.noAuth))
        #expect(grove.create("/rookery/y", as: [.cluster]) == .created("/rookery/y"))
        // Who reads and checks is everybody.
        let check = MultiOperation.check(CheckRequest(path: "/rookery/x", version: 0))
        #expect(grove.multi([check]) == .multi([.checked]))
        #expect(try grove.children("/rookery") == ["x", "y"])
    }

    @Test("the configuration is published by the cluster")
    func configuration() throws {
        var grove = Grove(sessions: 1)
        let outcome = grove.apply(
            .publishConfiguration("server.1=a", requester: Grove.requester(1))
        ).outcome
        #expect(try outcome == .dataSet(grove.stat("/zookeeper/config")))
        #expect(grove.changes == ["dataChanged /zookeeper/config"])
        #expect(grove.replies.count == 1)
        #expect(try grove.machine.data(at: "/zookeeper/config", for: []).data == "server.1=a")
        let (entries, _) = try grove.machine.access(at: "/zookeeper/config", for: [])
        #expect(entries == [.of("world", "anyone", .read)])
        #expect(try grove.children("/zookeeper") == ["config", "quota"])
    }
}
