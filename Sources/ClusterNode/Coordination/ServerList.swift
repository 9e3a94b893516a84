import Toolbox
import Vocabulary

/// What `/zookeeper/config` says: one line for each server, and the list's version.
///
/// Servers that are no nodes of this cluster may be listed as observers, as clients of ZooKeeper's
/// `reconfig` do; they decide nothing.
struct ServerList: Hashable, Sendable {
    enum Role: String, Hashable, Sendable { case participant, observer }

    struct Server: Hashable, Sendable {
        var number: UInt32
        var role: Role
        /// As it is listed, `server.` and all.
        var line: String
    }

    private(set) var servers: [Server] = []
    var version: UInt64

    init(version: UInt64) { self.version = version }

    /// Nil if it is no such list. An empty text is the empty list of version 0.
    init?(_ text: Bytes) {
        version = 0
        guard let text = text.text else { return nil }
        for line in text.split(separator: "\n") {
            if line.hasPrefix("version=") {
                guard let number = UInt64(line.dropFirst(8), radix: 16) else { return nil }
                version = number
            } else {
                guard let server = Self.server(line) else { return nil }
                set(server)
            }
        }
    }

    var text: Bytes {
        Bytes(
            servers.map(\.line).joined(separator: "\n") + (servers.isEmpty ? "" : "\n")
                + "version=" + String(version, radix: 16))
    }

    func server(_ number: UInt32) -> Server? { servers.first { $0.number == number } }

    mutating func set(_ server: Server) {
        remove(server.number)
        let place = servers.firstIndex { $0.number > server.number } ?? servers.count
        servers.insert(server, at: place)
    }

    mutating func remove(_ number: UInt32) { servers.removeAll { $0.number == number } }

    // MARK: As clients write it

    /// `server.4=host:2888:3888:observer;2181`, more of them behind commas; nil if it is not that.
    static func servers(_ text: Bytes) -> [Server]? {
        guard let text = text.text else { return nil }
        var servers: [Server] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let server = server(part) else { return nil }
            servers.append(server)
        }
        return servers
    }

    /// `1,2,3`; nil if it is not that.
    static func numbers(_ text: Bytes) -> [UInt32]? {
        guard let text = text.text else { return nil }
        var numbers: [UInt32] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = UInt32(part) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private static func server(_ line: Substring) -> Server? {
        let sides = line.split(separator: "=", maxSplits: 1)
        guard sides.count == 2, sides[0].hasPrefix("server."),
            let number = UInt32(sides[0].dropFirst(7))
        else { return nil }
        let parts = sides[1].split(separator: ";")[0].split(separator: ":")
        guard parts.count == 3 || parts.count == 4, UInt16(parts[1]) != nil,
            UInt16(parts[2]) != nil
        else { return nil }
        let name = parts.count == 4 ? String(parts[3]) : Role.participant.rawValue
        guard let role = Role(rawValue: name) else { return nil }
        return Server(number: number, role: role, line: String(line))
    }
}
