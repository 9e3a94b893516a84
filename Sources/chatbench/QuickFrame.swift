public import Toolbox

/// The two frames that a load tool gets all the time, read by their first members alone.
///
/// `{"op":"ok","id":7,"seq":12,...` and `{"op":"entry","push":3,...`, as servers write them.
/// Whoever gets nil reads the frame whole.
public enum QuickFrame: Hashable, Sendable {
    case acknowledged(id: UInt64, seq: UInt64)
    case entry(push: UInt64)

    private static let okHead: StaticString = #"{"op":"ok","id":"#
    private static let okMiddle: StaticString = #","seq":"#
    private static let entryHead: StaticString = #"{"op":"entry","push":"#
    /// The protocol's numbers stay below 2^53.
    private static let digitsMaximum = 16

    public init?(scanning frame: Bytes) {
        let read = frame.withUnsafeBytes { bytes -> QuickFrame? in
            var place = 0
            if Self.skip(Self.okHead, in: bytes, &place) {
                guard let id = Self.number(in: bytes, &place),
                    Self.skip(Self.okMiddle, in: bytes, &place),
                    let seq = Self.number(in: bytes, &place)
                else { return nil }
                return .acknowledged(id: id, seq: seq)
            }
            guard Self.skip(Self.entryHead, in: bytes, &place),
                let push = Self.number(in: bytes, &place)
            else { return nil }
            return .entry(push: push)
        }
        guard let read else { return nil }
        self = read
    }

    private static func skip(
        _ literal: StaticString, in bytes: UnsafeRawBufferPointer, _ place: inout Int
    ) -> Bool {
        let end = place + literal.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        for offset in place..<end where bytes[offset] != literal.utf8Start[offset - place] {
            return false
        }
        place = end
        return true
    }

    /// Digits, with the end of the member behind them.
    private static func number(
        in bytes: UnsafeRawBufferPointer, _ place: inout Int
    ) -> UInt64? {
        var number: UInt64 = 0
        let start = place
        while place < bytes.count {
            let digit = bytes[place] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            guard place - start < digitsMaximum else { return nil }
            number = number * 10 + UInt64(digit)
            place += 1
        }
        guard place > start, place < bytes.count else { return nil }
        let isEnded = bytes[place] == UInt8(ascii: ",") || bytes[place] == UInt8(ascii: "}")
        return isEnded ? number : nil
    }
}
