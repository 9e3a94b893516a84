internal import Toolbox

/// An account's name as it is compared: bytes, with the letters of ASCII in lower case.
///
/// A name is 1 to 64 of the letters `a` to `z` in either case, digits, `_`, `.` and `-`.
struct AccountName: Hashable, Sendable {
    let bytes: [UInt8]

    /// Nil for what is no name.
    init?(_ text: String) {
        guard (1...MembershipBounds.nameBytesMaximum).contains(text.utf8.count) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                bytes.append(byte)
            default: return nil
            }
        }
        self.bytes = bytes
    }

    var hash: UInt64 { bytes.withUnsafeBytes { XXH64.hash($0) } }
}
