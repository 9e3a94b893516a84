import Testing
import Toolbox
import ZooKeeperWire

@Suite("Nouns of the protocol")
struct NounTests {
    @Test("a stat is 68 bytes, field by field")
    func stat() throws {
        #expect(Fixture.stat.encoded() == Record().stat().bytes)
        #expect(Fixture.stat.encoded().count == NodeStat.encodedBytes)
        #expect(try NodeStat(decoding: Record().stat().bytes) == Fixture.stat)
    }

    @Test("errors bear the protocol's numbers")
    func errors() {
        let numbers: [Int32] = [
            -1, -2, -3, -4, -5, -6, -7, -8, -12, -13, -14, -100, -101, -102, -103, -108, -110,
            -111, -112, -113, -114, -115, -118, -119, -120, -121, -122, -123, -124, -125, -127,
        ]
        #expect(ZooKeeperError.allCases.map(\.rawValue) == numbers)
    }

    @Test("the seven modes of creating differ in life and name")
    func modes() {
        #expect(CreateMode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
        #expect(CreateMode.allCases.filter(\.isEphemeral).map(\.rawValue) == [1, 3])
        #expect(CreateMode.allCases.filter(\.isSequential).map(\.rawValue) == [2, 3, 6])
        #expect(CreateMode.allCases.filter(\.hasTimeToLive).map(\.rawValue) == [5, 6])
    }

    @Test("what goes into the log is what changes something")
    func writes() {
        let writes = OperationCode.allCases.filter(\.isWrite).map(\.rawValue)
        #expect(writes.sorted() == [-11, 1, 2, 5, 7, 14, 15, 16, 19, 21])
    }

    @Test("a word's number is its letters")
    func words() {
        for word in FourLetterWord.allCases {
            let number = word.text.utf8.reduce(0) { $0 << 8 | UInt32($1) }
            #expect(word.rawValue == number)
        }
        #expect(FourLetterWord.allCases.count == 18)
    }

    @Test("permissions are the protocol's bits")
    func permissions() {
        #expect(Permissions.all == [.read, .write, .create, .delete, .admin])
        #expect(Permissions(rawValue: 16) == .admin)
    }

    @Test("numbers are printed as ZooKeeper prints them")
    func numbers() {
        #expect(Zxid(0x2_0000_062F).description == "0x20000062f")
        #expect(CoordinationSessionID(-1).description == "0xffffffffffffffff")
    }
}
