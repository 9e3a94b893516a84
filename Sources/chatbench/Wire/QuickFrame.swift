public import Toolbox
public import Vocabulary

/// The two frames that a load tool gets all the time, read by their first members alone.
///
/// `{"op":"ok","id":7,"seq":12,...` and `{"op":"entry","push":3,...`, as servers write them.
/// Whoever gets nil reads the frame whole.
public enum QuickFrame: Hashable, Sendable {
    case acknowledged(id: UInt64, seq: UInt64)
    case entry(push: UInt64)

    /// Where `client_id` begins at the latest: only numbers and a kind stand before it.
    private static let clientIDPlaceMaximum = 240

    public init?(scanning frame: Bytes) {
        guard let read = frame.withUnsafeBytes({ QuickFrame(scanning: $0) }) else { return nil }
        self = read
    }

    public init?(scanning frame: UnsafeRawBufferPointer) {
        var scan = ByteScan(frame)
        if scan.skip(#"{"op":"ok","id":"#) {
            guard let id = scan.member(), scan.skip(#","seq":"#), let seq = scan.member()
            else { return nil }
            self = .acknowledged(id: id, seq: seq)
        } else {
            guard scan.skip(#"{"op":"entry","push":"#), let push = scan.member()
            else { return nil }
            self = .entry(push: push)
        }
    }

    /// The client id of an entry; nil where none is found before its text.
    public static func clientID(inEntry frame: UnsafeRawBufferPointer) -> ClientMessageID? {
        var scan = ByteScan(frame)
        guard scan.skip(through: #""client_id":""#, within: clientIDPlaceMaximum),
            scan.place + 36 < frame.count, frame[scan.place + 36] == UInt8(ascii: "\"")
        else { return nil }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        for offset in 0..<36 {
            let byte = frame[scan.place + offset]
            switch offset {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = hexDigit(byte) else { return nil }
                if offset < 18 {
                    halves.high = halves.high << 4 | digit
                } else {
                    halves.low = halves.low << 4 | digit
                }
            }
        }
        return ClientMessageID(high: halves.high, low: halves.low)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
