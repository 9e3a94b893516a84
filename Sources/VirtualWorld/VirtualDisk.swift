public import LogStorage
public import Toolbox

/// The data directory of one node: files, and names for them that are not durable before the
/// directory is synced.
///
/// A killed process loses nothing that it wrote, for the kernel lives on: what was not synced then
/// is still not synced when the next process reads it. A power cut decides.
public struct VirtualDisk: Sendable {
    private enum NameChange {
        case create(FileName, file: Int)
        case rename(FileName, to: FileName)
        case remove(FileName)
    }

    private var files: [Int: VirtualFile] = [:]
    private var nextFile = 0
    private var names = SortedMap<FileName, Int>()
    private var durableNames = SortedMap<FileName, Int>()
    private var unsynchronizedNames: [NameChange] = []
    /// What the system refuses to read; `contents` has zeros there.
    public private(set) var unreadable = SortedMap<FileName, ReadFailure>()

    /// EIO.
    private static let inputOutputError: Int32 = 5

    public init() {}

    /// All files as a process reads them.
    public var contents: SortedMap<FileName, Bytes> {
        var contents = SortedMap<FileName, Bytes>()
        for (name, number) in names {
            if let file = files[number] { contents[name] = file.contents }
        }
        return contents
    }

    /// What a power cut would leave if it lost all that it may.
    public var platters: SortedMap<FileName, Bytes> {
        var contents = SortedMap<FileName, Bytes>()
        for (name, number) in durableNames {
            if let file = files[number] { contents[name] = Bytes(file.platter) }
        }
        return contents
    }

    /// Carries one directive out at once; `false` if there is no such file.
    @discardableResult
    public mutating func perform(_ directive: StorageDirective) -> Bool {
        switch directive {
        case .create(let name, let count): create(name, zeroFilledBytes: count)
        case .write(let name, let offset, let bytes):
            guard let number = names[name] else { return false }
            files[number]?.write(bytes, at: offset)
        case .synchronize(let name):
            guard let number = names[name] else { return false }
            files[number]?.synchronize()
        case .rename(let name, let target):
            guard let number = names[name] else { return false }
            files[number]?.beginNewUse()
            change(.rename(name, to: target))
        case .remove(let name): change(.remove(name))
        case .synchronizeDirectory:
            durableNames = names
            unsynchronizedNames.removeAll(keepingCapacity: true)
            forgetUnnamedFiles()
        case .complete: break
        }
        return true
    }

    /// The kernel says that a sync failed, and takes what it was to make durable for clean: another
    /// sync would say nothing of it (Rebello et al., ATC 2020).
    public mutating func failSync(_ directive: StorageDirective, random: inout SeededRandom) {
        guard case .synchronize(let name) = directive, let number = names[name] else { return }
        files[number]?.failSync(random: &random)
    }

    /// A write that no sync has followed goes to another place of its file, behind everything that
    /// was written there, as the power goes.
    ///
    /// - Returns: where to; nil if nothing was being written, or there is no such place.
    public mutating func misdirectUnsynchronized(random: inout SeededRandom) -> Int? {
        for number in files.keys.sorted() {
            if let place = files[number]?.misdirect(random: &random) { return place }
        }
        return nil
    }

    /// Loses what the power cut makes of everything that was not synced.
    public mutating func losePower(random: inout SeededRandom) {
        let fate = random.choice(of: PowerLossFate.drawn)
        for number in files.keys.sorted() { files[number]?.losePower(fate, random: &random) }
        var survivors = durableNames
        for pending in unsynchronizedNames {
            let isKept =
                switch fate {
                case .everythingLost: false
                case .everythingKept: true
                case .mixed: random.chance(0.5)
                }
            if isKept { Self.apply(pending, to: &survivors) }
        }
        names = survivors
        durableNames = survivors
        unsynchronizedNames = []
        forgetUnnamedFiles()
    }

    /// Damages a write that was synced, but not one of the last `spared` ones, in the last file
    /// whose name starts with `prefix`.
    ///
    /// - Returns: where; nil if that file has no such write.
    public mutating func damage(
        _ kind: DiskDamage, lastFileStartingWith prefix: String, sparing spared: Int,
        random: inout SeededRandom
    ) -> (file: FileName, offset: Int)? {
        guard let name = names.keys.last(where: { $0.text.hasPrefix(prefix) }),
            let number = names[name], let file = files[number], file.counted.count > spared
        else { return nil }
        let range = file.counted[random.below(file.counted.count - spared)]
        guard range.count > 1, range.upperBound <= file.platter.count else { return nil }
        let offset = range.lowerBound + random.below(range.count / 2)
        switch kind {
        case .flippedBit: files[number]?.flipBit(at: offset, bit: UInt8(random.below(8)))
        case .zeroedSector, .unreadableSector:
            let sector = offset / VirtualFile.sectorBytes * VirtualFile.sectorBytes
            let end = min(sector + VirtualFile.sectorBytes, range.upperBound)
            let start = max(sector, range.lowerBound)
            files[number]?.replace(start, by: [UInt8](repeating: 0, count: end - start))
            if kind == .unreadableSector {
                unreadable[name] = ReadFailure(offset: start, code: Self.inputOutputError)
                return (name, start)
            }
        case .lostWrite:
            files[number]?.replace(
                range.lowerBound, by: [UInt8](repeating: 0, count: range.count))
        case .misdirectedWrite:
            // The bytes of another write stand where this one's should.
            let other = file.counted[random.below(file.counted.count)]
            let count = min(other.count, range.count)
            let bytes = Array(file.platter[other.lowerBound..<other.lowerBound + count])
            files[number]?.replace(range.lowerBound, by: bytes)
        }
        return files[number]?.platter == file.platter ? nil : (name, offset)
    }

    private mutating func create(_ name: FileName, zeroFilledBytes count: Int) {
        unreadable.removeValue(forKey: name)
        if let number = names[name] {
            files[number]?.recreate(zeroFilledBytes: count)
            return
        }
        files[nextFile] = VirtualFile(zeroFilledBytes: count)
        change(.create(name, file: nextFile))
        nextFile += 1
    }

    private mutating func change(_ change: NameChange) {
        switch change {
        case .create: break
        case .rename(let name, let target):
            if let failure = unreadable.removeValue(forKey: name) { unreadable[target] = failure }
        case .remove(let name): unreadable.removeValue(forKey: name)
        }
        Self.apply(change, to: &names)
        unsynchronizedNames.append(change)
    }

    private static func apply(_ change: NameChange, to names: inout SortedMap<FileName, Int>) {
        switch change {
        case .create(let name, let file): names[name] = file
        case .rename(let name, let target):
            // Its creation may be what the power cut took.
            guard let file = names.removeValue(forKey: name) else { return }
            names[target] = file
        case .remove(let name): names.removeValue(forKey: name)
        }
    }

    private mutating func forgetUnnamedFiles() {
        guard unsynchronizedNames.isEmpty else { return }
        var kept: [Int: VirtualFile] = [:]
        for number in names.values { kept[number] = files[number] }
        files = kept
    }
}
