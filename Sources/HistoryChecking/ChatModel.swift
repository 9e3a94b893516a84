public import Toolbox
public import Vocabulary

/// A chat as one object: its log together with who is in it.
///
/// A removal that was answered with `seq` R is in force from R on, for reads and for sends; a send
/// that is repeated under its id has the first one's `seq`.
public struct ChatModel: SequentialModel {
    public enum Entry: Hashable, Sendable {
        case message(ClientMessageID, from: UserID)
        case join([UserID])
        case leave(UserID)
    }

    public enum Input: Hashable, Sendable {
        case send(ClientMessageID, by: UserID)
        case add(UserID)
        case remove(UserID)
        /// The entries after `after`.
        case read(by: UserID, after: SequenceNumber)
    }

    public enum Output: Hashable, Sendable {
        /// Of a send, an addition or a removal: where it stands in the log.
        case appended(SequenceNumber)
        /// Of a read: consecutive entries after the position asked for, and the log's head.
        case page([Entry], head: SequenceNumber)
        /// The chat is 404 to who asked.
        case notFound
    }

    public struct State: Hashable, Sendable {
        /// The entry at `seq` n stands at n - 1.
        public fileprivate(set) var log = ChunkedArray<Entry>()
        /// Where each member's latest join stands.
        fileprivate var joined: [UserID: Int]
        /// Where the latest removal of each former member stands.
        fileprivate var left: [UserID: Int] = [:]

        public static func == (one: State, other: State) -> Bool {
            guard one.log.count == other.log.count, one.joined == other.joined,
                one.left == other.left
            else { return false }
            return (0..<one.log.count).reversed().allSatisfy { one.log[$0] == other.log[$0] }
        }

        /// The end of the log tells most states apart, and a search hashes very many.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(log.count)
            hasher.combine(log.last)
        }
    }

    public let initial: State
    /// Members who join later read everything; else from their latest join on.
    public let sharesHistory: Bool

    /// A chat as it is made: its first members stand in the entry at `seq` 1.
    public init(members: [UserID], sharesHistory: Bool = true) {
        self.sharesHistory = sharesHistory
        var joined: [UserID: Int] = [:]
        for member in members { joined[member] = 1 }
        var initial = State(joined: joined)
        initial.log.append(.join(members))
        self.initial = initial
    }

    public func state(after input: Input, answered output: Output?, in state: State) -> State? {
        switch input {
        case .send(let id, let sender): after(id, by: sender, output, state)
        case .add(let user): afterAdding(user, output, state)
        case .remove(let user): afterRemoving(user, output, state)
        case .read(let user, let after): isTrue(user, after, output, state) ? state : nil
        }
    }

    private func after(
        _ id: ClientMessageID, by sender: UserID, _ output: Output?, _ state: State
    ) -> State? {
        guard state.joined[sender] != nil else { return unchanged(state, if: .notFound, output) }
        let entry = Entry.message(id, from: sender)
        let places = (0..<state.log.count).reversed()
        if let first = places.first(where: { state.log[$0] == entry }) {
            return unchanged(state, if: .appended(SequenceNumber(UInt64(first) + 1)), output)
        }
        return append(entry, output, state)
    }

    private func afterAdding(_ user: UserID, _ output: Output?, _ state: State) -> State? {
        if let joined = state.joined[user] {
            return unchanged(state, if: .appended(SequenceNumber(UInt64(joined))), output)
        }
        var next = append(.join([user]), output, state)
        next?.joined[user] = state.log.count + 1
        next?.left[user] = nil
        return next
    }

    private func afterRemoving(_ user: UserID, _ output: Output?, _ state: State) -> State? {
        guard state.joined[user] != nil else {
            guard let left = state.left[user] else { return unchanged(state, if: nil, output) }
            return unchanged(state, if: .appended(SequenceNumber(UInt64(left))), output)
        }
        var next = append(.leave(user), output, state)
        next?.joined[user] = nil
        next?.left[user] = state.log.count + 1
        return next
    }

    private func append(_ entry: Entry, _ output: Output?, _ state: State) -> State? {
        let seq = SequenceNumber(UInt64(state.log.count) + 1)
        guard output == nil || output == .appended(seq) else { return nil }
        var next = state
        next.log.append(entry)
        return next
    }

    private func unchanged(_ state: State, if answer: Output?, _ output: Output?) -> State? {
        output == nil || output == answer ? state : nil
    }

    private func isTrue(
        _ user: UserID, _ after: SequenceNumber, _ output: Output?, _ state: State
    ) -> Bool {
        switch output {
        case nil: return true
        case .appended: return false
        case .notFound: return state.joined[user] == nil
        case .page(let entries, let head):
            guard let joined = state.joined[user], head.rawValue == UInt64(state.log.count) else {
                return false
            }
            let lowest = sharesHistory ? 0 : joined - 1
            let start = max(Int(min(after.rawValue, head.rawValue)), lowest)
            let left = state.log.count - start
            // A page may end early, but it is not empty before the head.
            guard entries.count <= left, left == 0 || !entries.isEmpty else { return false }
            return entries.indices.allSatisfy { state.log[start + $0] == entries[$0] }
        }
    }
}
