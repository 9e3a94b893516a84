import Toolbox

/// Why a path names no node.
public enum ZnodePathFault: Hashable, Sendable {
    /// Empty, or does not begin with a slash.
    case relative
    case endsInSlash
    /// Two slashes with nothing between them, the second at `offset`.
    case emptyComponent(offset: Int)
    /// `.` or `..`, ending before `offset`.
    case relativeComponent(offset: Int)
    /// A character that ZooKeeper forbids, or bytes that are not UTF-8.
    case forbiddenCharacter(offset: Int)
}

extension ZnodePath {
    /// Why no node may have this path; nil if one may. One pass, no allocation.
    ///
    /// Forbidden are U+0000 to U+001F, U+007F to U+009F, U+D800 to U+F8FF, U+FFF0 to U+FFFF, and
    /// all beyond: for ZooKeeper those are pairs of surrogates. Bytes that are not UTF-8 are for it
    /// U+FFFD, which is forbidden too.
    ///
    /// Source: Apache ZooKeeper, PathUtils.validatePath.
    public var fault: ZnodePathFault? {
        bytes.withUnsafeBytes { bytes in
            guard bytes.first == UInt8(ascii: "/") else { return .relative }
            guard bytes.count > 1 else { return nil }
            guard bytes[bytes.count - 1] != UInt8(ascii: "/") else { return .endsInSlash }
            return Self.fault(inComponentsOf: bytes)
        }
    }

    /// `bytes` begin with a slash and do not end in one.
    private static func fault(inComponentsOf bytes: UnsafeRawBufferPointer) -> ZnodePathFault? {
        var offset = 1
        var start = 1
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "/") {
                if let fault = fault(inComponent: start..<offset, of: bytes) { return fault }
                offset += 1
                start = offset
            } else if byte > 0x1F, byte < 0x7F {
                offset += 1
            } else {
                let count = allowedLength(in: bytes, at: offset)
                guard count > 0 else { return .forbiddenCharacter(offset: offset) }
                offset += count
            }
        }
        return fault(inComponent: start..<offset, of: bytes)
    }

    private static func fault(
        inComponent range: Range<Int>, of bytes: UnsafeRawBufferPointer
    ) -> ZnodePathFault? {
        guard range.count <= 2 else { return nil }
        guard !range.isEmpty else { return .emptyComponent(offset: range.upperBound) }
        let isDots = range.allSatisfy { bytes[$0] == UInt8(ascii: ".") }
        return isDots ? .relativeComponent(offset: range.upperBound) : nil
    }

    /// How many bytes the character at `offset`, which is not ASCII's, takes; 0 if it is forbidden.
    private static func allowedLength(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        let left = bytes.count - offset
        let first = bytes[offset]
        guard first >= 0xC2, first < 0xF0, left >= 2, bytes[offset + 1] & 0xC0 == 0x80 else {
            return 0
        }
        let second = bytes[offset + 1]
        // U+0080 to U+009F are control characters.
        if first < 0xE0 { return first == 0xC2 && second < 0xA0 ? 0 : 2 }
        guard left >= 3, bytes[offset + 2] & 0xC0 == 0x80 else { return 0 }
        switch first {
        // A shorter form would do.
        case 0xE0: return second < 0xA0 ? 0 : 3
        // From U+D800 on.
        case 0xED: return second < 0xA0 ? 3 : 0
        case 0xEE: return 0
        // U+F900 to U+FFEF.
        case 0xEF: return second < 0xA4 || second == 0xBF && bytes[offset + 2] >= 0xB0 ? 0 : 3
        default: return 3
        }
    }
}
