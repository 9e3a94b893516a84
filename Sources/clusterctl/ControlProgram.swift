import Glibc
import SystemIO

/// `clusterctl`: prints what was asked for, or what is wrong on standard error.
enum ControlProgram {
    static func run(_ arguments: [String]) {
        do throws(ControlFailure) {
            let invocation = try Invocation(Array(arguments.dropFirst()))
            let output = try answer(invocation)
            print(output.text, terminator: "")
            exit(output.isBad ? 1 : 0)
        } catch {
            StandardError.write("clusterctl: \(error.message)\n")
            exit(error.exitStatus)
        }
    }

    private static func answer(_ invocation: Invocation) throws(ControlFailure) -> Output {
        switch invocation.command {
        case .help(let topic): return Output(topic.text)
        case .checkConfiguration(let file):
            return ConfigurationCommands.check(file, isJSON: invocation.isJSON)
        case .showConfiguration(let file): return try ConfigurationCommands.show(file)
        case .createSecrets: return try ConfigurationCommands.createSecrets(invocation)
        case .status: return try ViewCommands(invocation).status()
        case .nodes: return try ViewCommands(invocation).nodes()
        case .groups(let copies): return try ViewCommands(invocation).groups(copies: copies)
        case .shards: return try ViewCommands(invocation).shards()
        case .chat(let chat): return try ChatCommand(invocation).describe(chat)
        case .user(let name): return try AccountCommands(invocation).describe(name)
        case .importUsers(let file): return try AccountCommands(invocation).importUsers(file)
        case .issueToken(let name, let device):
            return try AccountCommands(invocation).issueToken(name, device)
        }
    }
}

/// What a command prints, and whether it is what one hopes for.
struct Output {
    var text: String
    /// The command worked, and what it found is bad: exit status 1.
    var isBad = false

    init(_ text: String, isBad: Bool = false) {
        self.text = text
        self.isBad = isBad
    }
}
