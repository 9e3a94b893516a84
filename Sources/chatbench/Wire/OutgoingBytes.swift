public import SystemIO
public import Toolbox

/// What waits to be written to one socket; the room is used again and again.
public struct OutgoingBytes: Sendable {
    private var storage: [UInt8] = []
    private var start = 0
    private var end = 0

    public init() {}

    public var isEmpty: Bool { start == end }
    public var count: Int { end - start }

    public mutating func append(_ bytes: Bytes) {
        bytes.withUnsafeBytes { source in
            append(source.count) { $0.copyMemory(from: source) }
        }
    }

    /// Appends `count` bytes that `fill` writes, all of them.
    mutating func append(_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        if storage.count - end < count { makeRoom(for: count) }
        let range = end..<end + count
        storage.withUnsafeMutableBytes {
            fill(UnsafeMutableRawBufferPointer(rebasing: $0[range]))
        }
        end += count
    }

    /// What has left makes room first.
    private mutating func makeRoom(for more: Int) {
        storage.removeFirst(start)
        end -= start
        start = 0
        guard storage.count - end < more else { return }
        storage += repeatElement(0, count: storage.count + more)
    }

    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }

    /// Writes what the kernel takes now.
    public mutating func flush(to socket: borrowing StreamSocket) throws(SystemCallFailure) {
        var failure: SystemCallFailure?
        let sent = storage.withUnsafeBytes { bytes in
            do throws(SystemCallFailure) {
                return try socket.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        start += sent
        if start == end {
            start = 0
            end = 0
        }
    }
}
