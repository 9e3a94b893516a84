public import Vocabulary

/// Why a token is refused.
public enum TokenFailure: Error, Hashable, Sendable {
    /// No token of ours at all, or one of another kind.
    case malformed
    /// The signature is not ours, or the key is no longer live.
    case forged
    /// Ours, and over since then.
    case expired(at: WallTime)
}
