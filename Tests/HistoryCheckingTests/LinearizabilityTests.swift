import HistoryChecking
import Testing
import Toolbox

/// A single cell that is written and read.
struct CellModel: SequentialModel {
    enum Input: Hashable, Sendable {
        case write(Int)
        case read
    }

    let initial = 0

    func state(after input: Input, answered output: Int?, in state: Int) -> Int? {
        switch input {
        case .write(let value): value
        case .read: output == nil || output == state ? state : nil
        }
    }
}

typealias CellOperation = Operation<CellModel.Input, Int>

func write(_ value: Int, _ called: Int64, _ returned: Int64) -> CellOperation {
    CellOperation(.write(value), calledAt: called, output: 0, returnedAt: returned)
}

func read(_ value: Int, _ called: Int64, _ returned: Int64) -> CellOperation {
    CellOperation(.read, calledAt: called, output: value, returnedAt: returned)
}

@Suite("A history of a cell")
struct LinearizabilityTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let history: [CellOperation]
        let isLinearizable: Bool
    }

    static let rows = [
        Row(testDescription: "nothing happened", history: [], isLinearizable: true),
        Row(
            testDescription: "a read after a write sees it",
            history: [write(1, 0, 1), read(1, 2, 3)], isLinearizable: true),
        Row(
            testDescription: "a read after a write does not see the old value",
            history: [write(1, 0, 1), read(0, 2, 3)], isLinearizable: false),
        Row(
            testDescription: "a read during a write sees either",
            history: [write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)], isLinearizable: true),
        Row(
            testDescription: "but not first the new value, then the old",
            history: [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)], isLinearizable: false),
        Row(
            testDescription: "two writes at once come in either order",
            history: [write(1, 0, 5), write(2, 0, 5), read(1, 6, 7)], isLinearizable: true),
        Row(
            testDescription: "but in one order for all",
            history: [
                write(1, 0, 5), write(2, 0, 5), read(1, 6, 7), read(2, 8, 9),
            ], isLinearizable: false),
        Row(
            testDescription: "a write of unknown outcome may be seen late",
            history: [
                CellOperation(.write(1), calledAt: 0), read(0, 1, 2), read(1, 50, 51),
            ], isLinearizable: true),
        Row(
            testDescription: "or never",
            history: [
                CellOperation(.write(1), calledAt: 0), read(0, 50, 51),
            ], isLinearizable: true),
        Row(
            testDescription: "but not before it was called",
            history: [read(1, 0, 1), CellOperation(.write(1), calledAt: 2)],
            isLinearizable: false),
        Row(
            testDescription: "nor twice, with another write between",
            history: [
                CellOperation(.write(1), calledAt: 0), read(1, 1, 2), write(2, 3, 4),
                read(1, 5, 6),
            ], isLinearizable: false),
        Row(
            testDescription: "what touches in time is concurrent",
            history: [write(1, 0, 1), read(0, 1, 2)], isLinearizable: true),
    ]

    @Test("is explained if and only if it can be", arguments: rows)
    func verdicts(row: Row) {
        let verdict = LinearizabilityChecker(model: CellModel()).check(row.history)
        if case .linearizable(let order) = verdict {
            #expect(row.isLinearizable)
            confirm(order, of: row.history)
        } else {
            #expect(!row.isLinearizable)
            #expect(verdict != .undecided(steps: 5_000_000))
        }
    }

    /// The order must satisfy the model and the clock.
    func confirm(_ order: [Int], of history: [CellOperation]) {
        var state: Int? = 0
        for offset in order {
            state = state.flatMap {
                CellModel().state(
                    after: history[offset].input, answered: history[offset].returned?.output,
                    in: $0)
            }
        }
        #expect(state != nil)
        for (place, later) in order.enumerated() {
            for earlier in order.prefix(place) {
                if let returned = history[later].returned {
                    #expect(returned.at >= history[earlier].calledAt)
                }
            }
        }
        for (offset, operation) in history.enumerated() where operation.returned != nil {
            #expect(order.contains(offset))
        }
    }

    @Test("names the operation that does not fit")
    func violation() {
        let history = [write(1, 0, 1), read(1, 2, 3), read(0, 4, 5)]
        #expect(
            LinearizabilityChecker(model: CellModel()).check(history)
                == .violation(explained: [0, 1], stuck: 2))
    }

    @Test("gives up where it must not search longer, and says so")
    func bounded() {
        let history = (0..<20).map { write($0, 0, 100) } + [read(-1, 101, 102)]
        #expect(
            LinearizabilityChecker(model: CellModel(), stepsMaximum: 1_000).check(history)
                == .undecided(steps: 1_000))
    }

    /// Every order of the operations that were answered, with any of the others in between.
    static func canBeExplained(_ history: [CellOperation]) -> Bool {
        func search(_ state: Int, _ left: [Int]) -> Bool {
            if left.allSatisfy({ history[$0].returned == nil }) { return true }
            for candidate in left {
                let called = history[candidate].calledAt
                let isFirst = left.allSatisfy { (history[$0].returned?.at ?? .max) >= called }
                guard isFirst,
                    let next = CellModel().state(
                        after: history[candidate].input,
                        answered: history[candidate].returned?.output, in: state)
                else { continue }
                if search(next, left.filter { $0 != candidate }) { return true }
            }
            return false
        }
        return search(0, Array(history.indices))
    }

    @Test("is judged as by trying every order", arguments: Array<UInt64>(1...20))
    func againstBruteForce(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var verdicts: Set<Bool> = []
        for _ in 0..<150 {
            let history = (0..<random.below(7)).map { _ -> CellOperation in
                let called = Int64(random.below(12))
                let returned = called + Int64(random.below(6))
                let value = random.below(3)
                if random.chance(0.15) { return CellOperation(.write(value), calledAt: called) }
                return random.chance(0.5)
                    ? write(value, called, returned) : read(value, called, returned)
            }
            let verdict = LinearizabilityChecker(model: CellModel()).check(history)
            let expected = Self.canBeExplained(history)
            verdicts.insert(expected)
            if case .linearizable(let order) = verdict {
                #expect(expected)
                confirm(order, of: history)
            } else {
                #expect(!expected)
            }
        }
        #expect(verdicts == [true, false])
    }
}
