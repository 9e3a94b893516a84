import Toolbox

/// The bytes of one file: those on the platter, and the writes that no sync has followed yet.
struct VirtualFile: Sendable {
    struct Write: Sendable {
        var offset: Int
        var bytes: Bytes
    }

    /// What a power cut leaves for certain.
    private(set) var platter: [UInt8]
    /// In order; they cover the platter for whoever reads.
    private(set) var unsynchronized: [Write] = []
    /// What the kernel still shows and will never write: a sync of it has failed. With it, whatever
    /// was written over it later.
    private var ghosts: [Write] = []
    /// Where bytes were written and then synced, oldest first: what may be counted on.
    private(set) var counted: [Range<Int>] = []

    /// Unit of what a torn write leaves: a sector.
    static let sectorBytes = 512

    init(zeroFilledBytes: Int) {
        platter = [UInt8](repeating: 0, count: zeroFilledBytes)
    }

    /// What a process reads.
    var contents: Bytes {
        guard !unsynchronized.isEmpty || !ghosts.isEmpty else { return Bytes(platter) }
        var image = platter
        for write in ghosts + unsynchronized {
            Self.apply(write.bytes, at: write.offset, to: &image)
        }
        return Bytes(image)
    }

    mutating func write(_ bytes: Bytes, at offset: Int) {
        unsynchronized.append(Write(offset: offset, bytes: bytes))
    }

    mutating func synchronize() {
        for write in unsynchronized {
            Self.apply(write.bytes, at: write.offset, to: &platter)
            counted.append(write.offset..<write.offset + write.bytes.count)
        }
        if !ghosts.isEmpty { ghosts += unsynchronized }
        unsynchronized.removeAll(keepingCapacity: true)
    }

    /// A sync fails: each write is on the platter, or lost, or shown for as long as the kernel
    /// lives.
    mutating func failSync(random: inout SeededRandom) {
        for write in unsynchronized {
            switch random.below(3) {
            case 0: Self.apply(write.bytes, at: write.offset, to: &platter)
            case 1: ghosts.append(write)
            default: break
            }
        }
        unsynchronized = []
    }

    /// Cuts the file to nothing and fills it with zeros that are on the platter.
    mutating func recreate(zeroFilledBytes: Int) {
        self = VirtualFile(zeroFilledBytes: zeroFilledBytes)
    }

    /// The last write that no sync has followed lands some sectors further on, within the file.
    mutating func misdirect(random: inout SeededRandom) -> Int? {
        guard let write = unsynchronized.last, write.offset > 0 else { return nil }
        let end = write.offset + write.bytes.count
        let shift = (write.bytes.count / Self.sectorBytes + 1) * Self.sectorBytes
        let room = (platter.count - end) / Self.sectorBytes * Self.sectorBytes - shift
        guard room >= 0 else { return nil }
        unsynchronized.removeLast()
        let further = random.below(min(room / Self.sectorBytes, 4) + 1) * Self.sectorBytes
        Self.apply(write.bytes, at: write.offset + shift + further, to: &platter)
        return write.offset + shift + further
    }

    /// Decides for each write that no sync has followed whether it is there, lost, or torn.
    mutating func losePower(_ fate: PowerLossFate, random: inout SeededRandom) {
        for write in unsynchronized {
            switch fate {
            case .everythingLost: break
            case .everythingKept: Self.apply(write.bytes, at: write.offset, to: &platter)
            case .mixed:
                switch random.below(4) {
                case 0: break
                case 1: Self.apply(write.bytes, at: write.offset, to: &platter)
                default: tear(write, random: &random)
                }
            }
        }
        unsynchronized.removeAll()
        ghosts = []
    }

    /// What was written before is of no use any more: the file goes to another one.
    mutating func beginNewUse() { counted = [] }

    /// Turns one bit on the platter over.
    mutating func flipBit(at offset: Int, bit: UInt8) {
        if !ghosts.isEmpty {
            // Rot that the kernel's own copy hides would be seen by nobody.
            ghosts.append(Write(offset: offset, bytes: [contents[offset] ^ 1 << bit]))
        }
        platter[offset] ^= 1 << bit
    }

    /// Puts other bytes on the platter, and before the eyes of whoever reads.
    mutating func replace(_ offset: Int, by bytes: [UInt8]) {
        if !ghosts.isEmpty { ghosts.append(Write(offset: offset, bytes: Bytes(bytes))) }
        Self.apply(Bytes(bytes), at: offset, to: &platter)
    }

    /// Keeps each sector that the write touches, or does not.
    private mutating func tear(_ write: Write, random: inout SeededRandom) {
        var position = 0
        while position < write.bytes.count {
            let absolute = write.offset + position
            let sectorEnd = (absolute / Self.sectorBytes + 1) * Self.sectorBytes
            let end = min(write.bytes.count, sectorEnd - write.offset)
            if random.chance(0.5) {
                Self.apply(write.bytes.slice(position..<end), at: absolute, to: &platter)
            }
            position = end
        }
    }

    private static func apply(_ bytes: Bytes, at offset: Int, to image: inout [UInt8]) {
        let end = offset + bytes.count
        if image.count < end {
            image.append(contentsOf: repeatElement(0, count: end - image.count))
        }
        bytes.withUnsafeBytes { source in
            image.withUnsafeMutableBytes { target in
                UnsafeMutableRawBufferPointer(rebasing: target[offset..<end]).copyMemory(
                    from: source)
            }
        }
    }
}

/// What a power cut does to writes that no sync has followed. Drawn once a cut: the extremes find
/// what a mixture seldom does.
enum PowerLossFate: UInt8, CaseIterable, Sendable {
    case everythingLost
    case everythingKept
    case mixed

    /// What is drawn from: a mixture more often, for it has more to choose.
    static let drawn: [PowerLossFate] = [.everythingLost, .everythingKept, .mixed, .mixed]
}
