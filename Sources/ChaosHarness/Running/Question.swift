import AdminWire
import ClientCore
import HTTPWire
import SystemIO
import Toolbox

/// One HTTP request of the harness to a node, and where it goes.
struct Question {
    let address: SocketAddress
    let bytes: Bytes

    /// Through the public protocol.
    init(_ call: HTTPCall, to address: SocketAddress) {
        self.address = address
        bytes = call.encoded(for: ServerAddress(host: address.host, port: address.port))
    }

    /// As an operator.
    init(_ request: AdminRequest, to address: SocketAddress, token: String) {
        self.address = address
        do throws(HTTPFailure) {
            bytes = HTTPRequest(
                method: request.method == .post ? .post : .get,
                target: try HTTPTarget(request.target),
                host: "\(address.host):\(address.port)",
                headers: [
                    "Authorization": "Bearer \(token)", "Content-Type": "application/json",
                ],
                body: request.body
            ).encoded()
        } catch {
            unreachable("our own target \(request.target): \(error)")
        }
    }
}
