import Configuration
import Toolbox
import Vocabulary

/// `config check` and `secrets create`: what is done without a cluster.
enum ConfigurationCommands {
    static func check(_ file: String, isJSON: Bool) -> Output {
        do throws(ConfigurationFailure) {
            let configuration = try ClusterConfiguration.load(file)
            if isJSON { return .json(json([])) }
            return Output(
                """
                \(file): right: cluster \(configuration.cluster), \
                \(configuration.nodes.count) nodes, \(configuration.groups.count) replica groups, \
                \(configuration.replicas) copies of each

                """)
        } catch {
            guard isJSON else { return Output("\(error)\n", isBad: true) }
            return .json(json(error.problems), isBad: true)
        }
    }

    /// A word and its value on each line.
    static func show(_ file: String) throws(ControlFailure) -> Output {
        do throws(ConfigurationFailure) {
            let configuration = try ClusterConfiguration.load(file)
            let lines =
                [
                    "cluster \(configuration.cluster)", "state \(configuration.stateDirectory)",
                    "secrets \(configuration.secretDirectory)",
                ] + configuration.nodes.map { "node \($0.id.digits) \($0.clientURL)" }
            return Output(lines.map { $0 + "\n" }.joined())
        } catch {
            throw .usage("\(error)")
        }
    }

    private static func json(_ problems: [ConfigurationFailure.Problem]) -> Bytes {
        let list = problems.map { problem -> JSONValue in
            [
                "file": .text(problem.file),
                "line": problem.line.map { .integer(Int64($0)) } ?? .null,
                "message": .text(problem.message),
            ]
        }
        let value: JSONValue = ["valid": .bool(problems.isEmpty), "problems": .array(list)]
        return value.encoded()
    }

    static func createSecrets(_ invocation: Invocation) throws(ControlFailure) -> Output {
        let configuration: ClusterConfiguration
        let made: [String]
        do throws(ConfigurationFailure) {
            configuration = try ClusterConfiguration.load(invocation.config)
        } catch {
            throw .usage("\(error)\nName a configuration with --config FILE.")
        }
        let directory = configuration.secretDirectory
        do throws(SecretsFailure) {
            made = try Secrets.create(directory)
        } catch {
            throw .usage("\(error)")
        }
        if invocation.isJSON {
            let value: JSONValue = [
                "directory": .text(directory), "made": .array(made.map { .text($0) }),
            ]
            return .json(value.encoded())
        }
        return Output(
            made.isEmpty
                ? "\(directory): all secrets are there\n"
                : "\(directory): made \(made.joined(separator: ", "))\n")
    }
}
