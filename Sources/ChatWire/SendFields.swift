import Toolbox
import Vocabulary

/// The members of a plain `send`, as they are met.
///
/// Most frames are such: they are read in one walk, without building the object. Whatever else
/// comes is left to the general decoder, which also tells what is wrong with it.
struct SendFields {
    private var isSend = false
    private var id: FrameID?
    private var chat: ChatID?
    private var clientID: ClientMessageID?
    private var text: Bytes?
    private var seen: SequenceNumber?

    /// The frame, if it is a plain `send` with nothing wrong about it.
    static func read(_ bytes: Bytes) -> SendFrame? {
        var fields = SendFields()
        do throws(JSONFailure) {
            guard try JSONValue.walk(bytes, { fields.take($0, $1) }) else { return nil }
        } catch {
            return nil
        }
        return fields.frame
    }

    private var frame: SendFrame? {
        guard isSend, let id, let chat, let clientID, let text else { return nil }
        return SendFrame(
            id: id, chat: chat, draft: MessageDraft(clientID: clientID, text: text, seen: seen))
    }

    /// Takes a member; false for one that is not plain, or comes twice.
    private mutating func take(_ key: Bytes, _ value: JSONValue) -> Bool {
        switch value {
        case .string(let bytes): take(key, text: bytes)
        case .integer(let integer): take(key, number: integer)
        case .null, .bool, .number, .array, .object: false
        }
    }

    private mutating func take(_ key: Bytes, text bytes: Bytes) -> Bool {
        if !isSend, key.equals("op") {
            isSend = bytes.equals("send")
            return isSend
        }
        if chat == nil, key.equals("chat") {
            chat = bytes.decimalNumber.map(ChatID.init(rawValue:))
            return chat != nil
        }
        if text == nil, key.equals("text") {
            text = bytes
            return bytes.count <= Limits.textScalarsMaximum
        }
        if clientID == nil, key.equals("client_id") {
            clientID = ClientMessageID(text: bytes)
            return clientID != nil
        }
        return false
    }

    private mutating func take(_ key: Bytes, number: Int64) -> Bool {
        guard number.magnitude <= Fields.numberMaximum else { return false }
        if id == nil, key.equals("id") {
            id = .number(number)
            return true
        }
        if seen == nil, number >= 0, key.equals("seen") {
            seen = SequenceNumber(UInt64(number))
            return true
        }
        return false
    }
}
