import Toolbox
public import Vocabulary

/// What a run of `chaos ring` found.
public struct ChurnReport: Sendable {
    /// One change of who is there, from its order until all is calm again.
    public struct Change: Sendable {
        /// Such as `leave`.
        public var name: String
        public var node: NodeID
        /// From before to after, each epoch once.
        public var rings: [RingReading]
        public var beganAt: Instant
        /// When the last arcs had moved, as the last node said.
        public var settledAt: Instant
        /// When every device was connected at its user's home.
        public var homeAt: Instant
        public var pace: PaceCheck
        /// By what caused them.
        public var sentHome: Int
        public var sentAway: Int
        public var lost: Int
        /// Of devices, each time that they were without a connection.
        public var absences: [Duration]
        /// The longest time without any acknowledgement.
        public var gap: Duration

        /// What happened from `beganAt` to `endedAt`.
        public init(
            _ name: String, of node: NodeID, _ rings: [RingReading],
            from beganAt: Instant, to endedAt: Instant
        ) {
            self.name = name
            self.node = node
            self.rings = rings
            self.beganAt = beganAt
            settledAt = endedAt
            homeAt = endedAt
            pace = PaceCheck([])
            (sentHome, sentAway, lost) = (0, 0, 0)
            absences = []
            gap = .zero
        }
    }

    public var load: LoadReport
    public var changes: [Change]
    public var departuresPerSecond = 0

    public init(_ load: LoadReport, _ changes: [Change]) {
        self.load = load
        self.changes = changes
    }

    public var isSuccess: Bool { load.isSuccess }

    /// A table for people.
    public func text() -> String {
        TextTable.text(load.rows + load.latencyRows + changes.flatMap(rows))
    }

    private func rows(_ change: Change) -> [TextTable.Row] {
        let name = "\(change.name) of \(change.node)"
        let epochs = zip(change.rings, change.rings.dropFirst()).map { $0.moved(to: $1) }
        let moved = change.rings.first.flatMap { first in
            change.rings.last.map { first.moved(to: $0) }
        }
        let gaps = AcknowledgementGaps.summary(change.absences)
        let away = gaps.map { "median \(TextTable.text($0)), longest \(TextTable.text($1))" }
        let steps = epochs.map(String.init).joined(separator: " ")
        return [
            ("\(name): arcs moved", "\(moved ?? 0), in \(epochs.count) epochs: \(steps)"),
            ("\(name): last arc moved after", TextTable.text(change.settledAt - change.beganAt)),
            ("\(name): all clients at home after", TextTable.text(change.homeAt - change.beganAt)),
            (
                "\(name): reconnections",
                "\(change.sentAway) from a node that ends, \(change.sentHome) sent home,"
                    + " \(change.lost) others"
            ),
            (
                "\(name): reconnections in a second",
                "\(change.pace.peak) at most, \(change.pace.peakOfOneNode) asked for by one node"
                    + " (\(departuresPerSecond) are set), \(change.pace.peakToOneNode) to one node"
            ),
            ("\(name): without a connection", away ?? "nobody"),
            ("\(name): gap of acknowledgements", TextTable.text(change.gap)),
        ]
    }
}
