import Glibc
public import Toolbox

/// What waits to be written to one socket. Small pieces leave together.
public struct SendQueue: Sendable {
    private var pieces: [Bytes] = []
    /// The first piece that has not left whole.
    private var head = 0
    /// Bytes of that piece that have left.
    private var sent = 0
    /// Bytes that wait. Whoever appends bounds them.
    public private(set) var byteCount = 0

    private static let stagingBytes = 64 << 10

    public init() {}

    public var isEmpty: Bool { byteCount == 0 }

    public mutating func append(_ bytes: Bytes) {
        guard !bytes.isEmpty else { return }
        pieces.append(bytes)
        byteCount += bytes.count
    }

    /// Writes until all has left or the kernel takes no more.
    ///
    /// - Parameter isLast: the end of writing follows at once: see `StreamSocket.write`.
    /// - Returns: bytes that have left. If some are left, wait until the socket is writable.
    @discardableResult
    public mutating func flush(
        to socket: borrowing StreamSocket, isLast: Bool = false
    ) throws(SystemCallFailure) -> Int {
        let before = byteCount
        while !isEmpty {
            let isAlone =
                head == pieces.count - 1 || pieces[head].count - sent >= Self.stagingBytes / 2
            let (offered, taken) =
                isAlone
                ? try sendFirst(to: socket, isLast) : try sendSeveral(to: socket, isLast)
            drop(taken)
            if taken < offered { break }
        }
        return before - byteCount
    }

    private func sendFirst(
        to socket: borrowing StreamSocket, _ isLast: Bool
    ) throws(SystemCallFailure) -> (offered: Int, taken: Int) {
        let rest = pieces[head].suffix(from: sent)
        var outcome: Result<Int, SystemCallFailure> = .success(0)
        rest.withUnsafeBytes { bytes in
            outcome = Self.write(bytes, to: socket, isLast)
        }
        return (rest.count, try outcome.get())
    }

    /// Copying into one buffer is cheaper than a system call per piece.
    private func sendSeveral(
        to socket: borrowing StreamSocket, _ isLast: Bool
    ) throws(SystemCallFailure) -> (offered: Int, taken: Int) {
        var offered = 0
        var outcome: Result<Int, SystemCallFailure> = .success(0)
        withUnsafeTemporaryAllocation(byteCount: Self.stagingBytes, alignment: 16) { staging in
            var skipped = sent
            for piece in pieces[head...] {
                let count = min(piece.count - skipped, staging.count - offered)
                piece.withUnsafeBytes { bytes in
                    let part = UnsafeRawBufferPointer(rebasing: bytes[skipped..<skipped + count])
                    UnsafeMutableRawBufferPointer(rebasing: staging[offered...])
                        .copyMemory(from: part)
                }
                offered += count
                skipped = 0
                if offered == staging.count { break }
            }
            outcome = Self.write(
                UnsafeRawBufferPointer(rebasing: staging[..<offered]), to: socket, isLast)
        }
        return (offered, try outcome.get())
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to socket: borrowing StreamSocket, _ isLast: Bool
    ) -> Result<Int, SystemCallFailure> {
        do throws(SystemCallFailure) {
            return .success(try socket.write(bytes, isLast: isLast))
        } catch {
            return .failure(error)
        }
    }

    private mutating func drop(_ count: Int) {
        byteCount -= count
        var left = count
        while left > 0 {
            let rest = pieces[head].count - sent
            if left < rest {
                sent += left
                return
            }
            left -= rest
            sent = 0
            head += 1
        }
        if head == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64 {
            pieces.removeFirst(head)
            head = 0
        }
    }
}
