public import Vocabulary

/// Which page of a chat's log is wanted. Pages ascend.
public enum PagePosition: Hashable, Sendable {
    case newest
    /// Exclusive.
    case after(SequenceNumber)
    /// Exclusive.
    case before(SequenceNumber)
    /// Around and with this position.
    case around(SequenceNumber)
}

/// A page of a chat's log, or of the list of chats.
public enum Page {
    public static let limitDefault = 50
    /// More is clamped to this.
    public static let limitMaximum = 200

    static func clamped(_ limit: UInt64?) throws(ErrorReport) -> Int {
        guard let limit else { return limitDefault }
        guard limit > 0 else { throw .invalidField("limit", "must be at least 1") }
        return Int(min(limit, UInt64(limitMaximum)))
    }

    /// - Throws: `invalid_field` if more than one is given.
    static func position(
        after: SequenceNumber?, before: SequenceNumber?, around: SequenceNumber?
    ) throws(ErrorReport) -> PagePosition {
        switch (after, before, around) {
        case (nil, nil, nil): return .newest
        case (let after?, nil, nil): return .after(after)
        case (nil, let before?, nil): return .before(before)
        case (nil, nil, let around?): return .around(around)
        case (_, .some, _): throw .invalidField("before", "cannot stand beside after or at")
        case (_, _, .some): throw .invalidField("at", "cannot stand beside after or before")
        }
    }
}
