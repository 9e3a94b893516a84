import Messages
import Toolbox
import Vocabulary

/// What is the same for all groups' streams in one turn.
struct StreamTurn: Sendable {
    let own: NodeID
    /// Nodes whose sockets have too much to send already.
    let crowded: [NodeID]
    let now: Instant
}

/// A `DeliveryBatch` on its way to a subscriber.
enum StreamedBatch: Sendable {
    /// To this node itself.
    case here(DeliveryBatch)
    /// To a peer: its bytes.
    case elsewhere(Bytes)
}

/// Collects the events of one batch.
protocol EventCollecting {
    var count: Int { get }
    /// Roughly.
    var bytes: Int { get }
    /// Takes what `news` means to those for whom `isHere` holds, if it concerns any of them.
    mutating func collect(
        _ news: MessageNews, from machine: borrowing MessageMachine,
        where isHere: (UserID) -> Bool)
    mutating func end(through index: LogIndex)
}

/// Events for this node.
struct DeliveredEvents: EventCollecting {
    private(set) var batch: DeliveryBatch
    private(set) var bytes = 0
    var count: Int { batch.events.count }

    init(epoch: RingEpoch, from: LogIndex?) {
        batch = DeliveryBatch(epoch: epoch, from: from, through: .zero, events: [])
    }

    mutating func collect(
        _ news: MessageNews, from machine: borrowing MessageMachine,
        where isHere: (UserID) -> Bool
    ) {
        guard let event = machine.effect(of: news, where: isHere) else { return }
        bytes += event.encodedBytesEstimate
        batch.events.append(event)
    }

    mutating func end(through index: LogIndex) { batch.through = index }
}

/// Events for another node, written from the state without being made first.
struct EncodedEvents: EventCollecting {
    private var writer: ByteWriter
    private let head: DeliveryBatch.Head
    private(set) var count = 0
    private(set) var through = LogIndex.zero
    var bytes: Int { writer.count }

    init(epoch: RingEpoch, from: LogIndex?) {
        writer = ByteWriter(reserving: 512)
        head = DeliveryBatch.Head(epoch: epoch, from: from, into: &writer)
    }

    mutating func collect(
        _ news: MessageNews, from machine: borrowing MessageMachine,
        where isHere: (UserID) -> Bool
    ) {
        if machine.encodeEffect(of: news, where: isHere, into: &writer) { count += 1 }
    }

    mutating func end(through index: LogIndex) { through = index }

    /// The whole batch.
    mutating func take() -> Bytes {
        head.complete(through: through, count: count, in: &writer)
        return writer.take()
    }
}
