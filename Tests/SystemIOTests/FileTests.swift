import Glibc
import SystemIO
import Testing
import Toolbox

@Suite("Files")
struct FileTests {
    @Test func whatIsWrittenIsRead() throws {
        let temporary = try TemporaryFolder()
        let path = temporary.folder.path(of: "file")
        let file = try OpenFile(path, .replace)
        try file.writeZeros(3_000_000)
        try file.write("hello", at: 2_999_990)
        try file.synchronizeData()
        #expect(try file.byteCount == 3_000_000)
        let again = try OpenFile(path, .read)
        let bytes = try again.readAll()
        #expect(bytes.count == 3_000_000)
        #expect(bytes.slice(2_999_990..<2_999_995) == "hello")
        #expect(bytes[2_999_989] == 0)
    }

    @Test func readingBeyondTheEndGivesLess() throws {
        let temporary = try TemporaryFolder()
        let file = try OpenFile(temporary.folder.path(of: "file"), .replace)
        try file.write("12345", at: 0)
        var buffer = [UInt8](repeating: 9, count: 10)
        let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 3) }
        #expect(count == 2)
        #expect(buffer.prefix(3) == [UInt8(ascii: "4"), UInt8(ascii: "5"), 9])
    }

    @Test func aMissingFileIsNamed() throws {
        let temporary = try TemporaryFolder()
        let path = temporary.folder.path(of: "nothing")
        do throws(SystemCallFailure) {
            let file = try OpenFile(path, .readAndWrite)
            _ = try file.byteCount
            Issue.record("opened")
        } catch {
            #expect(error.isMissing)
            #expect(error.description == "open \(path): No such file or directory")
        }
    }

    @Test func aFullDeviceIsAFailure() throws {
        let file = try OpenFile("/dev/full", .readAndWrite)
        do throws(SystemCallFailure) {
            try file.write("x", at: 0)
            Issue.record("written")
        } catch {
            #expect(error.code == ENOSPC)
        }
    }

    @Test func aDescriptorIsClosedWithItsValue() throws {
        let temporary = try TemporaryFolder()
        let path = temporary.folder.path(of: "file")
        for _ in 0..<5_000 {
            let file = try OpenFile(path, .replace)
            #expect(try file.byteCount == 0)
        }
    }

    @Test func foldersListRenameAndRemove() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.folder
        for name in ["b", "a", "c"] {
            let file = try OpenFile(folder.path(of: name), .replace)
            try file.synchronize()
        }
        #expect(try folder.names() == ["a", "b", "c"])
        try folder.rename("a", to: "c")
        try folder.synchronize()
        #expect(try folder.names() == ["b", "c"])
        #expect(try folder.remove("b"))
        #expect(try !folder.remove("b"))
        #expect(try folder.names() == ["c"])
    }

    @Test func foldersAreMadeWithThoseAbove() throws {
        let temporary = try TemporaryFolder()
        let deep = Folder(temporary.folder.path(of: "x/y/z"))
        try deep.create()
        try deep.create()
        #expect(try deep.names() == [])
        #expect(deep.parent.path == temporary.folder.path(of: "x/y"))
        for path in [deep.path, deep.parent.path, deep.parent.parent.path] { rmdir(path) }
        #expect(Folder("/a").parent.path == "/")
        #expect(Folder("a").parent.path == ".")
    }

    @Test func aSmallFileIsReplacedAllAtOnceForItsOwnerOnly() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.folder
        try folder.replace("secret", by: "one")
        try folder.replace("secret", by: "two")
        #expect(try folder.read("secret") == "two")
        #expect(try folder.names() == ["secret"])
        var status = stat()
        #expect(stat(folder.path(of: "secret"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try folder.freeBytes() > 0)
    }

    @Test func aLockIsHeldByOne() throws {
        let temporary = try TemporaryFolder()
        let path = temporary.folder.path(of: "lock")
        do {
            let first = try LockFile.take(path)
            let isHeld = first != nil
            let second = try LockFile.take(path)
            let isHeldTwice = second != nil
            #expect(isHeld)
            #expect(!isHeldTwice)
        }
        let third = try LockFile.take(path)
        let isHeldAgain = third != nil
        #expect(isHeldAgain)
    }
}
