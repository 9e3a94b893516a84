public import Toolbox
// Until the rooms below have them.
public struct FileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String
    public init?(_ text: String) { self.text = text }
    public static func < (left: FileName, right: FileName) -> Bool { left.text < right.text }
    public var description: String { text }
}
public struct StorageToken: Hashable, Comparable, Sendable, CustomStringConvertible {
    public enum Purpose: UInt8, Comparable, Sendable, CaseIterable {
        case log = 0
        case upkeep = 1
        case snapshot = 2
        public static func < (left: Purpose, right: Purpose) -> Bool {
            left.rawValue < right.rawValue
        }
    }
    public let purpose: Purpose
    public let number: UInt64
    public init(_ purpose: Purpose, number: UInt64) {
        self.purpose = purpose
        self.number = number
    }
    public static func < (left: StorageToken, right: StorageToken) -> Bool {
        (left.purpose, left.number) < (right.purpose, right.number)
    }
    public var description: String { "\(purpose)\(number)" }
}
public enum StorageDirective: Hashable, Sendable {
    case create(FileName, zeroFilledBytes: Int)
    case write(FileName, offset: Int, Bytes)
    case synchronize(FileName)
    case rename(FileName, to: FileName)
    case remove(FileName)
    case synchronizeDirectory
    case complete(StorageToken)
}
