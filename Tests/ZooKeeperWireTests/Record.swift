import Toolbox

/// Bytes put together field by field, as the protocol's tables say: independent of the room.
struct Record: Sendable, Hashable {
    var array: [UInt8] = []

    static var empty: Record { Record() }
    var bytes: Bytes { Bytes(array) }

    func byte(_ value: UInt8) -> Record { appending([value]) }

    func int(_ value: Int32) -> Record {
        let pattern = UInt32(bitPattern: value)
        return appending((0..<4).map { UInt8(truncatingIfNeeded: pattern >> (24 - 8 * $0)) })
    }

    func long(_ value: Int64) -> Record {
        let pattern = UInt64(bitPattern: value)
        return appending((0..<8).map { UInt8(truncatingIfNeeded: pattern >> (56 - 8 * $0)) })
    }

    func text(_ text: String) -> Record { int(Int32(text.utf8.count)).appending(Array(text.utf8)) }
    func null() -> Record { int(-1) }
    func header(_ xid: Int32, _ type: Int32) -> Record { int(xid).int(type) }
    func multiHeader(_ type: Int32, error: Int32 = -1) -> Record { int(type).byte(0).int(error) }
    func multiEnd() -> Record { int(-1).byte(1).int(-1) }

    /// One entry: all permissions to everybody.
    func openACL() -> Record { int(1).int(31).text("world").text("anyone") }

    /// `Fixture.stat`, field by field.
    func stat() -> Record {
        long(0x101).long(0x102).long(1_700_000_000_001).long(1_700_000_000_002)
            .int(3).int(4).int(5).long(0x1000_0000_0000_0006).int(7).int(8).long(0x109)
    }

    func framed() -> Record { Record().int(Int32(array.count)).appending(array) }

    func appending(_ more: [UInt8]) -> Record {
        var record = self
        record.array += more
        return record
    }
}
