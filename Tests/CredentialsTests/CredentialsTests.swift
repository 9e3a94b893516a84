import Credentials
import Testing
import Toolbox
import Vocabulary

private let key = Bytes([UInt8](repeating: 7, count: 32))
private let signer = TokenSigner(key: key, keyID: 3)
private let hour: Int64 = 3_600_000

private func access(nonce: UInt64 = 9) -> AccessToken {
    AccessToken(
        user: UserID(17), device: DeviceID(4), issued: WallTime(milliseconds: 1_000_000),
        expires: WallTime(milliseconds: 1_000_000 + hour), nonce: TokenNonce(high: 1, low: nonce))
}

private func refresh() -> RefreshToken {
    RefreshToken(
        user: UserID(17), device: DeviceID(4), issued: WallTime(milliseconds: 1_000_000),
        expires: WallTime(milliseconds: 1_000_000 + hour), nonce: TokenNonce(high: 1, low: 9))
}

private let during = WallTime(milliseconds: 1_000_000 + hour - 1)
private let after = WallTime(milliseconds: 1_000_000 + hour)

@Suite struct TokenSignerTests {
    @Test("takes back what it issued, to the last millisecond")
    func roundTrip() throws {
        let text = signer.issue(access())
        #expect(text.utf8.count == TokenSigner.textBytes)
        #expect(try signer.verify(text, at: during) == access())
        #expect(throws: TokenFailure.expired(at: after)) { try signer.verify(text, at: after) }
        #expect(try signer.verifyRefresh(signer.issue(refresh()), at: during) == refresh())
    }

    @Test("gives tokens that differ by their nonce alone another text")
    func nonce() {
        #expect(signer.issue(access(nonce: 1)) != signer.issue(access(nonce: 2)))
    }

    @Test("does not take one kind for the other")
    func kinds() {
        #expect(throws: TokenFailure.malformed) {
            try signer.verify(signer.issue(refresh()), at: during)
        }
        #expect(throws: TokenFailure.malformed) {
            try signer.verifyRefresh(signer.issue(access()), at: during)
        }
    }

    @Test("takes no token of a key that it does not hold")
    func otherKey() {
        let other = TokenSigner(key: Bytes([UInt8](repeating: 8, count: 32)), keyID: 3)
        let otherID = TokenSigner(key: key, keyID: 4)
        #expect(throws: TokenFailure.forged) {
            try signer.verify(other.issue(access()), at: during)
        }
        #expect(throws: TokenFailure.forged) {
            try signer.verify(otherID.issue(access()), at: during)
        }
    }

    @Test("takes tokens of the previous key while it is live")
    func rotation() throws {
        let next = TokenSigner(key: Bytes([UInt8](repeating: 8, count: 32)), keyID: 4)
        let old = signer.issue(access())
        #expect(throws: TokenFailure.forged) { try next.verify(old, at: during) }
        let both = next.accepting(previousKey: key, keyID: 3)
        #expect(try both.verify(old, at: during) == access())
        #expect(try next.verify(both.issue(access()), at: during) == access())
    }

    @Test("refuses a token with any one bit turned")
    func flippedBits() throws {
        let bytes = try #require(Base64URL.decode(signer.issue(access())))
        for bit in 0..<bytes.count * 8 {
            var forged = bytes.array
            forged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: TokenFailure.forged) {
                try signer.verify(Base64URL.encode(Bytes(forged)), at: during)
            }
        }
    }

    @Test("calls expired only what it signed: the signature comes first")
    func order() throws {
        let bytes = try #require(Base64URL.decode(signer.issue(access())))
        var forged = bytes.array
        forged[80] ^= 1
        #expect(throws: TokenFailure.forged) {
            try signer.verify(Base64URL.encode(Bytes(forged)), at: after)
        }
    }

    @Test("refuses a token that is cut or longer, and noise")
    func malformed() {
        let text = signer.issue(access())
        for length in 0..<text.utf8.count {
            #expect(throws: TokenFailure.malformed) {
                try signer.verify(String(text.prefix(length)), at: during)
            }
        }
        #expect(throws: TokenFailure.malformed) { try signer.verify(text + "A", at: during) }
        #expect(throws: TokenFailure.malformed) { try signer.verify(text + "=", at: during) }
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let noise = Bytes((0..<random.below(200)).map { _ in UInt8(random.below(256)) })
            #expect(throws: TokenFailure.self) {
                try signer.verify(String(decoding: noise.array, as: UTF8.self), at: during)
            }
            #expect(throws: TokenFailure.self) {
                try signer.verify(Base64URL.encode(noise), at: during)
            }
        }
    }
}

@Suite struct ConstantTimeTests {
    @Test(
        "says whether bytes are the same",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "b", false), ("ab", "a", false),
            ("a", "ab", false), ("", "\0", false), ("abcd", "abce", false), ("abcd", "bbcd", false),
        ] as [(String, String, Bool)])
    func equal(left: String, right: String, same: Bool) {
        #expect(ConstantTime.equal(Bytes(left), Bytes(right)) == same)
    }
}

@Suite struct PasswordRulesTests {
    @Test(
        "refuses what is too short, too long, common, or cut by a zero",
        arguments: [
            ("", .tooShort), ("1234567", .tooShort), ("correct horse", nil), ("üüüü", nil),
            (String(repeating: "ab", count: 64), nil),
            (String(repeating: "ab", count: 64) + "c", .tooLong), ("correct\0horse", .hasZeroByte),
            ("password", .common), ("PassWord123", .common), ("zzzzzzzz", .common),
            ("passwordd", nil),
        ] as [(String, PasswordRefusal?)])
    func refused(password: String, refusal: PasswordRefusal?) {
        #expect(PasswordRules.refusal(of: Bytes(password)) == refusal)
    }

    @Test("asks only for the shape at log-in")
    func shape() {
        #expect(PasswordRules.shapeRefusal(of: "password") == nil)
        #expect(PasswordRules.shapeRefusal(of: "short") == .tooShort)
    }
}
