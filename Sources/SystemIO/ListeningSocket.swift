import CSystem
import Glibc

/// Owns a TCP socket that accepts connections and never blocks.
public struct ListeningSocket: ~Copyable, Pollable {
    public let descriptor: Int32
    /// With the port that the kernel chose, if it was asked for port 0.
    public let address: SocketAddress

    /// - Parameter backlog: connections that may wait to be accepted.
    public init(on address: SocketAddress, backlog: Int32 = 1_024) throws(SystemCallFailure) {
        let opened = socket(address.family, StreamSocket.kind, Int32(IPPROTO_TCP))
        guard opened >= 0 else { throw .last("socket", address.description) }
        do throws(SystemCallFailure) {
            self.address = try Self.listen(opened, on: address, backlog: backlog)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    private static func listen(
        _ descriptor: Int32, on address: SocketAddress, backlog: Int32
    ) throws(SystemCallFailure) -> SocketAddress {
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // A node that was killed must be able to listen again at once.
        guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size) == 0 else {
            throw .last("setsockopt", address.description)
        }
        if address.isIPv6 {
            guard setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) == 0 else {
                throw .last("setsockopt", address.description)
            }
        }
        guard address.withSockaddr({ bind(descriptor, $0, $1) }) == 0 else {
            throw .last("bind", address.description)
        }
        guard Glibc.listen(descriptor, backlog) == 0 else {
            throw .last("listen", address.description)
        }
        return SocketAddress.filled { getsockname(descriptor, $0, $1) } ?? address
    }

    /// The next connection; nil if none waits.
    ///
    /// - Throws: among others when there is no descriptor left: stop accepting for a while then.
    public func accept() throws(SystemCallFailure) -> StreamSocket? {
        while true {
            let accepted = accept4(
                descriptor, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            if accepted >= 0 {
                let stream = StreamSocket(descriptor: accepted)
                try stream.setNoDelay()
                return stream
            }
            switch errno {
            case EAGAIN: return nil
            // The client has gone while it waited: that one is no matter, the next one is.
            case EINTR, ECONNABORTED, EPROTO, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EPERM: continue
            default: throw .last("accept4", address.description)
            }
        }
    }
}
