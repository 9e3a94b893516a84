public import Vocabulary

/// Why stored bytes are not used.
public enum LogStorageFailure: Error, Hashable, Sendable {
    /// Bytes that were durable are not what was written.
    case damaged(segment: FileName, offset: Int, what: String)
    /// There are snapshots, and no log at all: somebody took it away.
    case missingSegment(FileName)
    case otherCluster(file: FileName, found: UInt64, expected: UInt64)
    case otherNode(file: FileName, found: NodeID, expected: NodeID)
    case otherFormat(file: FileName, found: UInt32, supported: UInt32)
    /// A snapshot's file is not what was written.
    case damagedSnapshot(file: FileName, what: String)
    case settings(String)
}

extension LogStorageFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged(let segment, let offset, let what):
            "the write-ahead log is damaged in \(segment) at offset \(offset): \(what)"
        case .missingSegment(let segment):
            "the write-ahead log lacks its segment \(segment)"
        case .otherCluster(let file, let found, let expected):
            "\(file) belongs to cluster \(Self.hex(found)), this is \(Self.hex(expected))"
        case .otherNode(let file, let found, let expected):
            "\(file) belongs to node \(found), this is \(expected)"
        case .otherFormat(let file, let found, let supported):
            "\(file) has format \(found), this program reads format \(supported)"
        case .damagedSnapshot(let file, let what):
            "the snapshot \(file) is damaged: \(what)"
        case .settings(let what): what
        }
    }

    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
