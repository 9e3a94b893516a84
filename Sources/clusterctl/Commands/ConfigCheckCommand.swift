import Configuration
import Toolbox

/// `clusterctl config check`
struct ConfigCheckCommand: Command {
    static let description = CommandDescription(
        path: ["config", "check"], summary: "Tells all that is wrong with a configuration.",
        operands: [.init("FILE", help: "the configuration")],
        details: "Exits with 1 if nodes would refuse to start with it.")

    private let file: String

    init(_ arguments: CommandArguments) { file = arguments.operands[0] }

    func run(_ options: GlobalOptions, _ console: inout some Console) -> ControlStatus {
        do throws(ConfigurationFailure) {
            let good = try ClusterConfiguration.load(file)
            console.write(options.printsJSON ? json([]) : text(good))
            return .good
        } catch {
            if options.printsJSON { console.write(json(error.problems)) }
            for problem in error.problems { console.complain("\(problem)") }
            return .bad
        }
    }

    private func text(_ configuration: ClusterConfiguration) -> String {
        "\(file) is good: cluster \(configuration.cluster), \(configuration.nodes.count) nodes,"
            + " \(configuration.shardsCount) shards, \(configuration.replicas) copies\n"
    }

    private func json(_ problems: [ConfigurationFailure.Problem]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("file", file)
        json.member("good", problems.isEmpty)
        json.key("problems")
        json.beginArray()
        for problem in problems {
            json.beginObject()
            json.member("line", ifAny: problem.line.map { Int64($0) })
            json.member("message", problem.message)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.take().line
    }
}
