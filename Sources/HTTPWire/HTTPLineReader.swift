import Toolbox

/// Cuts lines from what arrives. Each byte is looked at once, however the lines are split.
struct HTTPLineReader: Sendable {
    /// The start of a line whose end has not come.
    private var partial: [UInt8] = []

    var isWithinLine: Bool { !partial.isEmpty }

    /// The next line without its end; nil until it has come.
    ///
    /// A line ends in CR LF. A line feed alone is refused; a carriage return alone is left in the
    /// line, where no grammar allows it. `tooLong` is thrown for more than `maximum` bytes.
    mutating func next(
        from input: inout ByteQueue, bytesMaximum maximum: Int, tooLong: HTTPFailure
    ) throws(HTTPFailure) -> Bytes? {
        while let piece = input.front {
            let end = piece.withUnsafeBytes { $0.firstIndex(of: HTTPGrammar.lineFeed) }
            let taken = input.take(atMost: end.map { $0 + 1 } ?? piece.count)
            guard partial.count + taken.count <= maximum + 2 else { throw tooLong }
            guard end != nil else {
                taken.withUnsafeBytes { partial.append(contentsOf: $0) }
                // Without its end, the line has room for a carriage return at most.
                guard partial.count <= maximum + 1 else { throw tooLong }
                continue
            }
            let line = partial.isEmpty ? taken : joined(with: taken)
            guard line.count >= 2, line[line.count - 2] == HTTPGrammar.carriageReturn else {
                throw .malformed("line feed without carriage return")
            }
            return line.slice(0..<line.count - 2)
        }
        return nil
    }

    private mutating func joined(with end: Bytes) -> Bytes {
        end.withUnsafeBytes { partial.append(contentsOf: $0) }
        let line = Bytes(partial)
        partial = []
        return line
    }
}
