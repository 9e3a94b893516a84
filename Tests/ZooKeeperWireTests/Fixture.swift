import Toolbox
import Vocabulary
import ZooKeeperWire

enum Fixture {
    static let stat = NodeStat(
        czxid: Zxid(0x101), mzxid: Zxid(0x102), ctime: WallTime(milliseconds: 1_700_000_000_001),
        mtime: WallTime(milliseconds: 1_700_000_000_002), version: 3, cversion: 4, aversion: 5,
        ephemeralOwner: CoordinationSessionID(0x1000_0000_0000_0006), dataLength: 7,
        numChildren: 8, pzxid: Zxid(0x109))

    static let digest = AccessEntry(
        permissions: [.read, .admin],
        identity: AccessIdentity(scheme: "digest", id: "bob:ikIaKsbtGweaHnb/jKn7OHqbunM="))

    /// Each array with one bit flipped, at every place.
    static func flips(of array: [UInt8]) -> [Bytes] {
        (0..<array.count * 8).map { bit in
            var flipped = array
            flipped[bit / 8] ^= 1 << (bit % 8)
            return Bytes(flipped)
        }
    }
}
