/// Hexadecimal digits in lower case, eight at a time.
public enum HexText {
    /// The eight characters of `number`, the first one in the most significant byte.
    @inlinable
    public static func characters(of number: UInt32) -> UInt64 {
        // One digit in each byte, from halves of halves of halves.
        var digits = UInt64(number)
        digits = (digits << 16 | digits) & 0x0000_FFFF_0000_FFFF
        digits = (digits << 8 | digits) & 0x00FF_00FF_00FF_00FF
        digits = (digits << 4 | digits) & 0x0F0F_0F0F_0F0F_0F0F
        // A byte of 10 and above carries into bit 4 when 6 is added: it becomes a letter.
        let letters = ((digits &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        let beyondDigits = UInt64(UInt8(ascii: "a") - 10 - UInt8(ascii: "0"))
        return digits &+ 0x3030_3030_3030_3030 &+ letters &* beyondDigits
    }
}
