import ChatWire
import Toolbox
import Vocabulary

/// Who waits for the answer to a request, and how he wants it.
struct Asker: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        /// The connection's HTTP request of this number.
        case exchange(UInt64)
        /// A frame; the weight is what it counts for.
        case frame(FrameID, RequestWeight)
        /// An HTTP operation over the socket.
        case call(FrameID, RequestWeight)
    }

    let connection: ConnectionID
    let form: Form
}

/// What a request came to, before it is put into HTTP or a frame.
enum Outcome: Hashable, Sendable {
    case sent(SendReceipt)
    case page(EntryPage)
    case conversations(ConversationPage)
    /// A JSON document.
    case body(status: Int, Bytes)
    case refused(ErrorReport)

    /// As HTTP shows it.
    var document: (status: Int, body: Bytes) {
        switch self {
        case .sent(let receipt): (receipt.isDuplicate ? 200 : 201, receipt.encoded())
        case .page(let page): (200, page.encoded())
        case .conversations(let page): (200, page.encoded())
        case .body(let status, let body): (status, body)
        case .refused(let report): (report.code.status, report.encodedDocument())
        }
    }

    /// As the answer to a frame shows it.
    func frame(id: FrameID, isCall: Bool) -> ServerFrame {
        switch self {
        case .refused(let report): return .error(id: id, report)
        case .sent(let receipt) where !isCall: return .ok(id: id, .sent(receipt))
        case .page(let page) where !isCall: return .ok(id: id, .page(page))
        case .conversations(let page) where !isCall: return .ok(id: id, .conversations(page))
        case .sent, .page, .conversations, .body:
            let (status, body) = document
            return .ok(id: id, .called(status: status, body: body.isEmpty ? nil : body))
        }
    }
}

extension ErrorReport {
    func encodedDocument() -> Bytes {
        var writer = ByteWriter(reserving: 128)
        encode(into: &writer)
        return writer.take()
    }
}
