import Glibc
import Toolbox

/// The program: from a command line to an exit status.
public enum ClusterControl {
    /// Runs the command line of this process and ends it.
    public static func main(_ arguments: [String]) {
        var console = ProcessConsole()
        var status = run(Array(arguments.dropFirst()), &console)
        if console.hasFailed {
            console.complain("the answer could not be written whole")
            status = .bad
        }
        exit(status.rawValue)
    }

    /// Runs one command line.
    ///
    /// - Parameter words: without the program's name.
    public static func run(_ words: [String], _ console: inout some Console) -> ExitStatus {
        let outcome: ArgumentParser.Outcome
        do throws(ArgumentFailure) {
            outcome = try ArgumentParser.parse(
                words, commands: CommandTable.descriptions, globalOptions: GlobalOptions.described)
        } catch {
            let command = (["clusterctl"] + error.path).joined(separator: " ")
            console.complain("\(error.message)\nTry \"\(command) --help\".")
            return .usage
        }
        switch outcome {
        case .help(let path):
            console.write(help(for: path))
            return .good
        case .run(let arguments):
            return run(arguments, &console)
        }
    }

    private static func help(for path: [String]) -> String {
        HelpText(commands: CommandTable.descriptions, globalOptions: GlobalOptions.described)
            .text(for: path)
    }

    private static func run(
        _ arguments: CommandArguments, _ console: inout some Console
    ) -> ExitStatus {
        let type = CommandTable.commands.first { $0.description.path == arguments.path }
        guard let type else { unreachable("no command has the path \(arguments.path)") }
        do throws(ControlFailure) {
            let options = try GlobalOptions(arguments)
            return try type.init(arguments).run(options, &console)
        } catch {
            console.complain(error.message)
            return error.status
        }
    }
}
