import Toolbox
import Vocabulary

/// The configurations that stand in a log, from the one before its first entry on.
///
/// The last one is in force from the moment it is appended, and no more when its entry is truncated
/// (thesis §4.1).
struct ConfigurationStack: Sendable {
    struct Place: Hashable, Sendable {
        /// Of the entry; of the base it is where the base was taken.
        let index: LogIndex
        let configuration: RaftConfiguration
    }

    /// Ascending. The first is the base; it is committed.
    private var places: [Place]
    private var committedCount = 1

    init(base: RaftConfiguration, at index: LogIndex) {
        places = [Place(index: index, configuration: base)]
    }

    var inForce: Place { places[places.count - 1] }
    var committed: Place { places[committedCount - 1] }
    var isCommitted: Bool { committedCount == places.count }
    var count: Int { places.count }

    /// The one in force after the entry at `index`.
    func configuration(at index: LogIndex) -> RaftConfiguration {
        var position = places.count - 1
        while position > 0, places[position].index > index { position -= 1 }
        return places[position].configuration
    }

    /// A voter of a configuration that is not known to be over.
    func mayStillVote(_ member: RaftMember) -> Bool {
        places[(committedCount - 1)...].contains { $0.configuration.isVoter(member) }
    }

    mutating func append(_ configuration: RaftConfiguration, at index: LogIndex) {
        invariant(index > inForce.index, "a configuration at \(index) after \(inForce.index)")
        places.append(Place(index: index, configuration: configuration))
    }

    /// True if another one is in force now.
    mutating func truncate(from index: LogIndex) -> Bool {
        let count = places.count
        while places.count > 1, inForce.index >= index { places.removeLast() }
        invariant(committedCount <= places.count, "a committed configuration is truncated")
        return places.count < count
    }

    /// The next one that is committed now; nil if there is none left.
    mutating func commitNext(through index: LogIndex) -> Place? {
        guard committedCount < places.count, places[committedCount].index <= index else {
            return nil
        }
        committedCount += 1
        return committed
    }

    /// Nobody will ask for anything before `index`, which is committed.
    mutating func forget(before index: LogIndex) {
        while committedCount > 1, places[1].index <= index {
            places.removeFirst()
            committedCount -= 1
        }
    }

    #if PLANTED_FAULTS
        mutating func forgetToTruncate(from index: LogIndex) {
            let kept = inForce.configuration
            guard truncate(from: index) else { return }
            places[places.count - 1] = Place(index: inForce.index, configuration: kept)
        }
    #endif

    /// What `index` holds in a snapshot comes in the place of all up to there.
    mutating func rebase(on configuration: RaftConfiguration, at index: LogIndex) {
        let later = places.dropFirst().filter { $0.index > index }
        places = [Place(index: index, configuration: configuration)] + later
        committedCount = 1
    }
}
