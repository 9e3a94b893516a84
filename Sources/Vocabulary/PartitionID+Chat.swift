private import Toolbox

extension PartitionID {
    /// The partition that holds `chat`, for ever: XXH64 of the id's eight little-endian bytes, seed
    /// 0, modulo `Limits.partitionsCount`.
    public static func of(chat: ChatID) -> PartitionID {
        PartitionID(UInt16(XXH64.hash(chat.rawValue) % UInt64(Limits.partitionsCount)))
    }
}
