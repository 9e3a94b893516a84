import Membership
import Testing
import Toolbox
import Vocabulary

@Suite("An account")
struct AccountTests {
    @Test("gets the next number")
    func numbers() throws {
        var registry = Registry()
        #expect(try registry.register("anna") == .registered(UserID(1)))
        #expect(try registry.register("bert") == .registered(UserID(2)))
        #expect(try registry.register("ANNA") == .refused(.nameTaken))
        #expect(try registry.register("carl") == .registered(UserID(3)))
    }

    @Test("is found by its name in either case, and by its number")
    func lookup() throws {
        var registry = Registry()
        _ = try registry.apply(
            .register(
                name: "Anna.B", displayName: "Anna 世界", email: "a@example.org", hash: "$y$x"))
        let account = MembershipAnswer.account(
            Account(
                user: UserID(1), name: "Anna.B", displayName: "Anna 世界", email: "a@example.org",
                hash: "$y$x", devices: []))
        #expect(try registry.ask(.account(name: "aNNA.b")) == account)
        #expect(try registry.ask(.user(UserID(1))) == account)
        #expect(try registry.restored().ask(.account(name: "anna.b")) == account)
        #expect(try registry.ask(.account(name: "anna")) == .refused(.notFound))
        #expect(try registry.ask(.account(name: "")) == .refused(.notFound))
        for user: UInt64 in [0, 2, .max] {
            #expect(try registry.ask(.user(UserID(user))) == .refused(.notFound))
            #expect(try registry.ask(.chats(user: UserID(user))) == .refused(.notFound))
        }
    }

    @Test(
        "has a name of 1 to 64 letters, digits, _ . -",
        arguments: [
            ("a", true), ("A_b-c.9", true), (String(repeating: "x", count: 64), true), ("", false),
            (String(repeating: "x", count: 65), false), ("a b", false), ("ä", false),
            ("a\n", false),
            ("a@b", false), ("a[b", false), ("a`b", false), ("a/b", false), ("a:b", false),
        ])
    func names(row: (name: String, isGood: Bool)) throws {
        var registry = Registry()
        let reply = try registry.register(row.name)
        #expect(
            reply == (row.isGood ? .registered(UserID(1)) : .refused(.invalidField("name"))))
    }

    @Test("has bounds on what it keeps")
    func bounds() throws {
        var registry = Registry()
        func register(
            displayName: Int = 0, email: Int = 0, hash: Int = 1
        ) -> MembershipCommand {
            .register(
                name: "a", displayName: String(repeating: "x", count: displayName),
                email: String(repeating: "x", count: email),
                hash: Bytes(Array(repeating: 1, count: hash)))
        }
        let rows: [(MembershipCommand, String)] = [
            (register(displayName: 257), "display_name"), (register(email: 255), "email"),
            (register(hash: 0), "password"), (register(hash: 513), "password"),
        ]
        for (command, field) in rows {
            #expect(try registry.apply(command) == .refused(.invalidField(field)))
        }
        let largest = register(displayName: 256, email: 254, hash: 512)
        #expect(try registry.apply(largest) == .registered(UserID(1)))
    }

    @Test("has devices, each log-in a new one unless it names one of its own")
    func devices() throws {
        var registry = try Registry(users: 2)
        func open(_ user: UInt64, _ device: UInt64? = nil) -> MembershipCommand {
            .openDevice(user: UserID(user), device: device.map { DeviceID($0) }, label: "phone")
        }
        #expect(try registry.apply(open(1)) == .deviceOpened(DeviceID(1)))
        #expect(try registry.apply(open(2)) == .deviceOpened(DeviceID(2)))
        #expect(try registry.apply(open(1)) == .deviceOpened(DeviceID(3)))
        #expect(try registry.apply(open(1, 1)) == .deviceOpened(DeviceID(1)))
        #expect(try registry.apply(open(1, 2)) == .refused(.notFound))
        #expect(try registry.apply(open(3)) == .refused(.notFound))
        let long = MembershipCommand.openDevice(
            user: UserID(1), device: nil, label: String(repeating: "x", count: 257))
        #expect(try registry.apply(long) == .refused(.invalidField("device")))
        guard case .account(let account) = try registry.restored().ask(.user(UserID(1))) else {
            Issue.record("no account")
            return
        }
        #expect(account.devices == [DeviceID(3), DeviceID(1)])
    }

    @Test("has at most 32 devices: the one longest not logged in makes room")
    func devicesBound() throws {
        var registry = try Registry(users: 1)
        func open(_ device: UInt64? = nil) -> MembershipCommand {
            .openDevice(user: UserID(1), device: device.map { DeviceID($0) }, label: "")
        }
        for _ in 0..<32 { _ = try registry.apply(open()) }
        _ = try registry.apply(open(1))
        #expect(try registry.apply(open()) == .deviceOpened(DeviceID(33)))
        #expect(try registry.apply(open(1)) == .deviceOpened(DeviceID(1)))
        #expect(try registry.apply(open(2)) == .refused(.notFound))
    }
}
