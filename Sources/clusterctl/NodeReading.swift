import AdminWire
import Configuration
import Vocabulary

/// What nodes said of themselves, with a line for each that did not.
struct NodeReading<Value> {
    /// Ascending by node.
    let told: [(node: NodeConfiguration, value: Value)]
    /// Ascending by node.
    let failed: [(node: NodeConfiguration, failure: AdminCallFailure)]

    /// - Parameter read: takes one answer apart.
    init(
        _ answers: [NodeAnswer],
        _ read: (NodeAnswer) throws(AdminCallFailure) -> Value
    ) {
        var told: [(node: NodeConfiguration, value: Value)] = []
        var failed: [(node: NodeConfiguration, failure: AdminCallFailure)] = []
        for answer in answers {
            do throws(AdminCallFailure) {
                told.append((answer.node, try read(answer)))
            } catch {
                failed.append((answer.node, error))
            }
        }
        self.told = told
        self.failed = failed
    }

    /// Tells why nodes gave no answer.
    func complain(_ console: inout some Console) {
        for (node, failure) in failed { console.complain("node \(node.id.digits): \(failure)") }
    }

    /// How a command ends for which one answer would have been enough.
    var status: ExitStatus {
        guard told.isEmpty else { return .good }
        return failed.allSatisfy(\.failure.isSilence) ? .unreachable : .bad
    }
}
