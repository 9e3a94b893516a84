import SystemIO
import Vocabulary

/// One node as a process that may be killed and started again.
///
/// A class, because it owns a process.
final class NodeProcess {
    let files: ClusterFiles.Node
    private let program: String
    private let configuration: String
    private var child: ChildProcess?
    private(set) var startsCount = 0

    init(_ files: ClusterFiles.Node, program: String, configuration: String) {
        self.files = files
        self.program = program
        self.configuration = configuration
    }

    var id: NodeID { files.id }

    func start() throws(ChaosFailure) {
        do throws(SystemCallFailure) {
            child = try ChildProcess.start(
                program, ["--config", configuration, "--node", id.digits],
                standardError: files.observations)
        } catch {
            throw ChaosFailure(error)
        }
        startsCount += 1
    }

    /// SIGKILL; it is gone when this returns.
    func kill() throws(ChaosFailure) {
        do throws(SystemCallFailure) {
            try child?.end()
        } catch {
            throw ChaosFailure(error)
        }
        child = nil
    }

    /// - Throws: if the node has ended by itself.
    func expectAlive() throws(ChaosFailure) {
        do throws(SystemCallFailure) {
            guard let status = try child?.exitStatus() else { return }
            throw SystemCallFailure("\(status)", code: 0)
        } catch {
            throw ChaosFailure.nodeEnded(id, how: error.call)
        }
    }
}
