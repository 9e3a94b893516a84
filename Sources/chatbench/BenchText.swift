public import Toolbox

/// The texts that are sent: each says its message's number, so that none is like another.
public struct BenchText: Sendable {
    /// What all have in common, behind the number.
    public let filler: Bytes

    /// - Parameter count: bytes of each text, at least 1.
    public init(bytes count: Int) {
        let words = Array("The quick brown rook castles over the lazy king. ".utf8)
        filler = Bytes((0..<count).map { words[$0 % words.count] })
    }

    /// The text of message `number`.
    public func text(of number: UInt64) -> Bytes {
        var bytes = filler.array
        bytes.withUnsafeMutableBytes { writeNumber(number, into: $0) }
        return Bytes(bytes)
    }

    /// Writes what is particular to message `number` over the start of the filler.
    func writeNumber(_ number: UInt64, into text: UnsafeMutableRawBufferPointer) {
        var left = number
        var place = 0
        // The last digits come first: they differ most, also where there is room for few.
        repeat {
            text[place] = UInt8(ascii: "0") + UInt8(left % 10)
            left /= 10
            place += 1
        } while left > 0 && place < filler.count
    }
}
