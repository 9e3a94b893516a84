internal import Toolbox
internal import Vocabulary

/// The two of a direct chat: there is at most one chat for them.
struct DirectPair: Hashable, Sendable {
    let smaller: UserID
    let larger: UserID

    init(_ one: UserID, _ other: UserID) {
        smaller = min(one, other)
        larger = max(one, other)
    }

    var hash: UInt64 { XXH64.hash(larger.rawValue, seed: XXH64.hash(smaller.rawValue)) }
}
