import ChatWire
import Messages
import Toolbox
import Vocabulary

/// One page of a user's chats, newest first, cut from what the groups answered.
///
/// The pages of one list are cut from a snapshot that the cursor names. A chat that changes
/// meanwhile moves to the top, where these pages do not look again, and is in the next `sync`,
/// which asks for what changed after the snapshot: it can come twice, and is never left out.
struct ChatList: Sendable {
    let cursor: SyncCursor
    let limit: Int

    private static let pageBytesMaximum = 512 << 10

    /// - Parameter text: the client's; what does not decode is a full sync.
    init(cursor text: Bytes?, limit: Int) {
        cursor = text.flatMap(SyncCursor.init(decoding:)) ?? SyncCursor()
        self.limit = limit
    }

    /// After which positions to ask for chats.
    var since: [HeadsPosition] { cursor.headsPositions }

    /// - Parameter stream: the position of the user's own stream.
    func page(
        of heads: [ChatHead], positions: [HeadsPosition], stream: UInt64
    ) -> ConversationPage {
        let rows = heads.filter(isAhead).sorted(by: Self.isNewer)
        var shown: [ConversationHead] = []
        var bytes = 0
        for row in rows.prefix(limit) {
            bytes += 256 + row.title.utf8.count
            bytes += min(row.last?.body?.text.count ?? 0, EntryFrame.wholeBytesMaximum)
            if bytes > Self.pageBytesMaximum, !shown.isEmpty { break }
            shown.append(ConversationHead(row))
        }
        let snapshot = cursor.unfinished?.groups ?? cursor.raised(to: positions)
        let snapshotStream = cursor.unfinished?.stream ?? stream
        guard shown.count < rows.count, !shown.isEmpty else {
            let next = SyncCursor(groups: snapshot, stream: snapshotStream)
            return ConversationPage(chats: shown, cursor: next.encoded(), isDone: true)
        }
        let last = rows[shown.count - 1]
        var next = cursor
        next.unfinished = SyncCursor.Unfinished(
            groups: snapshot, stream: snapshotStream, time: Self.time(of: last), chat: last.chat)
        return ConversationPage(chats: shown, cursor: next.encoded(), isDone: false)
    }

    /// Whether a chat is still to be shown: behind the last one of the page before.
    private func isAhead(_ head: ChatHead) -> Bool {
        guard let unfinished = cursor.unfinished else { return true }
        return (Self.time(of: head), head.chat) < (unfinished.time, unfinished.chat)
    }

    private static func isNewer(_ left: ChatHead, _ right: ChatHead) -> Bool {
        (time(of: right), right.chat) < (time(of: left), left.chat)
    }

    private static func time(of head: ChatHead) -> WallTime {
        head.last?.time ?? WallTime(milliseconds: 0)
    }
}

extension SyncCursor {
    var headsPositions: [HeadsPosition] {
        groups.map { HeadsPosition(group: $0.group, index: $0.index) }
    }

    /// The positions known before and those answered now, the higher of each group.
    func raised(to positions: [HeadsPosition]) -> [GroupPosition] {
        var merged: SortedMap<ReplicaGroupID, LogIndex> = SortedMap()
        for known in headsPositions + positions {
            merged[known.group] = max(merged[known.group] ?? .zero, known.index)
        }
        return merged.map { GroupPosition(group: $0.key, index: $0.value) }
    }
}
