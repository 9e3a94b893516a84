import CSystem
import Glibc
public import Toolbox

/// Owns one TCP connection that never blocks; letting go of the value closes it.
public struct StreamSocket: ~Copyable, Pollable {
    public enum ReadOutcome: Hashable, Sendable {
        case read(count: Int)
        /// Nothing now.
        case wouldBlock
        /// The other side will send no more.
        case ended
    }

    public let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Begins to connect. When the socket becomes writable, `finishConnecting` tells how it went.
    public static func connect(
        to address: SocketAddress
    ) throws(SystemCallFailure) -> StreamSocket {
        let opened = socket(address.family, Self.kind, Int32(IPPROTO_TCP))
        guard opened >= 0 else { throw .last("socket", address.description) }
        let stream = StreamSocket(descriptor: opened)
        try stream.setNoDelay()
        let result = address.withSockaddr { Glibc.connect(opened, $0, $1) }
        if result != 0, errno != EINPROGRESS, errno != EINTR {
            throw .last("connect", address.description)
        }
        return stream
    }

    static let kind = Int32(
        SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

    /// - Throws: why the connection could not be made.
    public func finishConnecting() throws(SystemCallFailure) {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
            throw .last("getsockopt")
        }
        guard code == 0 else { throw SystemCallFailure("connect", code: code) }
    }

    /// Small frames leave at once instead of waiting for an acknowledgement of earlier ones.
    func setNoDelay() throws(SystemCallFailure) {
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size) == 0 else {
            throw .last("setsockopt")
        }
    }

    /// Who is at the other end; nil when the connection is gone.
    public var peerAddress: SocketAddress? {
        addressBy { getpeername(descriptor, $0, $1) }
    }

    /// This end.
    public var localAddress: SocketAddress? {
        addressBy { getsockname(descriptor, $0, $1) }
    }

    private func addressBy(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        SocketAddress.filled(by: call)
    }

    // MARK: Reading and writing

    /// Reads what is there into a buffer that is used again and again.
    public func read(into buffer: borrowing ReadBuffer) throws(SystemCallFailure) -> ReadOutcome {
        let space = buffer.space
        let count = retrying { recv(descriptor, space.baseAddress, space.count, 0) }
        if count > 0 { return .read(count: count) }
        if count == 0 { return .ended }
        if errno == EAGAIN { return .wouldBlock }
        throw .last("recv")
    }

    /// Writes as much as the kernel takes; 0 if it takes nothing now.
    ///
    /// A connection that the other side has closed throws; it never raises a signal.
    ///
    /// - Parameter isLast: `endWriting` follows at once: the kernel keeps what fits into one packet
    ///   until then, so that both leave in one and wake the other side once.
    public func write(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool = false
    ) throws(SystemCallFailure) -> Int {
        let flags = Int32(isLast ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL)
        let count = retrying { send(descriptor, bytes.baseAddress, bytes.count, flags) }
        if count >= 0 { return count }
        if errno == EAGAIN { return 0 }
        throw .last("send")
    }

    /// Says that nothing more will be written; reading goes on.
    public func endWriting() throws(SystemCallFailure) {
        guard shutdown(descriptor, Int32(SHUT_WR)) == 0 else { throw .last("shutdown") }
    }
}

extension SocketAddress {
    static func filled(
        by call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        return result == 0 ? SocketAddress(storage) : nil
    }
}

/// Where sockets put what they read; one per thread.
public struct ReadBuffer: ~Copyable {
    let space: UnsafeMutableRawBufferPointer

    public init(bytes: Int = 64 << 10) {
        space = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
    }

    deinit { space.deallocate() }

    /// A copy of the first `count` bytes.
    public func bytes(_ count: Int) -> Bytes {
        Bytes([UInt8](UnsafeRawBufferPointer(rebasing: space[..<count])))
    }
}
