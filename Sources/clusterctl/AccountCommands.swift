import AdminWire
import Configuration
import HTTPWire
import Toolbox
import Vocabulary

/// `user`, `user import`, `token issue`.
struct AccountCommands {
    private let client: ClusterClient
    private let isJSON: Bool

    init(_ invocation: Invocation) throws(ControlFailure) {
        client = try ClusterClient(invocation.config)
        isJSON = invocation.isJSON
    }

    func describe(_ name: String) throws(ControlFailure) -> Output {
        let reference = UserID(digits: name).map { AdminRequest.UserReference.id($0) }
        let user = try client.decide(.user(reference ?? .name(name))) {
            bytes throws(AdminFailure) in try UserStatus.decode(bytes)
        }
        if isJSON { return .json(user.encoded()) }
        let devices = user.devices.map(\.description).joined(separator: " ")
        return Output(
            """
            \(user.user) \(user.name) "\(user.displayName)"
            home     \(user.home)
            chats    \(user.chats)
            devices  \(devices.isEmpty ? "-" : devices)

            """)
    }

    func issueToken(_ name: String, _ device: String) throws(ControlFailure) -> Output {
        let request = AdminRequest.issueToken(TokenRequest(name: name, device: device))
        let issued = try client.decide(request) { bytes throws(AdminFailure) in
            try IssuedToken.decode(bytes)
        }
        return isJSON ? .json(issued.encoded()) : Output(issued.token + "\n")
    }

    // MARK: Import

    private static let importTimeout: Duration = .seconds(15)
    private static let attemptsMaximum = 8

    func importUsers(_ file: String) throws(ControlFailure) -> Output {
        let accounts = try AccountFile.read(file)
        var made = 0
        var taken: [String] = []
        var failed: [String] = []
        var connection = try client.connect()
        for account in accounts {
            switch try importOne(account, over: &connection) {
            case .made: made += 1
            case .taken: taken.append(account.name)
            case .failed(let message): failed.append("\(account.name): \(message)")
            }
        }
        return report(made: made, taken: taken, failed: failed)
    }

    private enum ImportOutcome {
        case made
        case taken
        case failed(String)
    }

    /// Repeats what the cluster could not do just now; a repeat of what was done says `taken`.
    private func importOne(
        _ account: UserImport, over connection: inout AdminConnection
    ) throws(ControlFailure) -> ImportOutcome {
        var message = ""
        for _ in 0..<Self.attemptsMaximum {
            do throws(AdminConnection.Failure) {
                let response = try connection.ask(
                    .importUser(account), timeout: Self.importTimeout)
                if response.status == 201 { return .made }
                message = Self.message(of: response)
                if response.status == 409, message.hasPrefix("name_taken") { return .taken }
                guard response.status == 503 || response.status == 504 else {
                    return .failed(message)
                }
            } catch {
                message = error.message
                connection = try client.connect()
            }
        }
        return .failed(message)
    }

    private static func message(of response: HTTPResponse) -> String {
        do throws(AdminFailure) {
            let error = try AdminError.decode(response.body)
            return "\(error.code): \(error.message)"
        } catch {
            return "status \(response.status)"
        }
    }

    private func report(made: Int, taken: [String], failed: [String]) -> Output {
        guard isJSON else {
            let lines =
                taken.map { "\($0): is there already" } + failed
                + ["\(made) made, \(taken.count) there already, \(failed.count) failed"]
            return Output(lines.joined(separator: "\n") + "\n", isBad: !failed.isEmpty)
        }
        let value: JSONValue = [
            "made": .integer(Int64(made)), "taken": .array(taken.map { .text($0) }),
            "failed": .array(failed.map { .text($0) }),
        ]
        return .json(value.encoded(), isBad: !failed.isEmpty)
    }
}
