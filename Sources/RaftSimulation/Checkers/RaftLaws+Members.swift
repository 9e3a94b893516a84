import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// Configurations: any two that may decide at the same time must agree on somebody.
extension RaftLaws {
    /// A configuration is written into a log.
    mutating func noteConfiguration(
        _ entry: LogEntry, of host: Int, leadsWith commit: LogIndex?,
        into violations: inout [Violation]
    ) {
        do throws(DecodeFailure) {
            let configuration = try RaftConfiguration(decoding: entry.payload)
            if let commit {
                checkOwnTerm(entry, on: host, behind: commit, into: &violations)
                checkOverlap(of: configuration, on: host, behind: commit, into: &violations)
            }
            trails[host].configurations.append(
                Placed(index: entry.index, configuration: configuration))
        } catch {
            violations.append(
                Violation("ConfigurationsAreRead", "n\(host + 1) at \(entry.index): \(error)"))
        }
    }

    /// A leader changes nothing before an entry of its own term is committed (Ongaro's erratum).
    private func checkOwnTerm(
        _ entry: LogEntry, on host: Int, behind commit: LogIndex,
        into violations: inout [Violation]
    ) {
        guard let mark = trails[host].mark(at: commit), mark.term != entry.term else { return }
        violations.append(
            Violation(
                "ChangesFollowOwnTerm",
                "n\(host + 1) changes members in \(entry.term) with \(commit)@\(mark.term)"
                    + " committed"))
    }

    /// With those before it, from the last one that is committed on.
    private func checkOverlap(
        of next: RaftConfiguration, on host: Int, behind commit: LogIndex,
        into violations: inout [Violation]
    ) {
        for place in trails[host].configurations.reversed() {
            let known = place.configuration
            if !known.isEmpty, !Self.quorumsMeet(known, next) {
                violations.append(
                    Violation(
                        "QuorumsMeet",
                        "n\(host + 1) goes from {\(known)} to {\(next)}: two quorums without a"
                            + " common member"))
            }
            if place.index <= commit { return }
        }
    }

    /// Whether no set of members is a quorum of one while the rest is a quorum of the other.
    private static func quorumsMeet(
        _ one: RaftConfiguration, _ other: RaftConfiguration
    ) -> Bool {
        var members: [RaftMember] = []
        for member in one.members + other.members where !members.contains(member) {
            members.append(member)
        }
        // More than that no group of seven comes to, unless all of it changes at once.
        guard members.count <= 14 else { return true }
        func bits(_ some: [RaftMember]) -> UInt32 {
            var bits: UInt32 = 0
            for (place, member) in members.enumerated() where some.contains(member) {
                bits |= 1 << UInt32(place)
            }
            return bits
        }
        let sets = [one, other].map { [bits($0.voters), bits($0.outgoing)].filter { $0 != 0 } }
        func isQuorum(_ some: UInt32, _ sets: [UInt32]) -> Bool {
            sets.allSatisfy { (some & $0).nonzeroBitCount > $0.nonzeroBitCount / 2 }
        }
        for some in 0..<UInt32(1) << UInt32(members.count) {
            if isQuorum(some, sets[0]), isQuorum(~some, sets[1]) { return false }
        }
        return true
    }

    /// The newest configuration of a log up to an index that is committed there.
    func configuration(upTo index: LogIndex, of host: Int) -> Placed? {
        trails[host].configurations.last { $0.index <= index }
    }
}
