import AdminWire
import ClientCore
import Configuration
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// The cluster that is measured: where its nodes are, and what opens their admin ports.
struct BenchCluster {
    let configuration: ClusterConfiguration
    private let adminToken: String

    init(config: String) throws(BenchFailure) {
        do throws(ConfigurationFailure) {
            configuration = try ClusterConfiguration.load(config)
        } catch {
            throw .usage("\(error)\nName a configuration with --config FILE.")
        }
        do throws(SecretsFailure) {
            adminToken = try Secrets.adminToken(configuration.secretDirectory)
        } catch {
            throw .usage("\(error)")
        }
    }

    /// What an operator asks of a node.
    func call(_ request: AdminRequest, to node: NodeConfiguration) throws(BenchFailure)
        -> PooledCall
    {
        let server = try Self.address(node.adminHost, node.adminPort)
        let headers: HTTPHeaders = [
            "Authorization": "Bearer \(adminToken)", "Content-Type": "application/json",
        ]
        do throws(HTTPFailure) {
            let request = HTTPRequest(
                method: request.method == .post ? .post : .get,
                target: try HTTPTarget(request.target), host: server.description, headers: headers,
                body: request.body)
            return PooledCall(server: server, request: request.encoded())
        } catch {
            throw .usage("this cannot be asked: \(error)")
        }
    }

    /// What a client asks of a node.
    func call(_ call: HTTPCall, to node: NodeID) throws(BenchFailure) -> PooledCall {
        let node = try self.node(node)
        let host = ServerAddress(host: node.host, port: node.clientPort)
        return PooledCall(
            server: try clientAddress(of: node.id), request: call.encoded(for: host))
    }

    func clientAddress(of id: NodeID) throws(BenchFailure) -> SocketAddress {
        let node = try self.node(id)
        return try Self.address(node.host, node.clientPort)
    }

    func node(_ id: NodeID) throws(BenchFailure) -> NodeConfiguration {
        guard let node = configuration.node(id) else {
            throw .usage("the configuration has no node \(id.digits)")
        }
        return node
    }

    private static func address(
        _ host: String, _ port: UInt16
    ) throws(BenchFailure) -> SocketAddress {
        guard let address = SocketAddress(host: host, port: port) else {
            throw .usage("\(host) is no IP address")
        }
        return address
    }

    // MARK: Reading answers

    /// The admin answer in a response.
    static func decode<Answer>(
        _ response: HTTPResponse?, of what: String,
        _ read: (Bytes) throws(AdminFailure) -> Answer
    ) throws(BenchFailure) -> Answer {
        let body = try body(of: response, what)
        do throws(AdminFailure) {
            return try read(body)
        } catch {
            throw .answer("\(what): the answer cannot be read: \(error)")
        }
    }

    /// The body of a response that says yes.
    static func body(of response: HTTPResponse?, _ what: String) throws(BenchFailure) -> Bytes {
        guard let response else {
            throw .unreachable("\(what): no answer. Is the cluster running?")
        }
        guard 200...299 ~= response.status else {
            throw .answer("\(what): \(response.status) \(response.body.text ?? "")")
        }
        return response.body
    }
}
