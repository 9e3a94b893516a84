import Toolbox

/// Where a command writes.
public protocol Console {
    /// Puts `text` where answers go, as it is.
    mutating func write(_ text: String)
    /// Puts a line where complaints go.
    mutating func complain(_ line: String)
}

extension Bytes {
    /// JSON of our own as a line of text.
    var line: String { (text ?? "") + "\n" }
}
