import ReplicatedState
import ClusterNode
import SystemIO
import Toolbox

/// A thread for slow work: password hashing, or snapshots being encoded.
final class WorkBench: ThreadBody {
    struct Task: Sendable {
        var work: WorkID
        var request: WorkRequest
    }

    let tasks: Mailbox<Task>
    private let results: Mailbox<ShellMessage>
    private let hasher: PasswordHasher

    init(
        hasher: PasswordHasher, results: Mailbox<ShellMessage>
    ) throws(SystemCallFailure) {
        tasks = try Mailbox()
        self.hasher = hasher
        self.results = results
    }

    func run() {
        var batch = ContiguousArray<Task>()
        while true {
            tasks.receive(into: &batch)
            for task in batch {
                results.post(.workCompleted(task.work, carryOut(task.request)))
            }
        }
    }

    private func carryOut(_ request: WorkRequest) -> WorkResult {
        switch request {
        case .hash(let password):
            do throws(SystemCallFailure) {
                return .hashed(Bytes(try hasher.hash(password)))
            } catch {
                return .failed
            }
        case .verify(let password, let hash):
            let isRight = PasswordHasher.verify(
                password, against: hash?.text ?? hasher.decoyHash)
            return .verified(isRight && hash != nil)
        case .encode(let snapshot): return .encoded(snapshot.encode())
        }
    }
}
