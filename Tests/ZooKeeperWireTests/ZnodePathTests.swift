import Testing
import Toolbox
import ZooKeeperWire

@Suite("Paths of nodes")
struct ZnodePathTests {
    @Test(
        "a valid path has no fault",
        arguments: [
            "/", "/a", "/a/b/c", "/..a", "/.a", "/a.", "/a..", "/...", "/a b", "/ä", "/\u{3b1}/x",
            "/\u{d7ff}", "/\u{f900}", "/\u{ffef}", "/\u{a0}", "/\u{800}", "/zookeeper/quota", "/~",
        ])
    func valid(text: String) {
        #expect(ZnodePath(Bytes(text)).fault == nil)
    }

    struct Wrong: Sendable {
        let bytes: Bytes
        let fault: ZnodePathFault

        init(_ bytes: Bytes, _ fault: ZnodePathFault) {
            self.bytes = bytes
            self.fault = fault
        }
    }

    @Test(
        "a path that breaks a rule names the rule",
        arguments: [
            Wrong("", .relative), Wrong("a", .relative), Wrong("a/b", .relative),
            Wrong("/a/", .endsInSlash), Wrong("//", .endsInSlash),
            Wrong("//a", .emptyComponent(offset: 1)), Wrong("/a//b", .emptyComponent(offset: 3)),
            Wrong("/.", .relativeComponent(offset: 2)),
            Wrong("/..", .relativeComponent(offset: 3)),
            Wrong("/a/./b", .relativeComponent(offset: 4)),
            Wrong("/a/../b", .relativeComponent(offset: 5)),
            Wrong("/a/..", .relativeComponent(offset: 5)),
            Wrong("/a\u{0}", .forbiddenCharacter(offset: 2)),
            Wrong("/\u{1}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{1f}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{7f}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{80}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{9f}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{e000}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{f8ff}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{fff0}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{fffd}", .forbiddenCharacter(offset: 1)),
            Wrong("/\u{ffff}", .forbiddenCharacter(offset: 1)),
            Wrong("/ok/\u{1f600}", .forbiddenCharacter(offset: 4)),
            // A surrogate, a lone continuation, an overlong slash, and characters cut short.
            Wrong([0x2F, 0xED, 0xA0, 0x80], .forbiddenCharacter(offset: 1)),
            Wrong([0x2F, 0x80], .forbiddenCharacter(offset: 1)),
            Wrong([0x2F, 0xC0, 0xAF], .forbiddenCharacter(offset: 1)),
            Wrong([0x2F, 0xE0, 0x80, 0xAF], .forbiddenCharacter(offset: 1)),
            Wrong([0x2F, 0xC3], .forbiddenCharacter(offset: 1)),
            Wrong([0x2F, 0xE1, 0x80], .forbiddenCharacter(offset: 1)),
            Wrong([0x2F, 0xFF], .forbiddenCharacter(offset: 1)),
        ])
    func invalid(wrong: Wrong) {
        #expect(ZnodePath(wrong.bytes).fault == wrong.fault)
    }

    @Test("any bytes have a fault or none, without a trap")
    func anyBytes() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<5_000 {
            let array = (0..<random.below(12)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let path = ZnodePath(Bytes([UInt8(ascii: "/")] + array))
            if path.fault == nil { #expect(path.bytes.text != nil) }
            #expect(path.parent.map { $0.bytes.count < path.bytes.count } != false)
        }
    }

    struct Family: Sendable {
        let path: ZnodePath
        let parent: ZnodePath?
        let name: Bytes
    }

    @Test(
        "a path knows its parent and its name",
        arguments: [
            Family(path: "/", parent: nil, name: ""), Family(path: "/a", parent: "/", name: "a"),
            Family(path: "/a/bc", parent: "/a", name: "bc"),
            Family(path: "/s/", parent: "/s", name: ""),
            Family(path: "/s//b", parent: "/s/", name: "b"),
            Family(path: "a/b", parent: "a", name: "b"), Family(path: "a", parent: nil, name: "a"),
            Family(path: "", parent: nil, name: ""),
        ])
    func family(family: Family) {
        #expect(family.path.parent == family.parent)
        #expect(family.path.name == family.name)
    }

    @Test("a child's path has its parent and its name")
    func child() {
        #expect(ZnodePath.root.child(named: "a") == "/a")
        #expect(ZnodePath("/a").child(named: "b") == "/a/b")
    }

    @Test("only what lies below a path, at a slash, descends from it")
    func descendants() {
        #expect(ZnodePath("/a/b/c").isDescendant(of: "/a"))
        #expect(ZnodePath("/a").isDescendant(of: .root))
        #expect(!ZnodePath("/ab").isDescendant(of: "/a"))
        #expect(!ZnodePath("/a").isDescendant(of: "/a"))
        #expect(!ZnodePath("/b/c").isDescendant(of: "/a"))
        #expect(!ZnodePath.root.isDescendant(of: .root))
    }

    @Test(
        "a counter is printed in ten places at least",
        arguments: [
            (0, "/a-0000000000"), (7, "/a-0000000007"), (1_234_567_890, "/a-1234567890"),
            (Int32.max, "/a-2147483647"), (Int32.min, "/a--2147483648"), (-5, "/a--000000005"),
            (-999_999_999, "/a--999999999"), (-1_000_000_000, "/a--1000000000"),
        ] as [(Int32, ZnodePath)])
    func counters(counter: Int32, expected: ZnodePath) {
        #expect(ZnodePath("/a-").appending(counter: counter) == expected)
    }
}
