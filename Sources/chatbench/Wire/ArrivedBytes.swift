/// What came from a server and was not read yet; the room is used again and again.
struct ArrivedBytes: Sendable {
    private var storage: [UInt8] = []
    private var start = 0
    private var end = 0

    var count: Int { end - start }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if start == end {
            start = 0
            end = 0
        }
        if storage.count - end < bytes.count { makeRoom(for: bytes.count) }
        storage.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[end...]).copyMemory(from: bytes)
        }
        end += bytes.count
    }

    private mutating func makeRoom(for more: Int) {
        let held = storage[start..<end]
        var moved: [UInt8] = []
        moved.reserveCapacity(2 * held.count + more)
        moved += held
        moved += repeatElement(0, count: held.count + more)
        end -= start
        start = 0
        storage = moved
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }

    mutating func drop(_ count: Int) { start += count }

    mutating func removeAll() {
        start = 0
        end = 0
    }

    /// All of them, taken out.
    mutating func takeAll() -> [UInt8] {
        defer { removeAll() }
        return Array(storage[start..<end])
    }
}
