import Configuration
import Toolbox

/// `clusterctl secrets create`
struct SecretsCreateCommand: Command {
    static let description = CommandDescription(
        path: ["secrets", "create"], summary: "Makes the secrets that nodes need to start.",
        options: [
            .init(
                "--directory", "DIR", help: "where (default: the configuration's secretDirectory)")
        ],
        details: """
            Secrets that are there already stay as they are. The folder and its files are open to
            the user that runs this alone; the nodes must run as the same user.
            """)

    private let directory: String?

    init(_ arguments: CommandArguments) { directory = arguments.options["--directory"] }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let directory: String
        if let given = self.directory {
            directory = given
        } else {
            directory = try options.configuration().secretDirectory
        }
        let made: [String]
        do throws(SecretsFailure) {
            made = try Secrets.create(directory)
        } catch {
            throw .bad("\(error)")
        }
        console.write(options.printsJSON ? json(directory, made) : text(directory, made))
        return .good
    }

    private func text(_ directory: String, _ made: [String]) -> String {
        made.isEmpty
            ? "\(directory) has all secrets already\n"
            : "\(directory): made \(made.joined(separator: ", "))\n"
    }

    private func json(_ directory: String, _ made: [String]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("directory", directory)
        json.key("made")
        json.beginArray()
        for file in made { json.value(file) }
        json.endArray()
        json.endObject()
        return json.take().line
    }
}
