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
    private var isStopping = false

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
        isStopping = false
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

    /// SIGTERM; `hasStopped` tells when it is gone.
    func stop() throws(ChaosFailure) {
        do throws(SystemCallFailure) {
            try child?.askToEnd()
        } catch {
            throw ChaosFailure(error)
        }
        isStopping = true
    }

    /// Whether the node that was told to stop has ended.
    ///
    /// - Throws: if it has ended otherwise than it should.
    func hasStopped() throws(ChaosFailure) -> Bool {
        let status: ChildProcess.ExitStatus?
        do throws(SystemCallFailure) {
            status = try child?.exitStatus()
        } catch {
            throw ChaosFailure(error)
        }
        guard let status else { return child == nil }
        guard status == .exited(code: 0) else {
            throw .nodeEnded(id, how: "\(status) after SIGTERM")
        }
        child = nil
        return true
    }

    /// - Throws: if the node has ended by itself.
    func expectAlive() throws(ChaosFailure) {
        guard !isStopping else { return }
        do throws(SystemCallFailure) {
            guard let status = try child?.exitStatus() else { return }
            throw SystemCallFailure("\(status)", code: 0)
        } catch {
            throw ChaosFailure.nodeEnded(id, how: error.call)
        }
    }
}
