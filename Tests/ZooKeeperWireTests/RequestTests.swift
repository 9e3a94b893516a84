import Testing
import Toolbox
import ZooKeeperWire

/// A request, the type of its header, and its record.
struct RequestCase: Sendable, CustomStringConvertible {
    let request: ZooKeeperRequest
    let type: Int32
    let record: Record

    init(_ request: ZooKeeperRequest, _ type: Int32, _ record: Record) {
        self.request = request
        self.type = type
        self.record = record
    }

    var frame: Record { Record().header(77, type).appending(record.array) }
    var description: String { "op \(type), \(record.array.count) bytes" }
}

extension RequestCase {
    static let writes: [RequestCase] = [
        RequestCase(
            .create(CreateRequest(path: "/a", data: "xyz", mode: .persistent)), 1,
            Record().text("/a").text("xyz").openACL().int(0)),
        RequestCase(
            .create(CreateRequest(path: "/a", data: nil, access: [], mode: .ephemeralSequential)),
            1, Record().text("/a").null().int(0).int(3)),
        RequestCase(
            .create(CreateRequest(.create2, path: "/a-", data: "", mode: .persistentSequential)),
            15, Record().text("/a-").text("").openACL().int(2)),
        RequestCase(
            .create(
                CreateRequest(
                    .create2, path: "/ä", data: "1",
                    access: [Fixture.digest, AccessEntry.openToAll[0]], mode: .ephemeral)), 15,
            Record().text("/ä").text("1").int(2)
                .int(17).text("digest").text("bob:ikIaKsbtGweaHnb/jKn7OHqbunM=")
                .int(31).text("world").text("anyone").int(1)),
        RequestCase(
            .create(CreateRequest(.container, path: "/c", data: "", mode: .container)), 19,
            Record().text("/c").text("").openACL().int(4)),
        RequestCase(
            .create(
                CreateRequest(
                    .timeToLive, path: "/t", data: "", mode: .timeToLiveSequential,
                    timeToLiveMilliseconds: 0xFF_FFFF_FFFF)), 21,
            Record().text("/t").text("").openACL().int(6).long(0xFF_FFFF_FFFF)),
        RequestCase(
            .delete(DeleteRequest(path: "/a", version: 9)), 2, Record().text("/a").int(9)),
        RequestCase(
            .setData(SetDataRequest(path: "/a", data: "new", version: 4)), 5,
            Record().text("/a").text("new").int(4)),
        RequestCase(
            .setData(SetDataRequest(path: "/a", data: nil)), 5, Record().text("/a").null().int(-1)),
        RequestCase(
            .setData(SetDataRequest(path: "/a", data: "", version: 0)), 5,
            Record().text("/a").text("").int(0)),
        RequestCase(
            .setACL(SetACLRequest(path: "/a", access: AccessEntry.openToAll, version: 2)), 7,
            Record().text("/a").openACL().int(2)),
        RequestCase(
            .multi([
                .create(CreateRequest(path: "/m", data: "1", mode: .persistent)),
                .create(CreateRequest(.create2, path: "/n", data: "2", mode: .ephemeral)),
                .create(CreateRequest(.container, path: "/o", data: nil, mode: .container)),
                .create(
                    CreateRequest(
                        .timeToLive, path: "/p", data: nil, mode: .timeToLive,
                        timeToLiveMilliseconds: 5)),
                .setData(SetDataRequest(path: "/m", data: "3", version: 0)),
                .check(CheckRequest(path: "/m", version: 1)), .delete(DeleteRequest(path: "/m")),
            ]), 14,
            Record().multiHeader(1).text("/m").text("1").openACL().int(0)
                .multiHeader(15).text("/n").text("2").openACL().int(1)
                .multiHeader(19).text("/o").null().openACL().int(4)
                .multiHeader(21).text("/p").null().openACL().int(5).long(5)
                .multiHeader(5).text("/m").text("3").int(0)
                .multiHeader(13).text("/m").int(1)
                .multiHeader(2).text("/m").int(-1).multiEnd()),
        RequestCase(.multi([]), 14, Record().multiEnd()),
        RequestCase(
            .reconfig(
                ReconfigRequest(
                    joining: "server.4=h:1:2;3", leaving: nil, newMembers: "", currentConfigID: 7)),
            16, Record().text("server.4=h:1:2;3").null().text("").long(7)),
        RequestCase(.closeSession, -11, .empty),
    ]

    static let reads: [RequestCase] = [
        RequestCase(
            .exists(ReadRequest(path: "/e", setsWatch: true)), 3, Record().text("/e").byte(1)),
        RequestCase(.getData(ReadRequest(path: "/g")), 4, Record().text("/g").byte(0)),
        RequestCase(.getACL("/a"), 6, Record().text("/a")),
        RequestCase(.getChildren(ReadRequest(path: "/")), 8, Record().text("/").byte(0)),
        RequestCase(
            .getChildren2(ReadRequest(path: "/", setsWatch: true)), 12, Record().text("/").byte(1)),
        RequestCase(.sync("not/valid"), 9, Record().text("not/valid")),
        RequestCase(.ping, 11, .empty),
        RequestCase(
            .multiRead([.getData("/a"), .getChildren("/b")]), 22,
            Record().multiHeader(4).text("/a").byte(0).multiHeader(8).text("/b").byte(0)
                .multiEnd()),
        RequestCase(
            .checkWatches(WatchSelectionRequest(path: "/w", selection: .children)), 17,
            Record().text("/w").int(1)),
        RequestCase(
            .removeWatches(WatchSelectionRequest(path: "/w", selection: .any)), 18,
            Record().text("/w").int(3)),
        RequestCase(
            .auth(AuthenticationRequest(scheme: "digest", credentials: "bob:pw")), 100,
            Record().int(0).text("digest").text("bob:pw")),
        RequestCase(
            .setWatches(
                SetWatchesRequest(
                    relativeZxid: Zxid(0x1_0000_0002), data: ["/d", "/e"], exist: [], child: ["/c"])
            ), 101,
            Record().long(0x1_0000_0002).int(2).text("/d").text("/e").int(0).int(1).text("/c")),
        RequestCase(
            .setWatches2(
                SetWatchesRequest(
                    relativeZxid: Zxid(3), exist: ["/x"], persistent: ["/p"],
                    persistentRecursive: ["/r", "/s"])), 105,
            Record().long(3).int(0).int(1).text("/x").int(0).int(1).text("/p").int(2).text("/r")
                .text("/s")),
        RequestCase(
            .addWatch(AddWatchRequest(path: "/w", mode: .persistentRecursive)), 106,
            Record().text("/w").int(1)),
        RequestCase(.sasl(token: "t"), 102, Record().text("t")),
        RequestCase(.sasl(token: nil), 102, Record().null()),
        RequestCase(.getEphemerals(prefix: ""), 103, Record().text("")),
        RequestCase(.getAllChildrenNumber("/"), 104, Record().text("/")),
        RequestCase(.whoAmI, 107, .empty),
    ]

    static let all = writes + reads
}

@Suite("Requests")
struct RequestTests {
    @Test("a request is read as its table says", arguments: RequestCase.all)
    func decodes(row: RequestCase) throws {
        let frame = try RequestFrame.decode(row.frame.bytes)
        #expect(frame == RequestFrame(row.request, xid: Xid(77)))
        #expect(row.request.operation.rawValue == row.type)
    }

    @Test("a request is written as its table says", arguments: RequestCase.all)
    func encodes(row: RequestCase) {
        var writer = ByteWriter()
        writer.write(request: RequestFrame(row.request, xid: Xid(77)))
        #expect(writer.take() == row.frame.framed().bytes)
    }

    @Test("every operation stands in the table")
    func allOperations() {
        let tested = Set(RequestCase.all.map(\.request.operation))
        #expect(tested == Set(OperationCode.allCases).subtracting([.check]))
    }

    @Test("what stands behind the xid is the request again", arguments: RequestCase.all)
    func requestBytes(row: RequestCase) throws {
        let frame = row.frame.bytes
        let bytes = RequestFrame.requestBytes(of: frame)
        #expect(bytes == row.request.encoded())
        #expect(try ZooKeeperRequest(decoding: bytes) == row.request)
    }

    @Test("a record cut short is malformed, and the connection stays", arguments: RequestCase.all)
    func cuts(row: RequestCase) throws {
        for count in 0..<row.record.array.count {
            let cut = row.frame.bytes.slice(0..<8 + count)
            let failure = #expect(throws: RequestFailure.self) { try RequestFrame.decode(cut) }
            #expect(failure?.xid == Xid(77))
            #expect(failure?.error == .marshallingError)
            #expect(failure?.closes == false)
        }
    }

    @Test("a frame without a whole header has no number to answer to", arguments: 0..<8)
    func headless(count: Int) {
        let cut = Record().header(1, 11).bytes.slice(0..<count)
        let failure = #expect(throws: RequestFailure.headless(bytes: count)) {
            try RequestFrame.decode(cut)
        }
        #expect(failure?.xid == nil)
        #expect(failure?.closes == true)
    }

    @Test("bytes behind a record mean nothing", arguments: RequestCase.all)
    func trailing(row: RequestCase) throws {
        let longer = row.frame.appending([1, 2, 3]).bytes
        #expect(try RequestFrame.decode(longer).request == row.request)
    }

    @Test(
        "an operation that no client has is unimplemented, and the connection closes",
        arguments: [0, -1, -10, 10, 13, 20, 23, 99, 108, 500, Int32.min, Int32.max])
    func unknown(type: Int32) {
        let frame = Record().header(5, type).text("/a").int(0).bytes
        let failure = #expect(throws: RequestFailure.unknownOperation(Xid(5), type: type)) {
            try RequestFrame.decode(frame)
        }
        #expect(failure?.error == .unimplemented)
        #expect(failure?.closes == true)
    }

    struct Malformed: Sendable {
        let type: Int32
        let record: Record

        init(_ type: Int32, _ record: Record) {
            self.type = type
            self.record = record
        }
    }

    @Test(
        "null paths, unknown choices and absurd sizes are malformed",
        arguments: [
            Malformed(3, Record().null().byte(0)), Malformed(4, Record().null().byte(0)),
            Malformed(2, Record().null().int(0)), Malformed(9, Record().null()),
            Malformed(1, Record().null().null().openACL().int(0)),
            Malformed(103, Record().null()), Malformed(100, Record().int(0).null().null()),
            Malformed(106, Record().text("/a").int(2)), Malformed(106, Record().text("/a").int(-1)),
            Malformed(17, Record().text("/a").int(0)), Malformed(18, Record().text("/a").int(6)),
            // Lengths of -2, of 1 GB and of more than all bytes.
            Malformed(4, Record().int(-2).appending([0, 0])),
            Malformed(4, Record().int(1 << 30).appending([UInt8](repeating: 47, count: 18))),
            Malformed(4, Record().int(Int32.max).byte(0)),
            Malformed(5, Record().text("/a").int(Int32.min).int(0)),
            // Counts that would need more than the frame, in each list.
            Malformed(1, Record().text("/a").null().int(Int32.max).int(0)),
            Malformed(1, Record().text("/a").null().int(-2).int(0)),
            Malformed(7, Record().text("/a").int(1_000_000).int(31).text("world").text("anyone")),
            Malformed(101, Record().long(0).int(Int32.max).int(0).int(0)),
            Malformed(105, Record().long(0).int(0).int(0).int(0).int(0).int(1 << 28)),
            Malformed(105, Record().long(0).int(0).int(0).int(0).int(0).int(Int32.min)),
            // A multi without an end, of reads, of a multi, of the unknown; a multiRead of writes.
            Malformed(14, Record().multiHeader(2).text("/a").int(0)),
            Malformed(14, Record().multiHeader(4).text("/a").byte(0).multiEnd()),
            Malformed(14, Record().multiHeader(14).multiEnd().multiEnd()),
            Malformed(14, Record().multiHeader(-1).multiEnd()),
            Malformed(22, Record().multiHeader(2).text("/a").int(0).multiEnd()),
            Malformed(22, Record().multiHeader(12).text("/a").byte(0).multiEnd()),
        ])
    func malformed(row: Malformed) {
        let frame = Record().header(5, row.type).appending(row.record.array).bytes
        let failure = #expect(throws: RequestFailure.self) { try RequestFrame.decode(frame) }
        #expect(failure?.error == .marshallingError)
        #expect(failure?.closes == false)
    }

    @Test("a null list is an empty one")
    func nullLists() throws {
        let create = Record().header(1, 1).text("/a").null().null().int(0)
        #expect(
            try RequestFrame.decode(create.bytes).request
                == .create(CreateRequest(path: "/a", data: nil, access: [], mode: .persistent)))
        let watches = Record().header(1, 101).long(4).null().null().null()
        #expect(
            try RequestFrame.decode(watches.bytes).request
                == .setWatches(SetWatchesRequest(relativeZxid: Zxid(4))))
    }

    @Test("an ACL that is open to all but for one bit is not taken for it")
    func almostOpen() {
        for flipped in Fixture.flips(of: Array(Record().openACL().array.dropFirst(4))) {
            let frame = Record().header(1, 7).text("/a").int(1).appending(flipped.array).int(0)
            do throws(RequestFailure) {
                let request = try RequestFrame.decode(frame.bytes).request
                let open = SetACLRequest(path: "/a", access: AccessEntry.openToAll, version: 0)
                #expect(request != .setACL(open))
            } catch {
                #expect(error.error == .marshallingError)
            }
        }
    }

    @Test("any flag but zero is true, any mode is kept")
    func oddValues() throws {
        let exists = Record().header(1, 3).text("/a").byte(0x80)
        #expect(
            try RequestFrame.decode(exists.bytes).request
                == .exists(ReadRequest(path: "/a", setsWatch: true)))
        let create = Record().header(1, 1).text("/a").null().openACL().int(-7)
        guard case .create(let request) = try RequestFrame.decode(create.bytes).request else {
            Issue.record("no create")
            return
        }
        #expect(request.flags == -7)
        #expect(request.mode == nil)
    }

    @Test("a flipped bit gives a failure, or a request that is written as it is read")
    func flips() throws {
        for row in RequestCase.all {
            for bytes in Fixture.flips(of: row.frame.array) {
                do {
                    let frame = try RequestFrame.decode(bytes)
                    let again = try ZooKeeperRequest(decoding: frame.request.encoded())
                    #expect(again == frame.request)
                } catch let failure as RequestFailure {
                    #expect(failure.xid != nil)
                }
            }
        }
    }

    @Test("any bytes behind a header give a request or a failure", arguments: 0..<8)
    func anyBytes(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<400 {
            for operation in OperationCode.allCases {
                // Small numbers, so that lengths and counts are often possible.
                let record = (0..<random.below(60)).map { _ in
                    random.chance(0.7) ? 0 : UInt8(truncatingIfNeeded: random.below(24))
                }
                let frame = Record().header(1, operation.rawValue).appending(record)
                do {
                    let request = try RequestFrame.decode(frame.bytes).request
                    #expect(request.operation == operation)
                    #expect(try ZooKeeperRequest(decoding: request.encoded()) == request)
                } catch let failure as RequestFailure {
                    #expect(failure.closes == (operation == .check))
                }
            }
        }
    }

    @Test("what is read shares the frame, what is detached does not")
    func detached() {
        let entry = Fixture.digest.detached()
        #expect(entry == Fixture.digest)
        #expect(ZnodePath("/a/b").parent?.detached() == "/a")
    }
}
