import Glibc
import SystemIO
import Synchronization
import Testing
import Toolbox
import Vocabulary

/// Adds up numbers until it gets a negative one.
private final class Adder: ThreadBody {
    let inbox: Mailbox<Int>
    let outbox: Mailbox<Int>

    init() throws {
        inbox = try Mailbox()
        outbox = try Mailbox()
    }

    func run() {
        var sum = 0
        var numbers = ContiguousArray<Int>()
        while true {
            inbox.receive(into: &numbers)
            for number in numbers {
                if number < 0 {
                    outbox.post(sum)
                    return
                }
                sum += number
            }
        }
    }
}

private final class Poster: ThreadBody {
    let target: Mailbox<Int>
    init(_ target: Mailbox<Int>) { self.target = target }
    func run() { for number in 1...10_000 { target.post(number) } }
}

@Suite("Threads, mailboxes, clocks, chance")
struct ThreadTests {
    @Test func nothingThatIsPostedIsLost() throws {
        let adder = try Adder()
        let thread = try WorkerThread.start(name: "adder", adder)
        let first = try WorkerThread.start(
            name: "a poster with a very long name", Poster(adder.inbox))
        let second = try WorkerThread.start(name: "poster", Poster(adder.inbox))
        first.join()
        second.join()
        adder.inbox.post(-1)
        thread.join()
        var sums = ContiguousArray<Int>()
        adder.outbox.receive(into: &sums)
        #expect(Array(sums) == [2 * 10_000 * 10_001 / 2])
    }

    @Test func aMailboxKeepsTheOrderAndRingsOnce() throws {
        let mailbox = try Mailbox<Int>()
        var poll = try EventPoll()
        try poll.add(mailbox.wakeUp, key: 9, for: .reading)
        var ready: [EventPoll.Ready] = []
        try poll.wait(timeout: .zero, into: &ready)
        #expect(ready.isEmpty)
        for number in 0..<100 { mailbox.post(number) }
        try poll.wait(timeout: nil, into: &ready)
        #expect(ready.map(\.key) == [9])
        var numbers = ContiguousArray<Int>([7])
        mailbox.drain(into: &numbers)
        #expect(Array(numbers) == Array(0..<100))
        try poll.wait(timeout: .zero, into: &ready)
        #expect(ready.isEmpty)
        mailbox.drain(into: &numbers)
        #expect(numbers.isEmpty)
        mailbox.post(5)
        try poll.wait(timeout: nil, into: &ready)
        #expect(ready.count == 1)
    }

    @Test func waitingEndsWhenItsTimeIsOver() throws {
        let bell = try WakeUp()
        let start = SystemClock.now()
        #expect(!bell.wait(timeout: .milliseconds(5)))
        let end = SystemClock.now()
        #expect(end.monotonic - start.monotonic >= .milliseconds(5))
        bell.ring()
        bell.ring()
        #expect(bell.wait())
        bell.clear()
        #expect(!bell.wait(timeout: .zero))
    }

    @Test func clocksAreOfThisAge() {
        let moment = SystemClock.now()
        #expect(moment.wall.milliseconds > 1_700_000_000_000)
        #expect(SystemClock.instant() >= moment.monotonic)
    }

    @Test func chanceDiffers() {
        #expect(SystemRandom.bytes(0).isEmpty)
        #expect(SystemRandom.bytes(300).count == 300)
        #expect(SystemRandom.seed() != SystemRandom.seed())
    }

    @Test func usageGrowsWithWork() throws {
        let before = try ProcessUsage.read()
        var hash: UInt64 = 1
        while SystemClockUse.processorTime() < before.processorTime + .milliseconds(30) {
            for _ in 0..<1_000 { hash = hash &* 31 &+ 7 }
        }
        let after = try ProcessUsage.read(process: getpid())
        #expect(after.processorTime > before.processorTime)
        #expect(after.residentBytes > 1 << 20)
        #expect(after.residentBytesPeak >= after.residentBytes / 2)
        #expect(hash != 0)
    }

    @Test func theDescriptorLimitIsRaised() throws {
        let limit = try DescriptorLimit.raise()
        #expect(limit >= 256)
        #expect(try DescriptorLimit.raise() == limit)
    }
}

/// The processor time of this process, asked of the kernel another way.
private enum SystemClockUse {
    static func processorTime() -> Duration {
        var usage = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &usage)
        return .seconds(usage.tv_sec) + .nanoseconds(usage.tv_nsec)
    }
}

@Suite("Passwords")
struct PasswordHasherTests {
    @Test func aPasswordMatchesItsHashOnly() throws {
        let hasher = try PasswordHasher(cost: 1)
        let hash = try hasher.hash("correct horse")
        #expect(hash.hasPrefix("$y$"))
        #expect(PasswordHasher.verify("correct horse", against: hash))
        #expect(!PasswordHasher.verify("correct horsf", against: hash))
        #expect(!PasswordHasher.verify("", against: hash))
        #expect(try hasher.hash("correct horse") != hash)
    }

    @Test func theDecoyIsOfTheSameCostAndMatchesNothing() throws {
        let hasher = try PasswordHasher(cost: 2)
        let hash = try hasher.hash("x")
        let prefix = hash.split(separator: "$").prefix(2)
        #expect(hasher.decoyHash.split(separator: "$").prefix(2) == prefix)
        #expect(!PasswordHasher.verify("x", against: hasher.decoyHash))
        #expect(!PasswordHasher.verify("", against: hasher.decoyHash))
    }

    @Test func theDefaultCostIsTheSystems() throws {
        #expect(try PasswordHasher().decoyHash.hasPrefix("$y$j9T$"))
    }

    /// The first test vector of the SHA-crypt specification.
    @Test func hashesMadeElsewhereAreTaken() {
        let hash =
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uB"
            + "nIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
        #expect(PasswordHasher.verify("Hello world!", against: hash))
        #expect(!PasswordHasher.verify("Hello world", against: hash))
    }

    @Test(arguments: ["", "*0", "*1", "x", "$y$", "$y$j9T$", "$9$abc$def", "plain text", "$6$$"])
    func whatIsNoHashMatchesNothing(hash: String) {
        #expect(!PasswordHasher.verify("password", against: hash))
    }

    @Test func passwordsThatCannotBeAreRefused() throws {
        let hasher = try PasswordHasher(cost: 1)
        for password in ["", "a\0b", Bytes([UInt8](repeating: 65, count: 600))] as [Bytes] {
            #expect(throws: SystemCallFailure.self) { try hasher.hash(password) }
        }
        #expect(throws: SystemCallFailure.self) { try PasswordHasher(cost: 0) }
        #expect(throws: SystemCallFailure.self) { try PasswordHasher(cost: 12) }
    }
}

@Suite("Signals")
struct SignalTests {
    /// Signals sent to this thread alone, so that the test's own process goes on.
    @Test func askingToStopIsSomethingToWaitFor() throws {
        let signals = try StopSignals()
        #expect(try signals.next() == nil)
        var poll = try EventPoll()
        try poll.add(signals, key: 1, for: .reading)
        pthread_kill(pthread_self(), SIGTERM)
        var ready: [EventPoll.Ready] = []
        try poll.wait(timeout: .seconds(10), into: &ready)
        #expect(ready.map(\.key) == [1])
        #expect(try signals.next() == SIGTERM)
        #expect(try signals.next() == nil)
    }
}
