public import ClusterNode
import CoordinationService
import Toolbox

/// Why secrets cannot be used or made, with what to do about it.
public struct SecretsFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let message: String

    public var description: String { "\(path) \(message)" }
}

/// What all nodes of a cluster know and nobody else: three files in a folder of their own.
///
/// Two more may be there for the coordination service's clients: who may do everything, and who may
/// log in.
///
/// Each of the three holds 32 random bytes as 64 hexadecimal digits. Folder and files belong to the
/// user that runs the nodes, and to him alone; others are refused, as `sshd` does.
public enum Secrets {
    public static let secretBytes = 32
    /// With which nodes prove to each other that they belong together.
    public static let clusterFile = "cluster"
    /// With which tokens are signed.
    public static let tokensFile = "tokens"
    /// What operators show.
    public static let adminFile = "admin"

    /// If it is there: who may do everything in the coordination tree, as `user:digest`.
    public static let coordinationSuperFile = "coordination-super"
    /// If it is there: who may log in there by SASL, a `user:password` on each line.
    public static let coordinationUsersFile = "coordination-users"

    private static let files = [clusterFile, tokensFile, adminFile]

    /// Reads the secrets in `directory`.
    public static func load(_ directory: String) throws(SecretsFailure) -> NodeSecrets {
        try expectPrivate(directory)
        var secrets = NodeSecrets(
            cluster: try secret(clusterFile, in: directory),
            tokens: try secret(tokensFile, in: directory),
            admin: Bytes(HexDigits.encode(try secret(adminFile, in: directory))))
        secrets.coordinationSuper = try coordinationSuper(in: directory)
        secrets.coordinationUsers = try coordinationUsers(in: directory)
        return secrets
    }

    /// What operators show to nodes: 64 hexadecimal digits.
    public static func adminToken(_ directory: String) throws(SecretsFailure) -> String {
        try expectPrivate(directory)
        return HexDigits.encode(try secret(adminFile, in: directory))
    }

    /// Makes the secrets that are missing in `directory`, and `directory` itself.
    ///
    /// - Returns: the names of the files that were made; those that were there stay as they are.
    public static func create(_ directory: String) throws(SecretsFailure) -> [String] {
        var made: [String] = []
        do throws(FileAccess.Failure) {
            try FileAccess.createFolder(directory)
            try FileAccess.expectPrivate(directory)
        } catch {
            throw SecretsFailure(path: directory, message: error.message)
        }
        for file in files {
            let path = Path.join(directory, file)
            guard !FileAccess.exists(path) else { continue }
            do throws(FileAccess.Failure) {
                let digits = HexDigits.encode(Bytes(try FileAccess.randomBytes(secretBytes)))
                try FileAccess.createPrivate(path, Array((digits + "\n").utf8))
            } catch {
                throw SecretsFailure(path: path, message: error.message)
            }
            made.append(file)
        }
        return made
    }

    private static func expectPrivate(_ path: String) throws(SecretsFailure) {
        guard FileAccess.exists(path) else {
            throw SecretsFailure(
                path: path, message: "does not exist: make it with \"clusterctl secrets create\"")
        }
        do throws(FileAccess.Failure) {
            try FileAccess.expectPrivate(path)
        } catch {
            throw SecretsFailure(path: path, message: error.message)
        }
    }

    private static func coordinationSuper(
        in directory: String
    ) throws(SecretsFailure) -> Bytes? {
        let path = Path.join(directory, coordinationSuperFile)
        guard FileAccess.exists(path) else { return nil }
        let lines = try lines(of: path)
        guard lines.count == 1, lines[0].split(separator: ":").count == 2 else {
            throw SecretsFailure(
                path: path, message: "must hold one line user:digest, as setAcl takes it")
        }
        return Bytes(String(lines[0]))
    }

    private static func coordinationUsers(
        in directory: String
    ) throws(SecretsFailure) -> [CoordinationUser] {
        let path = Path.join(directory, coordinationUsersFile)
        guard FileAccess.exists(path) else { return [] }
        var users: [CoordinationUser] = []
        for (number, line) in try lines(of: path).enumerated() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else {
                throw SecretsFailure(
                    path: path, message: "must hold user:password in line \(number + 1)")
            }
            users.append(
                CoordinationUser(name: Bytes(String(parts[0])), password: Bytes(String(parts[1]))))
        }
        return users
    }

    private static func lines(of path: String) throws(SecretsFailure) -> [Substring] {
        try expectPrivate(path)
        do throws(FileAccess.Failure) {
            let text = try FileAccess.read(path, bytesMaximum: 65_536)
            return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
                .map { Substring($0) }
        } catch {
            throw SecretsFailure(path: path, message: error.message)
        }
    }

    private static func secret(
        _ file: String, in directory: String
    ) throws(SecretsFailure) -> Bytes {
        let path = Path.join(directory, file)
        let line = try lines(of: path)
        guard line.count == 1, let secret = HexDigits.decode(line[0]), secret.count == secretBytes
        else {
            throw SecretsFailure(
                path: path, message: "must hold 64 hexadecimal digits and nothing else")
        }
        // What people type when asked for a secret: one digit over and over, or counting.
        guard Set(secret.array).count >= secretBytes / 2 else {
            throw SecretsFailure(
                path: path,
                message: "holds an example, no secret: remove it and run"
                    + " \"clusterctl secrets create\"")
        }
        return secret
    }
}
