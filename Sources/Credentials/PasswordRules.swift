public import Toolbox

/// Why a password cannot be set.
public enum PasswordRefusal: Hashable, Sendable, CustomStringConvertible {
    case tooShort
    case tooLong
    /// A zero byte, at which hashing would stop.
    case hasZeroByte
    /// Among the first that anybody would try.
    case common

    public var description: String {
        switch self {
        case .tooShort: "a password has at least \(PasswordRules.bytesMinimum) bytes"
        case .tooLong: "a password has at most \(PasswordRules.bytesMaximum) bytes"
        case .hasZeroByte: "a password has no zero byte"
        case .common: "this password is among the first that anybody would try"
        }
    }
}

/// Which passwords may be set. Checked before hashing, so that none is ever cut short.
///
/// Source: OWASP ASVS 4.0.3 §2.1: length counts, composition rules do not.
public enum PasswordRules {
    public static let bytesMinimum = 8
    public static let bytesMaximum = 128

    /// Why `password` cannot be set; nil if it can.
    public static func refusal(of password: Bytes) -> PasswordRefusal? {
        if let refusal = shapeRefusal(of: password) { return refusal }
        let lowered = password.array.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        let isOneCharacter = lowered.allSatisfy { $0 == lowered[0] }
        return isOneCharacter || common.contains(Bytes(lowered)) ? .common : nil
    }

    /// Why `password` cannot even be somebody's: asked at log-in, before it is hashed.
    public static func shapeRefusal(of password: Bytes) -> PasswordRefusal? {
        if password.count < bytesMinimum { return .tooShort }
        if password.count > bytesMaximum { return .tooLong }
        return password.withUnsafeBytes { $0.contains(0) } ? .hasZeroByte : nil
    }

    /// In lower case, and long enough not to be refused for their length.
    private static let common: Set<Bytes> = Set(
        """
        password password1 password12 password123 password1234 password! passw0rd p@ssw0rd
        p@ssword pa55word 12345678 123456789 1234567890 0123456789 87654321 987654321 0987654321
        11223344 12341234 123123123 12344321 123454321 147258369 159753456 789456123 741852963
        11112222 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 zaq12wsx q1w2e3r4 q1w2e3r4t5 qwertyui
        qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 asdfghjk asdfghjkl zxcvbnm1
        zxcvbnm123 asdf1234 abcd1234 abc12345 abcdefgh abcdefg1 a1b2c3d4 aa123456 iloveyou
        iloveyou1 iloveyou2 sunshine sunshine1 princess princess1 football football1 baseball
        baseball1 basketball superman superman1 batman123 spiderman pokemon1 starwars starwars1
        trustno1 whatever whatever1 computer computer1 internet internet1 letmein1 letmein123
        welcome1 welcome12 welcome123 changeme changeme1 changeit default1 admin123 admin1234
        administrator root1234 rootroot testtest test1234 test12345 guest123 user1234 master123
        michelle michelle1 jennifer jennifer1 jessica1 charlie1 jonathan samantha elizabeth
        alexander victoria william1 liverpool chelsea1 arsenal1 manchester barcelona juventus1
        mustang1 corvette mercedes ferrari1 snowball1 shadow123 dragon123 monkey123 hunter12
        killer123 midnight butterfly chocolate cheese123 cookie123 flower123 blink182 metallica
        slipknot nirvana1 secret123 secretsecret topsecret freedom1 fuckyou1 fuckyou2 asshole1
        """.split(whereSeparator: \.isWhitespace).map { Bytes(String($0)) })
}
