/// What becomes of something that was written and synced.
public enum DiskDamage: String, CaseIterable, Sendable {
    case flippedBit
    /// A sector reads as zeros.
    case zeroedSector
    /// The system refuses to read a sector.
    case unreadableSector
    /// A sync lied: the disk said that it had the write, and never did.
    case lostWrite
    /// Another write went to this one's place.
    case misdirectedWrite
}
