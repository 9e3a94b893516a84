// Counting and cutting text that is kept as UTF-8.
extension Bytes {
    /// How many Unicode scalars this UTF-8 holds. O(n).
    public var unicodeScalarsCount: Int {
        withUnsafeBytes { bytes in
            bytes.reduce(0) { count, byte in byte & 0xC0 == 0x80 ? count : count + 1 }
        }
    }

    /// The first `count` scalars of this UTF-8, or all of it if it has fewer; shares storage.
    public func prefix(unicodeScalars count: Int) -> Bytes {
        guard self.count > count else { return self }
        let end = withUnsafeBytes { bytes in
            var left = count
            for index in 0..<bytes.count where bytes[index] & 0xC0 != 0x80 {
                if left == 0 { return index }
                left -= 1
            }
            return bytes.count
        }
        return slice(0..<end)
    }

    /// The number that these decimal digits are; nil for anything but what `String(number)` gives.
    public var decimalNumber: UInt64? {
        guard count > 0, count <= 20 else { return nil }
        return withUnsafeBytes { bytes in
            if bytes[0] == UInt8(ascii: "0"), bytes.count > 1 { return nil }
            var number: UInt64 = 0
            for byte in bytes {
                let digit = byte &- UInt8(ascii: "0")
                guard digit <= 9 else { return nil }
                let (product, overflows) = number.multipliedReportingOverflow(by: 10)
                let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
                if overflows || carries { return nil }
                number = sum
            }
            return number
        }
    }

    /// The number that these 16 lower-case hex digits are; nil for anything else.
    public var hexNumber: UInt64? {
        guard count == 16 else { return nil }
        return withUnsafeBytes { bytes in
            var number: UInt64 = 0
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    number = number << 4 | UInt64(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "f"):
                    number = number << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
                default: return nil
                }
            }
            return number
        }
    }
}
