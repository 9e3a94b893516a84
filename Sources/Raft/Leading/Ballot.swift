import Vocabulary

/// The answers to one request for votes, by the voters' positions.
struct Ballot: Sendable {
    private(set) var granted: UInt32 = 0
    private(set) var refused: UInt32 = 0
    let began: Instant

    init(began: Instant) { self.began = began }

    mutating func note(isGranted: Bool, by position: Int) {
        let bit = Electorate.bit(position)
        if isGranted {
            granted |= bit
            refused &= ~bit
        } else if granted & bit == 0 {
            refused |= bit
        }
    }

    /// Asks again those who refused.
    mutating func forgetRefusals() { refused = 0 }

    /// The same answers by the positions of another configuration.
    func moved(from old: Electorate, to new: Electorate) -> Ballot {
        var moved = Ballot(began: began)
        for (position, member) in old.members.enumerated() {
            guard let place = new.position(of: member) else { continue }
            let bit = Electorate.bit(position)
            if granted & bit != 0 { moved.note(isGranted: true, by: place) }
            if refused & bit != 0 { moved.note(isGranted: false, by: place) }
        }
        return moved
    }
}
