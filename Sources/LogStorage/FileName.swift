/// A file of the node's data directory: a name without folders.
///
/// 1 to 128 characters out of `a-z A-Z 0-9 . _ -`, not starting with a dot, so that equality and
/// order of the text are those of its bytes.
public struct FileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// nil for anything that is not such a name.
    public init?(_ text: String) {
        guard (1...128).contains(text.utf8.count), text.utf8.first != UInt8(ascii: ".") else {
            return nil
        }
        guard text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    /// For names that this room puts together itself.
    init(made text: String) { self.text = text }

    public static func < (left: FileName, right: FileName) -> Bool { left.text < right.text }

    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
