import Configuration
import Glibc
import SystemIO
import Testing
import Toolbox
import clusterctl

/// Three nodes as far as `clusterctl` can see: a configuration, secrets, and who answers on the
/// admin ports. A node without a script is down.
final class TestCluster {
    let folder: Folder
    let token: String
    private(set) var responders: [AdminResponder?] = []

    init(_ scripts: [[String: [AdminResponder.Reply]]?]) throws {
        var template = Array("/tmp/clusterctl-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        folder = Folder(String(cString: made))
        let secrets = folder.path(of: "secrets")
        _ = try Secrets.create(secrets)
        token = try Secrets.adminToken(secrets)
        for script in scripts {
            let responder = try script.map { try AdminResponder($0) }
            // The thread is let go: it ends when it is told to stop.
            if let responder { _ = try WorkerThread.start(name: "responder", responder) }
            responders.append(responder)
        }
        try write("cluster.json5", configuration)
    }

    deinit {
        for responder in responders { responder?.stop() }
        do {
            for name in try Folder(folder.path(of: "secrets")).names() {
                _ = try Folder(folder.path(of: "secrets")).remove(name)
            }
            for name in try folder.names() where name != "secrets" {
                _ = try folder.remove(name)
            }
        } catch {
            Issue.record("\(folder.path) could not be emptied: \(error)")
        }
        rmdir(folder.path(of: "secrets"))
        rmdir(folder.path)
    }

    var config: String { folder.path(of: "cluster.json5") }

    func folder(named name: String) -> Folder { Folder(folder.path(of: name)) }

    func write(_ name: String, _ text: String) throws {
        try folder.replace(name, by: Bytes(text))
    }

    /// Runs `clusterctl --config … words`.
    func run(
        _ words: String...
    ) -> (status: ControlStatus, output: String, complaints: String) {
        var console = RecordingConsole()
        let status = ClusterControl.run(words + ["--config", config], &console)
        return (status, console.output, console.complaints)
    }

    private var configuration: String {
        let nodes = responders.enumerated().map { index, responder in
            // Nobody listens on ports this low: the node is down.
            let admin = responder?.port ?? UInt16(index + 1)
            return """
                { id: \(index + 1), host: "127.0.0.1", zone: "a", peerPort: \(101 + index),
                  clientPort: \(201 + index), adminPort: \(admin), dataDirectory: "n\(index + 1)",
                  roles: ["gateway", "storage"] }
                """
        }
        return """
            { cluster: "test", stateDirectory: ".", shards: 1, replicas: 3,
              nodes: [\(nodes.joined(separator: ","))] }
            """
    }
}
