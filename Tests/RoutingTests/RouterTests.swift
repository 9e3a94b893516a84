import Routing
import Testing
import Toolbox
import Vocabulary

@Suite("Routing to leaders")
struct RouterTests {
    private static let group = ReplicaGroupID(5)
    private static let nodes = [NodeID(1), NodeID(2), NodeID(3)]
    private static let start = Instant(nanoseconds: 0)

    /// A router on n1 that nobody has told anything.
    private static func router() -> RouterInstance {
        var groups: SortedMap<ReplicaGroupID, [NodeID]> = SortedMap()
        groups[group] = nodes
        return RouterInstance(own: NodeID(1), groups: groups, settings: RouterSettings())
    }

    private static func request(_ number: UInt64) -> RoutedRequest {
        RoutedRequest(
            request: RequestID(number), group: group, stream: 0, kind: .command,
            payload: Bytes("c\(number)"))
    }

    /// What a directive says, short enough for a table.
    private static func line(_ directive: RouterDirective) -> String {
        switch directive {
        case .dispatch(let request, let node):
            "\(request.request) stream \(request.stream) to \(node)"
        case .answer(let request, let outcome): "\(request) \(outcome)"
        }
    }

    /// Runs `body` and answers what the router wanted.
    private static func said(_ body: (inout [RouterDirective]) -> Void) -> [String] {
        var directives: [RouterDirective] = []
        body(&directives)
        return directives.map(line)
    }

    @Test("a request goes to the known leader")
    func known() {
        var router = Self.router()
        _ = Self.said {
            router.leaderChanged(of: Self.group, to: NodeID(2), at: Self.start, into: &$0)
        }
        let said = Self.said {
            router.submit(Self.request(1), .harmless, at: Self.start, into: &$0)
        }
        #expect(said == ["r1 stream 2 to n2"])
    }

    @Test("a refused request takes the rest of its stream with it, and all go out in order")
    func refusedInOrder() {
        var router = Self.router()
        _ = Self.said {
            router.leaderChanged(of: Self.group, to: NodeID(2), at: Self.start, into: &$0)
            for number in 1...3 as ClosedRange<UInt64> {
                router.submit(Self.request(number), .harmful, at: Self.start, into: &$0)
            }
        }
        let hint = RoutedReply.notLeader(leader: NodeID(3))
        for number in [1, 2] as [UInt64] {
            let said = Self.said {
                router.received(
                    hint, for: RequestID(number), from: NodeID(2), at: Self.start, into: &$0)
            }
            #expect(said.isEmpty, "sent again before the stream was accounted for")
        }
        let said = Self.said {
            router.received(hint, for: RequestID(3), from: NodeID(2), at: Self.start, into: &$0)
        }
        #expect(
            said.map { $0.prefix(3).description + $0.suffix(5).description }
                == ["r1 to n3", "r2 to n3", "r3 to n3"])
    }

    @Test("when the leader is lost, the harmless is repeated and the harmful is unknown")
    func lostLeader() {
        var router = Self.router()
        _ = Self.said {
            router.leaderChanged(of: Self.group, to: NodeID(2), at: Self.start, into: &$0)
            router.submit(Self.request(1), .harmful, at: Self.start, into: &$0)
            router.submit(Self.request(2), .harmless, at: Self.start, into: &$0)
        }
        let lost = Self.said { router.lost(NodeID(2), at: Self.start, into: &$0) }
        #expect(lost == ["r1 unknown"])
        let found = Self.said {
            router.leaderChanged(of: Self.group, to: NodeID(3), at: Self.start, into: &$0)
        }
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("r2") == true && found.first?.hasSuffix("n3") == true)
    }

    @Test("a request that nobody took in time did not happen; one in doubt is unknown")
    func expiry() {
        var router = Self.router()
        _ = Self.said {
            router.submit(Self.request(1), .harmless, at: Self.start, into: &$0)
            router.received(
                .notLeader(leader: nil), for: RequestID(1), from: NodeID(1), at: Self.start,
                into: &$0)
        }
        let late = Self.start + .seconds(11)
        let said = Self.said { router.timeDidAdvance(to: late, into: &$0) }
        #expect(said == ["r1 noLeader"])
        #expect(router.waitingCount == 0)
        _ = Self.said {
            router.leaderChanged(of: Self.group, to: NodeID(2), at: late, into: &$0)
            router.submit(Self.request(2), .harmless, at: late, into: &$0)
        }
        let later = Self.said { router.timeDidAdvance(to: late + .seconds(11), into: &$0) }
        #expect(later == ["r2 unknown"])
    }

    @Test("with no leader known, voters are tried in turn until one says yes")
    func searching() {
        var router = Self.router()
        var asked: [NodeID] = []
        var now = Self.start
        var directives: [RouterDirective] = []
        router.submit(Self.request(1), .harmless, at: now, into: &directives)
        for _ in 0..<12 {
            for case .dispatch(let request, let node) in directives {
                asked.append(node)
                var next: [RouterDirective] = []
                router.received(
                    .notLeader(leader: nil), for: request.request, from: node, at: now, into: &next)
                #expect(next.isEmpty)
            }
            directives = []
            now = now + .milliseconds(250)
            router.timeDidAdvance(to: now, into: &directives)
        }
        #expect(Set(asked) == Set(Self.nodes))
    }

    @Test("who refused a stream refuses the rest of it, until the link starts anew")
    func intake() {
        var intake = RequestIntake()
        var first = Self.request(1)
        first.stream = 4
        #expect(intake.takes(first, from: NodeID(2)))
        intake.refuse(first, from: NodeID(2))
        #expect(!intake.takes(first, from: NodeID(2)))
        #expect(intake.takes(first, from: NodeID(3)))
        var next = first
        next.stream = 5
        #expect(intake.takes(next, from: NodeID(2)))
        intake.forget(NodeID(2))
        #expect(intake.takes(first, from: NodeID(2)))
    }

    @Test("requests and replies keep their bytes; cut ones are refused")
    func codec() throws {
        let request = Self.request(7)
        #expect(try RoutedRequest(group: Self.group, decoding: request.encoded()) == request)
        let replies: [RoutedReply] = [
            .done("answer"), .notLeader(leader: NodeID(2)), .notLeader(leader: nil), .overloaded,
            .lost, .unknown,
        ]
        for reply in replies {
            let encoded = reply.encoded(for: RequestID(9))
            let decoded = try RoutedReply.decode(encoded)
            #expect(decoded.request == RequestID(9) && decoded.reply == reply)
            for end in 0..<encoded.count {
                #expect(throws: DecodeFailure.self) {
                    try RoutedReply.decode(encoded.slice(0..<end))
                }
            }
        }
    }

    @Test("what is left of many goes out again in order, whichever were answered")
    func manyInOrder() {
        var router = Self.router()
        _ = Self.said {
            router.leaderChanged(of: Self.group, to: NodeID(2), at: Self.start, into: &$0)
            for number in 1...500 as ClosedRange<UInt64> {
                router.submit(Self.request(number), .harmless, at: Self.start, into: &$0)
            }
            // From the front, and every third of the rest.
            for number in 1...500 as ClosedRange<UInt64> where number < 300 || number % 3 == 0 {
                router.received(
                    .done("ok"), for: RequestID(number), from: NodeID(2), at: Self.start, into: &$0)
            }
        }
        let left = (300...500).filter { $0 % 3 != 0 }
        #expect(router.waitingCount == left.count)
        let said = Self.said {
            router.lost(NodeID(2), at: Self.start, into: &$0)
            router.leaderChanged(of: Self.group, to: NodeID(3), at: Self.start, into: &$0)
        }
        let again = said.filter { $0.hasSuffix("to n3") }
        #expect(again.compactMap { $0.split(separator: " ").first.map(String.init) }
            == left.map { "r\($0)" })
        let late = Self.said {
            router.submit(Self.request(501), .harmless, at: Self.start, into: &$0)
        }
        #expect(late.count == 1)
    }
}
