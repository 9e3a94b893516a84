import Toolbox
import Vocabulary

/// The terms of a stretch of log, one element per run of equal terms.
///
/// A log of millions of entries has as many runs as it saw leaders, so that looking a term up and
/// searching a conflict cost a step or two and never touch the entries.
struct TermRuns: Sendable {
    private struct Run: Sendable {
        var first: LogIndex
        let term: Term
    }

    private var runs: [Run] = []

    var count: Int { runs.count }
    var last: Term? { runs.last?.term }

    /// - Precondition: `index` follows the last one noted, and `term` is not below its term.
    mutating func append(_ term: Term, at index: LogIndex) {
        if let last = runs.last {
            if last.term == term { return }
            invariant(last.term < term, "\(term) at \(index) after \(last.term)")
        }
        runs.append(Run(first: index, term: term))
    }

    mutating func truncate(from index: LogIndex) {
        while let last = runs.last, last.first >= index { runs.removeLast() }
    }

    mutating func dropPrefix(through index: LogIndex, last: LogIndex) {
        guard index < last else {
            runs = []
            return
        }
        var gone = 0
        while gone + 1 < runs.count, runs[gone + 1].first <= index.next { gone += 1 }
        runs.removeFirst(gone)
        if let first = runs.first, first.first <= index { runs[0].first = index.next }
    }

    mutating func removeAll() { runs = [] }

    /// - Precondition: `index` is in the stretch.
    func term(at index: LogIndex) -> Term {
        var position = runs.count - 1
        // Nearly all questions are about the newest run or the one before.
        while position > 0, runs[position].first > index { position -= 1 }
        invariant(
            position >= 0 && runs[position].first <= index, "no term known at \(index)")
        return runs[position].term
    }

    /// The greatest index up to `index` whose term is not above `term`; nil if all are above.
    func lastIndex(upTo index: LogIndex, termAtMost term: Term) -> LogIndex? {
        var end = index
        for run in runs.reversed() where run.first <= index {
            if run.term <= term { return end }
            end = run.first.previous
        }
        return nil
    }
}
