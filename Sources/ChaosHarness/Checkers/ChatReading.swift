public import ChatWire
public import Vocabulary

/// A chat's log as one node gave it out, page by page.
public struct ChatReading: Hashable, Sendable {
    public let chat: ChatID
    public let node: NodeID
    /// In the order in which they came.
    public var entries: [EntryFrame]
    /// As the last page said.
    public var head: SequenceNumber

    public init(
        chat: ChatID, node: NodeID, entries: [EntryFrame] = [], head: SequenceNumber = .zero
    ) {
        self.chat = chat
        self.node = node
        self.entries = entries
        self.head = head
    }
}
