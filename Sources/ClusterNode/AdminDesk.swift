import Credentials
import HTTPWire
import Toolbox
import Vocabulary

/// The operators' connections: HTTP requests in, each with the admin token.
struct AdminDesk: Sendable {
    private struct Connection: Sendable {
        var decoder = HTTPRequestDecoder(limits: HTTPLimits(bodyBytesMaximum: 2 << 20))
        var isClosing = false
    }

    /// What came in on a connection.
    enum Arrival: Sendable {
        case request(HTTPRequest)
        /// Answer with this and close.
        case refused(HTTPFailure)
    }

    private let token: Bytes
    private var connections: SortedMap<ConnectionID, Connection> = SortedMap()

    init(token: Bytes) { self.token = token }

    func has(_ connection: ConnectionID) -> Bool { connections[connection] != nil }

    func isClosing(_ connection: ConnectionID) -> Bool {
        connections[connection]?.isClosing ?? false
    }

    mutating func connected(_ connection: ConnectionID) { connections[connection] = Connection() }
    mutating func closed(_ connection: ConnectionID) {
        connections.removeValue(forKey: connection)
    }

    mutating func received(_ connection: ConnectionID, _ bytes: Bytes) -> [Arrival] {
        connections.update(connection) { state in
            guard !state.isClosing else { return [] }
            state.decoder.append(bytes)
            var arrivals: [Arrival] = []
            do throws(HTTPFailure) {
                while let request = try state.decoder.next() {
                    arrivals.append(.request(request))
                    guard request.keepAlive else {
                        state.isClosing = true
                        break
                    }
                }
            } catch {
                state.isClosing = true
                arrivals.append(.refused(error))
            }
            return arrivals
        } ?? []
    }

    /// Whether the request carries the admin token. Takes the same time wherever it differs.
    func admits(_ request: HTTPRequest) -> Bool {
        guard let given = request.bearerToken else { return false }
        return !token.isEmpty && ConstantTime.equal(Bytes(given), token)
    }
}
