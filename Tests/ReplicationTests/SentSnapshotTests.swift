import LogStorage
import Raft
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A sent snapshot")
struct SentSnapshotTests {
    private let texts = (1...6).map { "command \($0) of a follower's long absence" }

    /// The first node leads; the third one lacks entries that are gone from the log.
    private func absence() throws -> ReplicaCluster {
        var cluster = try ReplicaCluster(3) {
            $0.snapshotLogEntries = 3
            $0.keptEntries = 0
            $0.snapshotPartBytes = 64
        }
        cluster.elect(0)
        cluster.members[2].isCutOff = true
        cluster.carryOut(texts, at: 0)
        cluster.holdsParts = true
        cluster.members[2].isCutOff = false
        cluster.pass(.milliseconds(200))
        _ = cluster.takeSaid(2)
        return cluster
    }

    /// Lets the held letters through, round by round; answers the parts.
    private func exchange(_ cluster: inout ReplicaCluster) -> [SnapshotPart] {
        var parts: [SnapshotPart] = []
        while true {
            let held = cluster.takeHeld()
            guard !held.isEmpty else { return parts }
            for (from, to, letter) in held {
                if case .part(let part) = letter { parts.append(part) }
                cluster.hand(letter, from: from, to: to)
            }
            cluster.settle()
        }
    }

    private func heldPart(_ cluster: ReplicaCluster) throws -> SnapshotPart {
        for (_, _, letter) in cluster.mail {
            if case .part(let part) = letter { return part }
        }
        throw Missing.part
    }

    private enum Missing: Error { case part }

    @Test func comesInPartsAndTheLogGoesOnBehindIt() throws {
        var cluster = try absence()
        let parts = exchange(&cluster)
        #expect(parts.count > 3)
        var offset: UInt64 = 0
        for part in parts {
            #expect(part.offset == offset)
            #expect(part.bytes.count <= 64)
            offset += UInt64(part.bytes.count)
        }
        #expect(offset == parts[0].totalBytes)
        #expect(cluster.texts(2) == texts)
        cluster.carryOut(["more"], at: 0)
        cluster.pass(.milliseconds(100))
        #expect(cluster.texts(2) == texts + ["more"])
        let digests = cluster.members.map(\.replica.machine.digest)
        #expect(digests[2] == digests[0])
        // What a snapshot skips is told to nobody; what comes behind it is.
        let told = cluster.members[2].replica.takeEffects().map(\.effects)
        #expect(told.last == ["more"])
        #expect(!told.contains(["\(texts[5])"]))
    }

    @Test func takesTheStatesPlaceOnlyWhenItsRecordIsDurable() throws {
        var cluster = try absence()
        cluster.members[2].holdsSaves = true
        _ = exchange(&cluster)
        #expect(cluster.texts(2).isEmpty)
        cluster.members[2].holdsDisk = true
        let goOns = cluster.takeSaid(2).map(\.word)
        #expect(goOns.dropLast().allSatisfy { $0 == "goOn(n1)" })
        #expect(goOns.last == "save")
        cluster.save(2)
        #expect(cluster.takeSaid(2).map(\.word) == ["snapshotInstalled", "awaitArrived"])
        #expect(cluster.texts(2).isEmpty)
        cluster.persistNext(2)
        #expect(cluster.texts(2) == texts)
        #expect(cluster.members[2].replica.applied == LogIndex(7))
        #expect(cluster.takeSaid(2).map(\.word).contains("done(n1)"))
    }

    @Test func settlesBeforeAnyMessageMayTouchTheLog() throws {
        var cluster = try absence()
        cluster.members[2].holdsSaves = true
        _ = exchange(&cluster)
        cluster.members[2].holdsDisk = true
        cluster.save(2)
        _ = cluster.takeSaid(2)
        // An append that would fit behind the snapshot, and a vote request of a later term.
        let entry = LogEntry(index: LogIndex(8), term: Term(1), kind: .noop, payload: Bytes())
        let append = RaftMessage.append(
            RaftMessage.AppendRequest(
                term: Term(1), previous: SnapshotPosition(index: LogIndex(7), term: Term(1)),
                commit: LogIndex(8), round: 0, entries: [entry]))
        let request = RaftMessage.voteRequest(
            RaftMessage.VoteRequest(term: Term(9), lastIndex: LogIndex(99), lastTerm: Term(8)))
        for message in [append, request] { cluster.hand(.message(message), from: 0, to: 2) }
        #expect(cluster.takeSaid(2).isEmpty)
        cluster.persistNext(2)
        _ = cluster.takeSaid(2)
        cluster.hand(.message(append), from: 0, to: 2)
        #expect(cluster.takeSaid(2).map(\.word).contains("entries(1)"))
    }

    @Test func asksForWhatIsMissingWhenAPartIsOutOfOrder() throws {
        var cluster = try absence()
        let first = try heldPart(cluster)
        _ = cluster.takeHeld()
        var later = first
        later.offset = 64
        for (part, next) in [(later, UInt64(0)), (first, 64), (first, 64)] {
            cluster.hand(.part(part), from: 0, to: 2)
            #expect(results(&cluster) == [result(first, next)])
        }
        // Another snapshot's middle spoils nothing, and neither does a gap.
        var other = later
        other.position = SnapshotPosition(index: LogIndex(8), term: Term(1))
        cluster.hand(.part(other), from: 0, to: 2)
        #expect(results(&cluster) == [result(other, 0)])
        later.offset = 65
        cluster.hand(.part(later), from: 0, to: 2)
        #expect(results(&cluster) == [result(first, 64)])
        // Whoever sends it: it is the same snapshot.
        later.offset = 64
        cluster.hand(.part(later), from: 1, to: 2)
        #expect(results(&cluster) == [result(first, 128)])
    }

    private func result(_ part: SnapshotPart, _ next: UInt64) -> SnapshotPartResult {
        SnapshotPartResult(position: part.position, nextOffset: next, outcome: .goOn)
    }

    private func results(_ cluster: inout ReplicaCluster) -> [SnapshotPartResult] {
        _ = cluster.takeHeld()
        return cluster.takeSaid(2).compactMap { directive in
            if case .sendPartResult(let result, _) = directive { result } else { nil }
        }
    }

    @Test func goesOnBehindWhatAnAnswerThatWasLostHadTaken() throws {
        var cluster = try absence()
        let first = try heldPart(cluster)
        // The answer to the first is lost; the first comes again, then all the others.
        let held = cluster.takeHeld()
        cluster.hand(.part(first), from: 0, to: 2)
        #expect(cluster.takeHeld().count == 1)
        cluster.mail = held
        let parts = exchange(&cluster)
        #expect(parts.map(\.offset).prefix(3) == [0, 64, 128])
        #expect(cluster.texts(2) == texts)
    }

    @Test func asksAgainForAPartThatWasSpoiltOnTheWay() throws {
        var cluster = try absence()
        var spoilt = 0
        var offsets: [UInt64] = []
        while true {
            let held = cluster.takeHeld()
            guard !held.isEmpty else { break }
            for (from, to, letter) in held {
                guard case .part(var part) = letter else {
                    cluster.hand(letter, from: from, to: to)
                    continue
                }
                offsets.append(part.offset)
                if offsets.count % 2 == 1 {
                    var array = part.bytes.array
                    array[spoilt % array.count] ^= 0x10
                    part.bytes = Bytes(array)
                    spoilt += 1
                }
                cluster.hand(.part(part), from: from, to: to)
            }
            cluster.settle()
        }
        #expect(spoilt > 2)
        #expect(offsets.prefix(4) == [0, 0, 64, 64])
        #expect(cluster.texts(2) == texts)
    }

    @Test func isGivenUpForNowWhenEveryPartIsSpoilt() throws {
        var cluster = try absence()
        var sent = 0
        while true {
            let held = cluster.takeHeld()
            guard !held.isEmpty, sent < 100 else { break }
            for (from, to, letter) in held {
                guard case .part(var part) = letter else {
                    cluster.hand(letter, from: from, to: to)
                    continue
                }
                sent += 1
                part.bytes = Bytes([UInt8](repeating: 0, count: part.bytes.count))
                cluster.hand(.part(part), from: from, to: to)
            }
            cluster.settle()
        }
        #expect(sent == 9)
        cluster.pass(.milliseconds(400))
        _ = exchange(&cluster)
        #expect(cluster.texts(2) == texts)
    }

    @Test func thatAddsUpToAnotherChecksumIsRefusedAndStartsAgain() throws {
        var cluster = try absence()
        let first = try heldPart(cluster)
        _ = cluster.takeHeld()
        let body = Bytes([UInt8](repeating: 7, count: Int(first.totalBytes)))
        let part = SnapshotPart(
            position: first.position, offset: 0, totalBytes: first.totalBytes,
            checksum: first.checksum, bytes: body)
        cluster.hand(.part(part), from: 0, to: 2)
        #expect(cluster.takeSaid(2).map(\.word) == ["snapshotFailure", "refused(n1)"])
        cluster.hand(.part(first), from: 0, to: 2)
        #expect(results(&cluster) == [result(first, 64)])
    }

    @Test func waitsForLeaveBeforeEachPart() throws {
        var cluster = try absence()
        cluster.holdsLeave = true
        let held = cluster.takeHeld()
        cluster.hand(held[0].letter, from: 0, to: 2)
        let answer = cluster.takeHeld()
        _ = cluster.takeSaid(0)
        cluster.hand(answer[0].letter, from: 2, to: 0)
        #expect(cluster.takeSaid(0).map(\.word) == ["wantPart(n3)"])
        cluster.allowParts()
        #expect(cluster.takeSaid(0).map(\.word) == ["part(n3)"])
        // Leave that comes too late, or twice, sends nothing.
        cluster.tell(0, .partAllowed(to: ReplicaCluster.member(2)))
        cluster.tell(0, .partAllowed(to: ReplicaCluster.member(1)))
        #expect(cluster.takeSaid(0).isEmpty)
    }

    @Test func toAFollowerThatNeverAnswersIsGivenUpAndHoldsUpNobody() throws {
        var cluster = try absence()
        _ = cluster.takeHeld()
        cluster.carryOut(["more"], at: 0)
        #expect(cluster.texts(1) == texts + ["more"])
        cluster.pass(.seconds(31))
        // Raft has asked for it again, and it comes from the start.
        #expect(try heldPart(cluster).offset == 0)
        _ = exchange(&cluster)
        cluster.pass(.milliseconds(200))
        #expect(cluster.texts(2) == texts + ["more"])
    }

    @Test func isSentAgainAfterARefusal() throws {
        var cluster = try absence()
        let first = try heldPart(cluster)
        let held = cluster.takeHeld()
        let refusal = SnapshotPartResult(
            position: first.position, nextOffset: 0, outcome: .refused)
        cluster.hand(.result(refusal), from: 2, to: 0)
        #expect(held.count == 1)
        #expect(cluster.takeHeld().isEmpty)
        cluster.pass(.milliseconds(200))
        #expect(try heldPart(cluster) == first)
        _ = exchange(&cluster)
        #expect(cluster.texts(2) == texts)
    }

    @Test func goesOnFromTheNewLeaderWhenTheOldOneIsGone() throws {
        var cluster = try absence()
        cluster.hand(.part(try heldPart(cluster)), from: 0, to: 2)
        _ = cluster.takeHeld()
        cluster.members[0].isCutOff = true
        cluster.elect(1)
        #expect(cluster.members[1].replica.isLeader)
        cluster.pass(.milliseconds(200))
        let parts = exchange(&cluster)
        #expect(parts.first?.offset == 0)
        #expect(cluster.texts(2) == texts)
    }

    @Test func thatIsNoStateIsRefusedAndObserved() throws {
        var cluster = try absence()
        let first = try heldPart(cluster)
        _ = cluster.takeHeld()
        var random = SeededRandom(seed: 11)
        for count in [0, 3, 8, 40, 200] {
            let body = Bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            let part = SnapshotPart(
                position: first.position, offset: 0, totalBytes: UInt64(count),
                checksum: CRC32C.checksum(of: body), bytes: body)
            cluster.hand(.part(part), from: 0, to: 2)
            #expect(
                cluster.takeSaid(2).map(\.word) == ["snapshotFailure", "refused(n1)"],
                "\(count) bytes")
        }
        #expect(cluster.texts(2).isEmpty)
        cluster.hand(.part(first), from: 0, to: 2)
        #expect(cluster.takeSaid(2).map(\.word) == ["goOn(n1)"])
    }

    @Test func thatIsNotNeededIsDoneAtOnce() throws {
        var cluster = try absence()
        var part = try heldPart(cluster)
        part.position = SnapshotPosition(index: LogIndex(3), term: Term(1))
        cluster.hand(.part(part), from: 0, to: 1)
        #expect(cluster.takeSaid(1).last?.word == "done(n1)")
    }

    /// Cuts the receiver's life short after so many parts, or in the later steps.
    @Test(arguments: ["some parts", "all parts", "the file", "the record"])
    func startsAnewWhenTheReceiverRestartsAfter(_ step: String) throws {
        var cluster = try absence()
        cluster.members[2].holdsSaves = true
        cluster.members[2].holdsDisk = true
        if step == "some parts" {
            cluster.hand(try #require(cluster.takeHeld().first).letter, from: 0, to: 2)
        } else {
            _ = exchange(&cluster)
        }
        if step == "the file" || step == "the record" { cluster.save(2) }
        if step == "the record" {
            while cluster.members[2].disk.persistNext() != nil {}
        }
        cluster.members[2].holdsSaves = false
        cluster.members[2].holdsDisk = false
        _ = cluster.takeHeld()
        try cluster.restart(2)
        #expect(cluster.texts(2) == (step == "the record" ? texts : []))
        cluster.tell(0, .bulkLinkLost(NodeID(3)))
        cluster.tell(0, .peerUnreachable(NodeID(3)))
        cluster.holdsParts = false
        cluster.pass(.milliseconds(400))
        #expect(cluster.texts(2) == texts)
        cluster.carryOut(["more"], at: 0)
        cluster.pass(.milliseconds(100))
        #expect(cluster.texts(2) == texts + ["more"])
    }

    @Test func goesOnWhereItWasWhenTheLinkBreaksInTheMiddle() throws {
        var cluster = try absence()
        for _ in 0..<4 {
            cluster.hand(try #require(cluster.takeHeld().first).letter, from: 0, to: 2)
            cluster.mail.map(\.letter).forEach { cluster.hand($0, from: 2, to: 0) }
            cluster.mail.removeFirst()
            cluster.allowParts()
        }
        _ = cluster.takeHeld()
        cluster.tell(0, .bulkLinkLost(NodeID(3)))
        cluster.tell(2, .bulkLinkLost(NodeID(1)))
        _ = cluster.takeSaid(0)
        cluster.pass(.milliseconds(200))
        // The same state is offered, and not encoded again.
        #expect(!cluster.takeSaid(0).map(\.word).contains("encodeTransfer"))
        let parts = exchange(&cluster)
        #expect(parts.map(\.offset).prefix(2) == [0, 256])
        #expect(cluster.texts(2) == texts)
    }

    @Test func startsAnewWhenNobodyCameBackForIt() throws {
        var cluster = try absence()
        cluster.hand(try #require(cluster.takeHeld().first).letter, from: 0, to: 2)
        _ = cluster.takeHeld()
        cluster.members[2].isCutOff = true
        cluster.tell(0, .bulkLinkLost(NodeID(3)))
        cluster.tell(0, .peerUnreachable(NodeID(3)))
        cluster.pass(.seconds(61))
        _ = cluster.takeHeld()
        _ = cluster.takeSaid(0)
        cluster.members[2].isCutOff = false
        cluster.pass(.seconds(1))
        let parts = exchange(&cluster)
        #expect(parts.map(\.offset).prefix(2) == [0, 64])
        cluster.pass(.milliseconds(200))
        #expect(cluster.texts(2) == texts)
    }

    @Test func tellsWhoWaitedForWhatItSkipsThatNobodyKnows() throws {
        var cluster = try ReplicaCluster(3) {
            $0.snapshotLogEntries = 3
            $0.keptEntries = 0
        }
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        cluster.members[0].isCutOff = true
        let requester = cluster.propose("b", at: 0)
        cluster.endTurn(0)
        cluster.mail = []
        _ = cluster.takeSaid(0)
        cluster.elect(1)
        cluster.carryOut(["c", "d", "e", "f"], at: 1)
        cluster.members[0].isCutOff = false
        cluster.pass(.milliseconds(400))
        #expect(cluster.texts(0) == ["a", "c", "d", "e", "f"])
        #expect(cluster.takeReplies(0) == [requester: [.unknown]])
    }

    @Test func isForgottenByALeaderThatNoLongerLeads() throws {
        var cluster = try absence()
        let first = try heldPart(cluster)
        _ = cluster.takeHeld()
        cluster.members[0].isCutOff = true
        cluster.elect(1)
        cluster.members[0].isCutOff = false
        cluster.pass(.milliseconds(100))
        #expect(!cluster.members[0].replica.isLeader)
        _ = cluster.takeSaid(0)
        let result = SnapshotPartResult(position: first.position, nextOffset: 64, outcome: .goOn)
        cluster.hand(.result(result), from: 2, to: 0)
        #expect(cluster.takeSaid(0).isEmpty)
    }
}
