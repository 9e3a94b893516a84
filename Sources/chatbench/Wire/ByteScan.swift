/// Reads bytes from the front, one literal or number after the other, without a copy.
struct ByteScan {
    /// The protocol's numbers stay below 2^53.
    private static let digitsMaximum = 16

    let bytes: UnsafeRawBufferPointer
    private(set) var place = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Steps over `literal`; false, and no step, where something else stands.
    mutating func skip(_ literal: StaticString) -> Bool {
        guard stands(literal, at: place) else { return false }
        place += literal.utf8CodeUnitCount
        return true
    }

    /// Steps behind the first `literal` from here on that begins before `limit`.
    mutating func skip(through literal: StaticString, within limit: Int) -> Bool {
        let first = literal.utf8Start[0]
        var start = place
        while start < min(limit, bytes.count) {
            if bytes[start] == first, stands(literal, at: start) {
                place = start + literal.utf8CodeUnitCount
                return true
            }
            start += 1
        }
        return false
    }

    private func stands(_ literal: StaticString, at start: Int) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard start + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[start + offset] != literal.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Digits that are not the last of the bytes; nil for none, for too many, and for a zero that
    /// leads others.
    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        let start = place
        while place < bytes.count {
            let digit = bytes[place] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            guard place - start < Self.digitsMaximum else { return nil }
            number = number * 10 + UInt64(digit)
            place += 1
        }
        guard place > start, place < bytes.count else { return nil }
        return bytes[start] == UInt8(ascii: "0") && place > start + 1 ? nil : number
    }

    /// A number with the end of a JSON member behind it.
    mutating func member() -> UInt64? {
        guard let number = number() else { return nil }
        let isEnded = bytes[place] == UInt8(ascii: ",") || bytes[place] == UInt8(ascii: "}")
        return isEnded ? number : nil
    }
}
