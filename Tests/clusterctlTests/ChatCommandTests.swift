import Testing
import clusterctl

struct ChatCommandTests {
    private func cluster(_ replies: [[AdminResponder.Reply]?]) throws -> TestCluster {
        try TestCluster(replies.map { $0.map { ["GET /admin/v1/chats/4": $0] } })
    }

    @Test("copies at one head with one digest are the same")
    func areTheSame() throws {
        let cluster = try cluster([
            [Scripts.chat(on: 1, head: 7, digest: 0xAB)],
            [Scripts.chat(on: 2, head: 7, digest: 0xAB)], nil,
        ])
        let (status, output, complaints) = cluster.run("chat", "c4")
        #expect(status == .good)
        #expect(
            output == """
                chat     c4
                kind     group
                title    Team ?[2J
                shard    s0 in g100
                members  u1 (owner), u2

                NODE  HEAD  ORD  MEMBERS VERSION  DIGEST
                n1       7    7                1  00000000000000ab
                n2       7    7                1  00000000000000ab

                all 2 copies are the same

                """)
        #expect(complaints.contains("node 3:"))
    }

    @Test("copies at one head with two digests differ")
    func differ() throws {
        let cluster = try cluster([
            [Scripts.chat(on: 1, head: 7, digest: 1)], [Scripts.chat(on: 2, head: 7, digest: 2)],
            [Scripts.chat(on: 3, head: 8, digest: 3)],
        ])
        let (status, output, _) = cluster.run("chat", "4")
        #expect(status == .bad)
        #expect(output.hasSuffix("the copies on n1, n2 differ\n"))
        let json = cluster.run("chat", "4", "--json")
        #expect(json.status == .bad)
        #expect(json.output.hasPrefix("{\"same\":false,\"at_one_head\":false,\"copies\":["))
    }

    @Test("a copy that is behind is looked at again")
    func catchesUp() throws {
        let cluster = try cluster([
            [Scripts.chat(on: 1, head: 7, digest: 1)],
            [
                Scripts.chat(on: 2, head: 5, digest: 9), Scripts.chat(on: 2, head: 6, digest: 8),
                Scripts.chat(on: 2, head: 7, digest: 1),
            ],
        ])
        let (status, output, _) = cluster.run("chat", "4")
        #expect(status == .good)
        #expect(output.hasSuffix("all 2 copies are the same\n"))
    }

    @Test("a copy that stays behind is no difference")
    func staysBehind() throws {
        let cluster = try cluster([
            [Scripts.chat(on: 1, head: 7, digest: 1)], [Scripts.chat(on: 2, head: 5, digest: 9)],
        ])
        let (status, output, _) = cluster.run("chat", "4")
        #expect(status == .good)
        #expect(output.hasSuffix("others are on their way\n"))
    }

    @Test("a chat that no node has is bad, and no nodes are another thing")
    func isMissing() throws {
        let none = try cluster([[Scripts.refusal(404, "not_found", "no copy")]])
        let (status, _, complaints) = none.run("chat", "4")
        #expect(status == .bad)
        #expect(complaints == "no node that answers has chat 4\n")
        #expect(try cluster([nil]).run("chat", "4").status == .unreachable)
    }

    @Test("what is no chat's number is wrong usage", arguments: ["x", "c", "04", "-1", "u4"])
    func isNoNumber(_ text: String) throws {
        #expect(try cluster([nil]).run("chat", "--", text).status == .usage)
    }
}
