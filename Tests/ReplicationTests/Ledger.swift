import ReplicatedState
import Toolbox
import Vocabulary

/// A machine that remembers every command with its place and time.
struct Ledger: ReplicatedMachine {
    struct Line: Hashable, Sendable {
        var index: LogIndex
        var time: WallTime
        var text: String
    }

    private(set) var lines: [Line] = []

    init(group: ReplicaGroupID, limits: MachineLimits) {}

    func needs(_ command: Bytes) -> [MachineKey] { [] }

    mutating func apply(
        _ command: Bytes, at position: AppliedPosition, into effects: inout [String]
    ) -> Bytes {
        let text = command.text ?? "?"
        lines.append(Line(index: position.index, time: position.time, text: text))
        if text != "quiet" { effects.append(text) }
        return Bytes("\(lines.count) \(text)")
    }

    func answer(_ query: Bytes) -> Bytes { Bytes("\(lines.count) lines") }

    var snapshot: any MachineSnapshot { LedgerSnapshot(lines: lines) }

    init(
        group: ReplicaGroupID, limits: MachineLimits, restoring bytes: Bytes
    ) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        lines = try reader.readList { reader throws(DecodeFailure) in
            Line(
                index: LogIndex(try reader.read()),
                time: WallTime(milliseconds: try reader.read()),
                text: try reader.readCountedText())
        }
        try reader.expectEnd()
    }

    var digest: UInt64 { XXH64.hash(snapshot.encode()) }
}

private struct LedgerSnapshot: MachineSnapshot {
    let lines: [Ledger.Line]

    func encode() -> Bytes {
        var writer = ByteWriter()
        writer.writeList(lines) { writer, line in
            writer.write(line.index.rawValue)
            writer.write(line.time.milliseconds)
            writer.writeCounted(line.text)
        }
        return writer.take()
    }
}
