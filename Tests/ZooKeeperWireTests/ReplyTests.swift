import Testing
import Toolbox
import ZooKeeperWire

/// A reply to an operation, and its record.
struct ReplyCase: Sendable, CustomStringConvertible {
    let operation: OperationCode
    let body: ReplyBody
    let record: Record

    init(_ operation: OperationCode, _ body: ReplyBody, _ record: Record) {
        self.operation = operation
        self.body = body
        self.record = record
    }

    var frame: Record { Record().int(77).long(0x2_0000_062F).int(0).appending(record.array) }
    var header: ReplyHeader { ReplyHeader(xid: Xid(77), zxid: Zxid(0x2_0000_062F)) }
    var description: String { "\(operation), \(record.array.count) bytes" }
}

extension ReplyCase {
    static let empty: [ReplyCase] = [
        OperationCode.delete, .ping, .auth, .setWatches, .setWatches2, .checkWatches,
        .removeWatches, .closeSession,
    ].map { ReplyCase($0, .nothing, .empty) }

    static let all: [ReplyCase] =
        empty + [
            ReplyCase(.create, .path("/a"), Record().text("/a")),
            ReplyCase(.sync, .path("x"), Record().text("x")),
            ReplyCase(.create2, .created("/a", Fixture.stat), Record().text("/a").stat()),
            ReplyCase(.createContainer, .created("/a", Fixture.stat), Record().text("/a").stat()),
            ReplyCase(.createTTL, .created("/a", Fixture.stat), Record().text("/a").stat()),
            ReplyCase(.exists, .stat(Fixture.stat), Record().stat()),
            ReplyCase(.setData, .stat(Fixture.stat), Record().stat()),
            ReplyCase(.setACL, .stat(Fixture.stat), Record().stat()),
            ReplyCase(.getData, .data("xyz", Fixture.stat), Record().text("xyz").stat()),
            ReplyCase(.getData, .data("", Fixture.stat), Record().text("").stat()),
            ReplyCase(.getData, .data(nil, Fixture.stat), Record().null().stat()),
            ReplyCase(.reconfig, .data("v", Fixture.stat), Record().text("v").stat()),
            ReplyCase(
                .getACL, .access(AccessEntry.openToAll, Fixture.stat), Record().openACL().stat()),
            ReplyCase(
                .getACL, .access([Fixture.digest], Fixture.stat),
                Record().int(1).int(17).text("digest").text("bob:ikIaKsbtGweaHnb/jKn7OHqbunM=")
                    .stat()),
            ReplyCase(.getChildren, .children([]), Record().int(0)),
            ReplyCase(.getChildren, .children(["a", "ä"]), Record().int(2).text("a").text("ä")),
            ReplyCase(
                .getChildren2, .childrenWithStat(["a"], Fixture.stat),
                Record().int(1).text("a").stat()),
            ReplyCase(
                .getEphemerals, .ephemerals(["/a", "/b"]), Record().int(2).text("/a").text("/b")),
            ReplyCase(.getAllChildrenNumber, .count(1_000_000), Record().int(1_000_000)),
            ReplyCase(.addWatch, .watchAdded, Record().int(0)),
            ReplyCase(
                .whoAmI, .identities([AccessIdentity(scheme: "ip", id: "127.0.0.1")]),
                Record().int(1).text("ip").text("127.0.0.1")),
            ReplyCase(.sasl, .token("t"), Record().text("t")),
            ReplyCase(.sasl, .token(nil), Record().null()),
            ReplyCase(.multi, .results([]), Record().multiEnd()),
            ReplyCase(
                .multi,
                .results([
                    .created("/m"), .createdWithStat("/n", Fixture.stat), .dataSet(Fixture.stat),
                    .checked, .deleted,
                ]),
                Record().multiHeader(1, error: 0).text("/m").multiHeader(15, error: 0).text("/n")
                    .stat().multiHeader(5, error: 0).stat().multiHeader(13, error: 0)
                    .multiHeader(2, error: 0).multiEnd()),
            ReplyCase(
                .multi, .results(MultiResult.failure(at: 1, of: 3, .badVersion)),
                Record().multiHeader(-1, error: 0).int(0).multiHeader(-1, error: -103).int(-103)
                    .multiHeader(-1, error: -2).int(-2).multiEnd()),
            ReplyCase(
                .multiRead,
                .results([
                    .data(nil, Fixture.stat), .failed(.noNode), .children(["c", "d"]),
                ]),
                Record().multiHeader(4, error: 0).null().stat().multiHeader(-1, error: -101)
                    .int(-101).multiHeader(8, error: 0).int(2).text("c").text("d").multiEnd()),
        ]
}

@Suite("Replies")
struct ReplyTests {
    /// What a client makes of a server's frames behind the handshake.
    private static func read(_ bytes: Bytes) throws -> [ZooKeeperOutput] {
        var writer = ByteWriter()
        let response = ConnectResponse(
            timeoutMilliseconds: 4_000, session: CoordinationSessionID(9),
            password: ConnectResponse.noPassword, isReadOnly: false)
        writer.write(connected: response)
        writer.writeRaw(bytes)
        var decoder = ZooKeeperReplyDecoder()
        decoder.append(writer.take())
        #expect(try decoder.next() == .connected(response))
        var outputs: [ZooKeeperOutput] = []
        while let output = try decoder.next() { outputs.append(output) }
        return outputs
    }

    @Test("a reply is written as its table says", arguments: ReplyCase.all)
    func encodes(row: ReplyCase) {
        var writer = ByteWriter()
        writer.write(reply: row.header, row.body)
        #expect(writer.take() == row.frame.framed().bytes)
    }

    @Test("a reply is read as its table says", arguments: ReplyCase.all)
    func decodes(row: ReplyCase) throws {
        guard case .reply(let reply)? = try Self.read(row.frame.framed().bytes).first else {
            Issue.record("no reply")
            return
        }
        #expect(reply.header == row.header)
        #expect(try reply.body(answering: row.operation) == row.body)
    }

    @Test("every operation's reply stands in the table")
    func allOperations() {
        let tested = Set(ReplyCase.all.map(\.operation))
        #expect(tested == Set(OperationCode.allCases).subtracting([.check]))
    }

    @Test("a record cut short is no body", arguments: ReplyCase.all)
    func cuts(row: ReplyCase) throws {
        for count in 0..<row.record.array.count {
            let cut = row.record.bytes.slice(0..<count)
            #expect(throws: DecodeFailure.self) {
                var reader = ByteReader(cut)
                _ = try ReplyBody(answering: row.operation, from: &reader)
            }
        }
    }

    @Test("a flipped bit gives a failure, or a body that is written as it is read")
    func flips() {
        for row in ReplyCase.all {
            for bytes in Fixture.flips(of: row.record.array) {
                guard let body = Self.body(row.operation, bytes) else { continue }
                var writer = ByteWriter()
                body.encode(into: &writer)
                #expect(Self.body(row.operation, writer.take()) == body)
            }
        }
    }

    private static func body(_ operation: OperationCode, _ record: Bytes) -> ReplyBody? {
        var reader = ByteReader(record)
        do {
            return try ReplyBody(answering: operation, from: &reader)
        } catch {
            return nil
        }
    }

    @Test("an error is a header alone", arguments: ZooKeeperError.allCases)
    func errors(error: ZooKeeperError) throws {
        var writer = ByteWriter()
        let header = ReplyHeader(xid: Xid(3), zxid: Zxid(4), error: error)
        writer.write(reply: header)
        let frame = writer.take()
        #expect(frame == Record().int(3).long(4).int(error.rawValue).framed().bytes)
        guard case .reply(let reply)? = try Self.read(frame).first else {
            Issue.record("no reply")
            return
        }
        #expect(reply.header == header)
        #expect(reply.record.isEmpty)
    }

    @Test("names can be written from any collection, with a stat or without")
    func streamedChildren() {
        let names: [Bytes] = ["b", "a"]
        let header = ReplyHeader(xid: Xid(1), zxid: Zxid(2))
        var streamed = ByteWriter()
        streamed.write(reply: header, children: names.reversed(), stat: nil)
        streamed.write(reply: header, children: names.reversed(), stat: Fixture.stat)
        var whole = ByteWriter()
        whole.write(reply: header, .children(["a", "b"]))
        whole.write(reply: header, .childrenWithStat(["a", "b"], Fixture.stat))
        #expect(streamed.take() == whole.take())
    }

    @Test("an event is a notification of a connected client", arguments: WatchEvent.Kind.allCases)
    func events(kind: WatchEvent.Kind) throws {
        var writer = ByteWriter()
        let event = WatchEvent(kind, at: "/w")
        writer.write(event: event, zxid: .untold)
        let frame = writer.take()
        let record = Record().int(-1).long(-1).int(0).int(kind.rawValue).int(3).text("/w")
        #expect(frame == record.framed().bytes)
        #expect(try Self.read(frame) == [.event(event, zxid: Zxid(-1))])
    }

    @Test("what no server sends ends the client's stream, for good")
    func foreign() throws {
        let strange = [
            Record().int(-1).long(0).int(0).int(9).int(3).text("/w"),
            Record().int(1).long(0).int(-9_999), Record().int(1),
        ]
        for record in strange {
            #expect(throws: ZooKeeperStreamFailure.self) {
                _ = try Self.read(record.framed().bytes)
            }
        }
    }

    @Test("a multi's failure at an index has an entry for each operation")
    func multiFailure() {
        #expect(MultiResult.failure(at: 0, of: 1, .noNode) == [.failed(.noNode)])
        #expect(
            MultiResult.failure(at: 0, of: 2, .noAuth) == [
                .failed(.noAuth), .failed(.runtimeInconsistency),
            ])
    }

    @Test("results of a multi can be kept one by one")
    func resultsAlone() throws {
        for result in MultiResult.failure(at: 1, of: 3, .notEmpty) + [.checked, .created("/a")] {
            #expect(try MultiResult(decoding: result.encoded()) == result)
        }
    }
}
