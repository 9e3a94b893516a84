import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Access")
struct AccessTests {
    static let bobs = [AccessEntry.of("digest", "bob:ikIaKsbtGweaHnb/jKn7OHqbunM=")]
    static func address(_ text: Bytes) -> AccessIdentity {
        AccessIdentity(scheme: "ip", id: text)
    }

    @Test("repetitions are removed, auth stands for all that was proved but the address")
    func fixed() throws {
        var grove = Grove(sessions: 1)
        let entry = AccessEntry.of("ip", "10.0.0.0/8", .read)
        grove.create("/twice", access: [entry, entry] + AccessEntry.openToAll)
        #expect(
            try grove.machine.access(at: "/twice", for: []).entries
                == [entry] + AccessEntry.openToAll)
        let identities: [AccessIdentity] = [Self.address("10.0.0.1"), .bob, .eve]
        #expect(
            grove.create("/auth", access: [.of("auth", "", .read)], as: identities)
                == .created("/auth"))
        #expect(
            try grove.machine.access(at: "/auth", for: [.superuser]).entries == [
                AccessEntry(permissions: .read, identity: .bob),
                AccessEntry(permissions: .read, identity: .eve),
            ])
        #expect(
            grove.create("/ip", access: [.of("auth", "")], as: [Self.address("10.0.0.1")])
                == .refused(.invalidACL))
    }

    @Test("is needed for each operation, creating and deleting on the parent")
    func permissions() throws {
        var grove = Grove(sessions: 1)
        grove.create("/b", access: Self.bobs)
        grove.create("/b/x", as: [.bob])
        let none = grove.machine
        #expect(grove.error { _ = try none.stat(at: "/b", for: []) } == .noAuth)
        #expect(grove.error { _ = try none.data(at: "/b", for: [.eve]) } == .noAuth)
        #expect(grove.error { _ = try none.children(at: "/b", for: []) } == .noAuth)
        #expect(grove.error { _ = try none.access(at: "/b", for: []) } == .noAuth)
        #expect(grove.error { _ = try none.descendantsCount(at: "/b", for: []) } == .noAuth)
        #expect(try none.descendantsCount(at: "/b", for: [.eve, .bob]) == 1)
        #expect(grove.create("/b/y") == .refused(.noAuth))
        #expect(grove.delete("/b/x") == .refused(.noAuth))
        #expect(grove.set("/b") == .refused(.noAuth))
        #expect(grove.setACL("/b", Self.bobs) == .refused(.noAuth))
        let check = MultiOperation.check(CheckRequest(path: "/b"))
        #expect(grove.multi([check]) == .multi([.failed(.noAuth)]))
        // The child's own ACL is open; deleting it is the parent's matter.
        #expect(try grove.machine.data(at: "/b/x", for: []).data == "")
        #expect(grove.delete("/b/x", as: [.bob]) == .deleted)
        #expect(grove.create("/b/x", as: [.superuser]) == .created("/b/x"))
        #expect(grove.multi([check], as: [.superuser]) == .multi([.checked]))
    }

    @Test("of digests is shown without hashes to those who may not change it")
    func masked() throws {
        var grove = Grove(sessions: 1)
        let entries = [
            AccessEntry.of("digest", "bob:hash", .all), .of("world", "anyone", .read),
        ]
        grove.create("/m", access: entries)
        let shown = [AccessEntry.of("digest", "bob:x", .all), .of("world", "anyone", .read)]
        #expect(try grove.machine.access(at: "/m", for: []).entries == shown)
        let bob = AccessIdentity(scheme: "digest", id: "bob:hash")
        #expect(try grove.machine.access(at: "/m", for: [bob]).entries == entries)
        grove.create("/admin", access: [.of("digest", "bob:hash", .admin)])
        #expect(
            try grove.machine.access(at: "/admin", for: [bob]).entries
                == [.of("digest", "bob:hash", .admin)])
    }

    static let addresses: [(Bytes, Bytes, Bool)] = [
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
        ("10.1.0.0/16", "10.1.255.9", true), ("10.1.0.0/16", "10.2.0.1", false),
        ("10.1.2.3/0", "9.9.9.9", true), ("192.168.4.0/22", "192.168.7.1", true),
        ("192.168.4.0/22", "192.168.8.1", false), ("fe80::/10", "fe80::1", true),
        ("::1", "0:0:0:0:0:0:0:1", true), ("::/0", "127.0.0.1", false),
        ("2001:db8::ff00:42", "2001:0DB8:0:0:0:0:ff00:42", true),
    ]

    @Test("by address is by the first bits", arguments: addresses.indices)
    func blocks(row: Int) throws {
        let (block, address, isAllowed) = Self.addresses[row]
        var grove = Grove(sessions: 1)
        #expect(grove.create("/ip", access: [.of("ip", block)]) == .created("/ip"))
        let error = grove.error {
            _ = try grove.machine.data(at: "/ip", for: [Self.address(address)])
        }
        #expect(error == (isAllowed ? nil : .noAuth))
    }

    static let noAddresses: [Bytes] = [
        "", "1.2.3.4.5", "256.1.1.1", "1.2.3.x", "1..2.3", "1.2.3.4/", "1.2.3.4/x", "::1::", ":",
        ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::/129", "g::", "::1.2.3.4",
    ]

    @Test("by what is no address is refused", arguments: noAddresses)
    func noAddress(text: Bytes) {
        var grove = Grove(sessions: 1)
        #expect(grove.create("/ip", access: [.of("ip", text)]) == .refused(.invalidACL))
    }

    @Test("comes with each change, of the node and its parent, as of that change")
    func changes() {
        var grove = Grove(sessions: 1)
        grove.create("/b", access: Self.bobs)
        grove.multi(
            [
                .create(CreateRequest(path: "/b/x", data: "", mode: .persistent)),
                .delete(DeleteRequest(path: "/b/x")), .delete(DeleteRequest(path: "/b")),
            ], as: [.bob])
        let changes = grove.effects.compactMap { effect -> ZnodeChange? in
            if case .changed(let change) = effect { change } else { nil }
        }
        #expect(changes.map(\.kind) == [.created, .deleted, .deleted])
        #expect(changes.allSatisfy { $0.zxid == grove.machine.zxid })
        #expect(changes[1].access.allows(.read, for: []))
        #expect(!changes[1].parentAccess.allows(.read, for: []))
        #expect(changes[1].parentAccess.allows(.read, for: [.bob]))
        #expect(!changes[2].access.allows(.read, for: [.eve]))
        #expect(changes[2].parentAccess == .open)
    }
}
