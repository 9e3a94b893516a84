public import ChatWire
public import Vocabulary

/// What was shown to devices while it happened: each device sees 1, 2, 3, ... of each chat, and all
/// see the same at the same position.
public struct DeliveryRecord: Sendable {
    private struct Shown: Hashable {
        let device: Int
        let chat: ChatID
    }

    /// By chat, the digest at `seq` n at n - 1, as the first device saw it.
    private var digests: [ChatID: [UInt64]] = [:]
    private var heads: [Shown: SequenceNumber] = [:]
    public private(set) var entriesCount = 0
    public private(set) var violations: [Violation] = []

    private static let violationsMaximum = 1_000

    public init() {}

    /// An entry was shown to a device.
    public mutating func show(_ entry: EntryFrame, to device: Int) {
        entriesCount += 1
        let key = Shown(device: device, chat: entry.chat)
        let before = heads[key] ?? .zero
        let name = "device \(device) was shown \(entry.chat):\(entry.seq)"
        if entry.seq <= before {
            return report(.doubled, "\(name) after \(before)")
        }
        if entry.seq != before.next { report(.gap, "\(name) after \(before)") }
        heads[key] = entry.seq
        let index = Int(entry.seq.rawValue) - 1
        let known = digests[entry.chat]?.count ?? 0
        if index == known {
            digests[entry.chat, default: []].append(entry.digest)
        } else if index < known, digests[entry.chat]?[index] != entry.digest {
            report(.difference, "\(name) with a digest that others did not see")
        }
    }

    /// Compares what devices saw with what was read back.
    public func check(against reading: ChatReading) -> [Violation] {
        let seen = digests[reading.chat] ?? []
        for (entry, digest) in zip(reading.entries, seen) where entry.digest != digest {
            let text = "\(reading.chat):\(entry.seq) on \(reading.node) is not what devices saw"
            return [Violation(.difference, text)]
        }
        guard seen.count <= reading.entries.count else {
            let text = "\(reading.chat):\(seen.count) was shown to a device and is gone"
            return [Violation(.lost, text)]
        }
        return []
    }

    /// The last entry that the device was shown.
    public func head(of chat: ChatID, on device: Int) -> SequenceNumber {
        heads[Shown(device: device, chat: chat)] ?? .zero
    }

    private mutating func report(_ kind: Violation.Kind, _ text: String) {
        guard violations.count < Self.violationsMaximum else { return }
        violations.append(Violation(kind, text))
    }
}
