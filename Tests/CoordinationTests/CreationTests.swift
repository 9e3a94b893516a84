import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Creating")
struct CreationTests {
    struct Refusal: CustomTestStringConvertible, Sendable {
        let sentence: String
        let request: CreateRequest
        let error: ZooKeeperError
        var testDescription: String { sentence }

        init(
            _ sentence: String, _ error: ZooKeeperError, _ path: ZnodePath,
            variant: CreateRequest.Variant = .create, flags: Int32 = 0, timeToLive: Int64 = 0,
            access: [AccessEntry] = AccessEntry.openToAll
        ) {
            self.sentence = sentence
            self.error = error
            request = CreateRequest(
                variant, path: path, data: "", access: access, flags: flags,
                timeToLiveMilliseconds: timeToLive)
        }
    }

    static let refusals = [
        Refusal("unknown flags", .badArguments, "/x", flags: 7),
        Refusal("negative flags", .badArguments, "/x", flags: -1),
        Refusal("a time to live by op 1", .badArguments, "/x", flags: 5),
        Refusal("a time to live by op 15", .badArguments, "/x", variant: .create2, flags: 6),
        Refusal("a time to live by op 19", .badArguments, "/x", variant: .container, flags: 5),
        Refusal("op 19 without its flag", .badArguments, "/x", variant: .container),
        Refusal(
            "op 21 without its flag, the frame that killed ZooKeeper 3.8.0", .badArguments, "/x",
            variant: .timeToLive, flags: 0, timeToLive: -1),
        Refusal("no time to live", .badArguments, "/x", variant: .timeToLive, flags: 5),
        Refusal(
            "too long a time to live", .badArguments, "/x", variant: .timeToLive, flags: 5,
            timeToLive: 0x100_0000_0000),
        Refusal("flags are judged before anything else", .badArguments, "/no/x", flags: 9),
        Refusal("no slash", .badArguments, "x"),
        Refusal("an empty path", .badArguments, ""),
        Refusal("a zero byte, before the missing parent", .badArguments, "/no/a\0b"),
        Refusal("no leading slash is a missing parent", .noNode, "a/b"),
        Refusal("an empty ACL, before the missing parent", .invalidACL, "/no/x", access: []),
        Refusal("an unknown scheme", .invalidACL, "/x", access: [.of("x509", "CN=a")]),
        Refusal("a world that is not anyone", .invalidACL, "/x", access: [.of("world", "all")]),
        Refusal("a digest without a colon", .invalidACL, "/x", access: [.of("digest", "bob")]),
        Refusal("a digest with two", .invalidACL, "/x", access: [.of("digest", "a:b:c")]),
        Refusal("no address", .invalidACL, "/x", access: [.of("ip", "1.2.3")]),
        Refusal("too many bits", .invalidACL, "/x", access: [.of("ip", "1.2.3.4/33")]),
        Refusal("auth without any", .invalidACL, "/x", access: [.of("auth", "")]),
        Refusal("super is no scheme of ACLs", .invalidACL, "/x", access: [.of("super", "a:b")]),
        Refusal(
            "the cluster's scheme in a stranger's ACL", .invalidACL, "/x",
            access: [.of("rookery", "")]),
        Refusal("a missing parent", .noNode, "/no/x"),
        Refusal("a double slash is a missing parent", .noNode, "/p//b"),
        Refusal("a double slash at the root", .badArguments, "//b"),
        Refusal("a slash at the end", .badArguments, "/p/"),
        Refusal("a dot", .badArguments, "/p/."),
        Refusal("two dots", .badArguments, "/p/.."),
        Refusal("a control character", .badArguments, "/p/\u{1}"),
        Refusal("a forbidden character", .badArguments, "/p/\u{F8FF}"),
        Refusal("the root", .nodeExists, "/"),
        Refusal("what is there", .nodeExists, "/p"),
        Refusal("a child of an ephemeral node", .noChildrenForEphemerals, "/e/x"),
        Refusal("under a parent that forbids it", .noAuth, "/closed/x"),
        Refusal("forbidden before the path is judged", .noAuth, "/closed/."),
        Refusal("the cluster's own place", .noAuth, "/rookery"),
    ]

    static func grove() -> Grove {
        var grove = Grove(sessions: 2)
        grove.create("/p")
        grove.create("/e", mode: .ephemeral)
        grove.create("/closed", access: [.of("world", "anyone", [.read, .write, .delete])])
        return grove
    }

    @Test("is refused, and changes nothing but the number", arguments: refusals)
    func refused(row: Refusal) throws {
        var grove = Self.grove()
        var other = grove
        let before = other.apply(.continueClosing)
        let digest = other.machine.digest
        #expect(grove.write(.one(.create(row.request))) == .refused(row.error))
        #expect(grove.machine.digest == digest)
        #expect(grove.replies.map(\.zxid) == [before.zxid])
        #expect(grove.changes.isEmpty)
        let multi = grove.multi([.create(row.request)])
        #expect(multi == .multi([.failed(row.error)]))
    }

    @Test("is accepted under names that only look wrong", arguments: ["/..a", "/.a", "/a.", "/é"])
    func accepted(path: String) {
        var grove = Self.grove()
        let path = ZnodePath(Bytes(path))
        #expect(grove.create(path) == .created(path))
        #expect(grove.changes == ["created \(path)"])
    }

    @Test("numbers names by the children ever created, plain ones too")
    func sequence() throws {
        var grove = Self.grove()
        grove.create("/s")
        #expect(grove.create("/s/a-", mode: .persistentSequential) == .created("/s/a-0000000000"))
        #expect(grove.create("/s/b-", mode: .ephemeralSequential) == .created("/s/b-0000000001"))
        grove.create("/s/plain")
        #expect(grove.create("/s/", mode: .persistentSequential) == .created("/s/0000000003"))
        // Deletes never lower it, failures give it back.
        grove.delete("/s/0000000003")
        #expect(
            grove.create("/s/", mode: .persistentSequential, access: []) == .refused(.invalidACL))
        #expect(grove.create("/s/.", mode: .persistentSequential) == .created("/s/.0000000004"))
        #expect(try grove.stat("/s").cversion == 6)
        #expect(try grove.stat("/s").numChildren == 4)
        #expect(grove.create("/", mode: .persistentSequential) == .created("/0000000004"))
    }

    @Test("inside a multi goes on counting, and gives all back if it fails")
    func sequenceInMulti() throws {
        var grove = Self.grove()
        let numbered = MultiOperation.create(
            CreateRequest(path: "/p/", data: nil, mode: .persistentSequential))
        let wrong = MultiOperation.check(CheckRequest(path: "/no"))
        #expect(
            grove.multi([numbered, numbered, wrong])
                == .multi([.rolledBack, .rolledBack, .failed(.noNode)]))
        #expect(
            grove.multi([numbered, numbered])
                == .multi([.created("/p/0000000000"), .created("/p/0000000001")]))
    }

    @Test("gives every kind its stat: only ephemerals show an owner")
    func kinds() throws {
        var grove = Grove(sessions: 2)
        grove.now = 77
        grove.create("/e", "data", mode: .ephemeral, session: 2)
        let ephemeral = NodeStat(
            czxid: Zxid(3), mzxid: Zxid(3), ctime: WallTime(milliseconds: 1_000),
            mtime: WallTime(milliseconds: 1_000), ephemeralOwner: CoordinationSessionID(2),
            dataLength: 4, pzxid: Zxid(3))
        // The log's clock does not go back.
        #expect(try grove.stat("/e") == ephemeral)
        let container = CreateRequest(.container, path: "/c", data: nil, mode: .container)
        guard case .createdWithStat("/c", let stat) = grove.write(.one(.create(container))) else {
            Issue.record("no container")
            return
        }
        #expect(stat.ephemeralOwner == .none)
        #expect(stat.dataLength == 0)
        #expect(try grove.machine.data(at: "/c", for: []).data == nil)
        let living = CreateRequest(
            .timeToLive, path: "/t", data: "", mode: .timeToLiveSequential,
            timeToLiveMilliseconds: 5)
        guard case .createdWithStat("/t0000000002", let stat) = grove.write(.one(.create(living)))
        else {
            Issue.record("no node with a time to live")
            return
        }
        #expect(stat.ephemeralOwner == .none)
        #expect(try grove.machine.data(at: "/t0000000002", for: []).data == "")
        // Both may have children.
        #expect(grove.create("/c/x") == .created("/c/x"))
        #expect(grove.create("/t0000000002/x") == .created("/t0000000002/x"))
    }

    @Test("without a session is the cluster's, and cannot be ephemeral")
    func withoutSession() {
        var grove = Grove()
        #expect(
            grove.create("/rookery", session: 0, as: [.cluster]) == .created("/rookery"))
        #expect(
            grove.create("/e", mode: .ephemeral, session: 0)
                == .refused(.ephemeralOnLocalSession))
    }
}
