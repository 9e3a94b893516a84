import AdminWire
import Configuration
import HTTPWire
import Toolbox
import Vocabulary

/// Asks the nodes of one cluster.
struct ClusterClient {
    let configuration: ClusterConfiguration
    private let token: String

    /// For a question that a node answers by itself; then it is called down.
    private static let viewTimeout: Duration = .seconds(2)
    /// For what the cluster must agree on; longer than nodes try.
    private static let decisionTimeout: Duration = .seconds(15)

    init(_ config: String) throws(ControlFailure) {
        do throws(ConfigurationFailure) {
            configuration = try ClusterConfiguration.load(config)
        } catch {
            throw .usage("\(error)\nName a configuration with --config FILE.")
        }
        do throws(SecretsFailure) {
            token = try Secrets.adminToken(configuration.secretDirectory)
        } catch {
            throw .usage("\(error)")
        }
    }

    /// Asks one node; nil if it does not answer, or refuses.
    func ask<Answer>(
        _ node: NodeConfiguration, _ request: AdminRequest,
        _ read: (Bytes) throws(AdminFailure) -> Answer
    ) throws(ControlFailure) -> Answer? {
        let response: HTTPResponse
        do throws(AdminConnection.Failure) {
            var connection = try AdminConnection.open(
                to: node, token: token, timeout: Self.viewTimeout)
            response = try connection.ask(request, timeout: Self.viewTimeout)
        } catch {
            return nil
        }
        guard response.status != 401 else { throw refused(node) }
        guard response.status == 200 else { return nil }
        return try Self.decode(response, from: node, read)
    }

    /// Asks one node after the other until one answers, and takes what it says.
    func decide<Answer>(
        _ request: AdminRequest, _ read: (Bytes) throws(AdminFailure) -> Answer
    ) throws(ControlFailure) -> Answer {
        var last = ControlFailure.unreachable("no node has an admin port")
        for node in configuration.nodes {
            let response: HTTPResponse
            do throws(AdminConnection.Failure) {
                var connection = try AdminConnection.open(
                    to: node, token: token, timeout: Self.viewTimeout)
                response = try connection.ask(request, timeout: Self.decisionTimeout)
            } catch {
                last = .unreachable(
                    "node \(node.id.digits): \(error.message)\nIs the cluster running?"
                        + " scripts/cluster status")
                continue
            }
            if response.status == 401 { throw refused(node) }
            if 200...299 ~= response.status {
                return try Self.decode(response, from: node, read)
            }
            last = Self.failure(of: response, from: node)
            guard response.status == 503 else { throw last }
        }
        throw last
    }

    /// A connection for many questions one after the other.
    func connect() throws(ControlFailure) -> AdminConnection {
        var last = "no node has an admin port"
        for node in configuration.nodes {
            do throws(AdminConnection.Failure) {
                return try AdminConnection.open(to: node, token: token, timeout: Self.viewTimeout)
            } catch {
                last = "node \(node.id.digits): \(error.message)"
            }
        }
        throw .unreachable("\(last)\nIs the cluster running? scripts/cluster status")
    }

    private func refused(_ node: NodeConfiguration) -> ControlFailure {
        .usage(
            "node \(node.id.digits) does not take the admin token of"
                + " \(configuration.secretDirectory): was it started with other secrets?")
    }

    private static func decode<Answer>(
        _ response: HTTPResponse, from node: NodeConfiguration,
        _ read: (Bytes) throws(AdminFailure) -> Answer
    ) throws(ControlFailure) -> Answer {
        do throws(AdminFailure) {
            return try read(response.body)
        } catch {
            throw .answer(
                "node \(node.id.digits) answers what this program cannot read: \(error)."
                    + " Are both of one version?")
        }
    }

    static func failure(of response: HTTPResponse, from node: NodeConfiguration) -> ControlFailure {
        do throws(AdminFailure) {
            let error = try AdminError.decode(response.body)
            return .answer("\(error.code): \(error.message)")
        } catch {
            return .answer("node \(node.id.digits) answers with status \(response.status)")
        }
    }
}
