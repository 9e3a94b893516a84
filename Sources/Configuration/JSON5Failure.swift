/// Why a text is no JSON5.
struct JSON5Failure: Error, Hashable, Sendable {
    /// Counted from 1.
    let line: Int
    let message: String
}
