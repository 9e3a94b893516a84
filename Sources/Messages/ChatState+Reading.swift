internal import Toolbox
internal import Vocabulary

extension ChatState {
    static let pageEntriesMaximum = 200
    static let pageBytesMaximum = 512 << 10

    /// The first entry that a member may read.
    func lowestReadable(by member: Int) -> SequenceNumber {
        switch history {
        case .all: SequenceNumber(1)
        case .joined: members[member].joined
        }
    }

    /// Entries around `anchor`, ascending. Ends at its bounds, but is never empty where there is
    /// an entry to show.
    func page(for member: Int, anchor: PageAnchor, limit: UInt16) -> [ChatEntry] {
        let lowest = lowestReadable(by: member).rawValue
        let head = self.head.rawValue
        guard lowest <= head else { return [] }
        let limit = min(max(Int(limit), 1), Self.pageEntriesMaximum)
        switch anchor {
        case .newest: return page(from: head, down: true, lowest: lowest, limit: limit)
        case .after(let seq):
            guard seq.rawValue < head else { return [] }
            let start = max(seq.rawValue + 1, lowest)
            return page(from: start, down: false, lowest: lowest, limit: limit)
        case .before(let seq):
            guard seq.rawValue > lowest else { return [] }
            let start = min(seq.rawValue - 1, head)
            return page(from: start, down: true, lowest: lowest, limit: limit)
        case .at(let seq):
            let centre = min(max(seq.rawValue, lowest), head)
            return page(around: centre, lowest: lowest, limit: limit)
        }
    }

    private func page(from start: UInt64, down: Bool, lowest: UInt64, limit: Int) -> [ChatEntry] {
        var window = PageWindow(at: start, entry(at: start), limit: limit)
        while down
            ? window.low > lowest && window.extendDown(entry(at: window.low - 1))
            : window.high < head.rawValue && window.extendUp(entry(at: window.high + 1))
        {}
        return entries(in: window)
    }

    private func page(around centre: UInt64, lowest: UInt64, limit: Int) -> [ChatEntry] {
        var window = PageWindow(at: centre, entry(at: centre), limit: limit)
        var (isDownOpen, isUpOpen) = (true, true)
        // The shorter side first, so that the anchor stays in the middle where it can.
        while isDownOpen || isUpOpen {
            let prefersDown = centre - window.low <= window.high - centre
            if isDownOpen, prefersDown || !isUpOpen {
                isDownOpen = window.low > lowest && window.extendDown(entry(at: window.low - 1))
            } else {
                isUpOpen =
                    window.high < head.rawValue && window.extendUp(entry(at: window.high + 1))
            }
        }
        return entries(in: window)
    }

    private func entry(at seq: UInt64) -> ChatEntry {
        entries.entry(at: SequenceNumber(seq))
    }

    private func entries(in window: PageWindow) -> [ChatEntry] {
        var page: [ChatEntry] = []
        page.reserveCapacity(Int(window.high - window.low) + 1)
        for seq in window.low...window.high { page.append(entry(at: seq)) }
        return page
    }

    func head(for member: Int) -> ChatHead {
        ChatHead(
            chat: chat, kind: kind, title: title, head: head, ord: entries.ord,
            read: members[member].read, unread: members[member].unread(headOrd: entries.ord),
            last: entries.last, membersVersion: membersVersion)
    }

    var memberList: [ChatMember] { members.map { ChatMember(user: $0.user, role: $0.role) } }

    var description: ChatDescription {
        ChatDescription(
            chat: chat, kind: kind, title: title, head: head, ord: entries.ord,
            digest: entries.digest, membersVersion: membersVersion, members: memberList)
    }
}

/// The positions of a page while it is being chosen.
private struct PageWindow {
    private(set) var low: UInt64
    private(set) var high: UInt64
    private var entriesLeft: Int
    private var bytesLeft: Int

    init(at seq: UInt64, _ entry: ChatEntry, limit: Int) {
        low = seq
        high = seq
        entriesLeft = limit - 1
        bytesLeft = ChatState.pageBytesMaximum - entry.encodedBytesEstimate
    }

    /// False if the page is full; then nothing changed.
    mutating func extendDown(_ entry: ChatEntry) -> Bool {
        guard take(entry) else { return false }
        low -= 1
        return true
    }

    /// False if the page is full; then nothing changed.
    mutating func extendUp(_ entry: ChatEntry) -> Bool {
        guard take(entry) else { return false }
        high += 1
        return true
    }

    private mutating func take(_ entry: ChatEntry) -> Bool {
        let bytes = entry.encodedBytesEstimate
        guard entriesLeft > 0, bytes <= bytesLeft else { return false }
        entriesLeft -= 1
        bytesLeft -= bytes
        return true
    }
}
