import Toolbox

extension Bytes {
    /// JSON of our own as a line of text.
    var line: String { (text ?? "") + "\n" }
}
