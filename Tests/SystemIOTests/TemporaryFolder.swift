import Glibc
import SystemIO

/// A folder of its own, gone with the value.
struct TemporaryFolder: ~Copyable {
    let folder: Folder

    init() throws {
        let base = Folder("/tmp")
        let name = "rookery-test-\(SystemRandom.seed())"
        folder = Folder(base.path(of: name))
        try folder.create()
    }

    deinit {
        do {
            for name in try folder.names() { try folder.remove(name) }
        } catch {
            print("left behind: \(folder.path): \(error)")
        }
        rmdir(folder.path)
    }
}
