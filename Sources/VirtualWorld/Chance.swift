public import Toolbox

/// One stream of numbers per purpose, all from the run's seed: a draw more in one does not shift
/// the others.
public struct Chance: Sendable {
    public enum Purpose: UInt64, Sendable {
        case network = 1
        case disk
        case clock
        case process
        case nemesis
        case settings
        case client
        case node
        case coordination
    }

    private let root: SeededRandom

    public init(seed: UInt64) { root = SeededRandom(seed: seed) }

    /// The stream for `purpose`; `member` tells the nodes or clients apart that have one each.
    public func stream(_ purpose: Purpose, member: Int = 0) -> SeededRandom {
        root.stream(purpose.rawValue << 32 | UInt64(member))
    }
}

extension SeededRandom {
    /// A number in `range`, each as likely as any other.
    public mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(below(UInt64(range.upperBound - range.lowerBound) + 1))
    }

    /// A number in `range`, each as likely as any other.
    public mutating func within(_ range: ClosedRange<Int>) -> Int {
        Int(within(Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// A delay around `mean`, rarely ten times as long: what queues and disks do.
    public mutating func delay(around mean: Int64) -> Int64 {
        guard mean > 0 else { return 0 }
        let bound = chance(0.03) ? mean * 10 : mean * 2
        return Int64(below(UInt64(bound)))
    }

    /// One of `choices`.
    ///
    /// - Precondition: there is one.
    public mutating func choice<Element>(of choices: [Element]) -> Element {
        choices[below(choices.count)]
    }

    /// All of `elements`, in any order.
    public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        elements.shuffled(using: &self)
    }
}
