/// Chance as an argument: the same seed gives the same numbers, on every machine, for ever.
///
/// xoshiro256** by Blackman and Vigna, its state filled by SplitMix64. Not for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var filler = seed
        state = (
            Self.splitMix(&filler), Self.splitMix(&filler), Self.splitMix(&filler),
            Self.splitMix(&filler)
        )
    }

    public mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    /// A number in `0 ..< bound`, each as likely as any other.
    ///
    /// - Precondition: `bound > 0`.
    public mutating func below(_ bound: UInt64) -> UInt64 {
        invariant(bound > 0, "a number below 0")
        return next(upperBound: bound)
    }

    public mutating func below(_ bound: Int) -> Int { Int(below(UInt64(bound))) }

    /// True once in `1 / probability` times.
    public mutating func chance(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    /// A generator of its own for `purpose`: drawing from it does not shift this one's numbers.
    public func stream(_ purpose: UInt64) -> SeededRandom {
        var filler = state.0 ^ (purpose &* 0x9E37_79B9_7F4A_7C15)
        return SeededRandom(seed: Self.splitMix(&filler))
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }
}
