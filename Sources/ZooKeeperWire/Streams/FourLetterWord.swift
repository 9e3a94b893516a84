/// What an operator may type at a connection's start instead of a handshake; its number is how the
/// four letters read as a length.
///
/// Source: Apache ZooKeeper, FourLetterCommands.
public enum FourLetterWord: UInt32, Hashable, Sendable, CaseIterable {
    case conf = 0x636f_6e66
    case cons = 0x636f_6e73
    case crst = 0x6372_7374
    case dirs = 0x6469_7273
    case dump = 0x6475_6d70
    case envi = 0x656e_7669
    case gtmk = 0x6774_6d6b
    case hash = 0x6861_7368
    case isro = 0x6973_726f
    case mntr = 0x6d6e_7472
    case ruok = 0x7275_6f6b
    case srst = 0x7372_7374
    case srvr = 0x7372_7672
    case stat = 0x7374_6174
    case stmk = 0x7374_6d6b
    case wchc = 0x7763_6863
    case wchp = 0x7763_6870
    case wchs = 0x7763_6873

    public var text: String { "\(self)" }
}
