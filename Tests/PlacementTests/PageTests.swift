import Foundation
import Placement
import Testing
import Toolbox
import Vocabulary

/// What the room's page promises to strangers, who have nothing but the page.
@Suite("Placement's page")
struct PageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let id: UInt64
        let hash: UInt64
        let arc: UInt16
        let partition: UInt16

        var testDescription: String { "\(id)" }
    }

    static let page: String = {
        let root = #filePath.components(separatedBy: "/").dropLast(3).joined(separator: "/")
        let path = root + "/Sources/Placement/Placement.docc/Placement.md"
        guard let data = FileManager.default.contents(atPath: path) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }()

    /// The rows of its table of vectors.
    static let rows: [Row] = page.components(separatedBy: "\n").compactMap { line in
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard cells.count == 4, let id = UInt64(cells[0]), let hash = UInt64(cells[1], radix: 16),
            let arc = UInt16(cells[2]), let partition = UInt16(cells[3])
        else { return nil }
        return Row(id: id, hash: hash, arc: arc, partition: partition)
    }

    @Test("has vectors at both ends of the ids")
    func hasVectors() {
        #expect(Self.rows.count >= 9)
        #expect(Self.rows.contains { $0.id == 0 })
        #expect(Self.rows.contains { $0.id == .max })
    }

    @Test("says of every id in its table what is computed here", arguments: rows)
    func vectors(row: Row) {
        #expect(XXH64.hash(row.id) == row.hash)
        #expect(Ring.arc(of: UserID(row.id)) == ArcID(row.arc))
        #expect(UInt16(row.hash >> 50) == row.arc)
        #expect(PartitionID.of(chat: ChatID(row.id)) == PartitionID(row.partition))
        let ring = Ring.balanced(over: [NodeID(4), NodeID(7), NodeID(9)], epoch: RingEpoch(1))
        let run = ring.runs.last { $0.arcs.lowerBound <= row.arc }
        #expect(run?.owner == ring.owner(of: UserID(row.id)))
    }

    @Test("shows a program of under 40 lines")
    func program() throws {
        let parts = Self.page.components(separatedBy: "```python\n")
        try #require(parts.count == 2)
        let lines = parts[1].components(separatedBy: "\n```")[0].components(separatedBy: "\n")
        #expect(10..<40 ~= lines.count)
    }
}
