import Vocabulary

/// The answers to one request for votes, by the voters' positions.
struct Ballot: Sendable {
    private var granted: UInt8 = 0
    private var refused: UInt8 = 0
    let began: Instant

    init(began: Instant) { self.began = began }

    mutating func note(isGranted: Bool, by position: Int) {
        let bit = UInt8(1) << UInt8(position)
        if isGranted {
            granted |= bit
            refused &= ~bit
        } else if granted & bit == 0 {
            refused |= bit
        }
    }

    /// Asks again those who refused.
    mutating func forgetRefusals() { refused = 0 }

    var grantedCount: Int { granted.nonzeroBitCount }
    var refusedCount: Int { refused.nonzeroBitCount }
}
