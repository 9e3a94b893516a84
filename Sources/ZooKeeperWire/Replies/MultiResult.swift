public import Toolbox

/// What became of one operation of a multi or multiRead.
public enum MultiResult: Hashable, Sendable {
    /// Of op 1.
    case created(ZnodePath)
    /// Of ops 15, 19 and 21.
    case createdWithStat(ZnodePath, NodeStat)
    case deleted
    case dataSet(NodeStat)
    case checked
    case data(Bytes?, NodeStat)
    case children([Bytes])
    /// Was not wrong, but stands before one that was: error 0.
    case rolledBack
    /// Was wrong; or stands behind one that was: `runtimeInconsistency`.
    case failed(ZooKeeperError)

    /// What a multi of `count` operations answers when that at `index` is wrong.
    ///
    /// - Precondition: `0 <= index < count`.
    public static func failure(
        at index: Int, of count: Int, _ error: ZooKeeperError
    ) -> [MultiResult] {
        invariant(index >= 0 && index < count, "failure at \(index) of \(count)")
        return (0..<count).map {
            $0 < index ? .rolledBack : .failed($0 == index ? error : .runtimeInconsistency)
        }
    }
}
