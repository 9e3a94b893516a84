public import Toolbox
public import Vocabulary

/// What an applied message command means outside the state, in few words: told on every replica,
/// though only who leads has somebody to tell. The entry itself stands in the state;
/// `MessageMachine` makes a `MessageEffect` of it for who needs one.
public enum MessageNews: Hashable, Sendable {
    /// A chat's log grew by the entry at `seq`; `readers` are its members as of that entry, in
    /// order. `removed` is who may no longer read from here on.
    case appended(chat: ChatID, seq: SequenceNumber, readers: [UserID], removed: UserID?)
    /// A user's watermarks rose to these values.
    case marked(Mark)
}

extension MessageMachine {
    /// The whole effect, told to those of its readers for whom `isHere` holds; nil if it concerns
    /// none of them.
    public func effect(
        of news: MessageNews, where isHere: (UserID) -> Bool
    ) -> MessageEffect? {
        switch news {
        case .appended(let chat, let seq, let readers, let removed):
            // Mostly all of them, and then nothing is copied.
            let here = readers.allSatisfy(isHere) ? readers : readers.filter(isHere)
            let removedHere = removed.flatMap { isHere($0) ? $0 : nil }
            guard !here.isEmpty || removedHere != nil, let state = find(chat) else { return nil }
            return .appended(
                chat: chat, entry: state.entries.entry(at: seq), readers: here,
                removed: removedHere)
        case .marked(let mark): return isHere(mark.user) ? .marked(mark) : nil
        }
    }

    /// Writes what `effect(of:where:)` gives, without making it; false if there is none.
    public func encodeEffect(
        of news: MessageNews, where isHere: (UserID) -> Bool, into writer: inout ByteWriter
    ) -> Bool {
        switch news {
        case .appended(let chat, let seq, let readers, let removed):
            var count: UInt32 = 0
            for reader in readers where isHere(reader) { count += 1 }
            let removedHere = removed.flatMap { isHere($0) ? $0 : nil }
            guard count > 0 || removedHere != nil else { return false }
            writer.write(MessageEffect.Tag.appended)
            writer.write(chat)
            encodeEntry(of: chat, at: seq, into: &writer)
            writer.write(count)
            for reader in readers where isHere(reader) { writer.write(reader) }
            writer.write(optional: removedHere)
        case .marked(let mark):
            guard isHere(mark.user) else { return false }
            writer.write(MessageEffect.Tag.marked)
            writer.write(mark)
        }
        return true
    }
}
