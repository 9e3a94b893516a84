import Toolbox

/// The texts that are sent: each says its message's number, so that none is like another.
public struct BenchText: Sendable {
    private let filler: [UInt8]

    /// - Parameter count: bytes of each text, at least 1.
    public init(bytes count: Int) {
        let words = Array("The quick brown rook castles over the lazy king. ".utf8)
        filler = (0..<count).map { words[$0 % words.count] }
    }

    /// The text of message `number`.
    public func text(of number: UInt64) -> Bytes {
        var bytes = filler
        var left = number
        var place = 0
        // The last digits come first: they differ most, also where there is room for few.
        repeat {
            bytes[place] = UInt8(ascii: "0") + UInt8(left % 10)
            left /= 10
            place += 1
        } while left > 0 && place < bytes.count
        return Bytes(bytes)
    }
}
