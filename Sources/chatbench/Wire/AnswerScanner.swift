public import HTTPWire
import Toolbox

/// Reads a server's answers to `POST` of messages at the least cost.
///
/// `HTTP/1.1 201 ...`, with a length and `{"seq":12,...` as its body, is read where it lies; every
/// other answer goes the strict way of `HTTPResponseDecoder`.
public struct AnswerScanner: Sendable {
    public enum Found: Hashable, Sendable {
        case acknowledged(seq: UInt64)
        /// Anything else, whole.
        case response(HTTPResponse)
    }

    private enum Front {
        case acknowledged(seq: UInt64, bytes: Int)
        case partial
        case notPlain
    }

    /// A longer head is none of a message's answer.
    private static let headBytesMaximum = 4 << 10

    private var arrived = ArrivedBytes()
    private var decoder = HTTPResponseDecoder()
    private var isStrict = false

    public init() {}

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if isStrict {
            decoder.append(Bytes(Array(bytes)))
        } else {
            arrived.append(bytes)
        }
    }

    /// The next answer; nil until more bytes come.
    ///
    /// - Throws: why the connection is of no more use.
    public mutating func next() throws(HTTPFailure) -> Found? {
        if !isStrict {
            switch arrived.withBytes(Self.front) {
            case .acknowledged(let seq, let count):
                arrived.drop(count)
                return .acknowledged(seq: seq)
            case .partial: return nil
            case .notPlain:
                decoder.append(Bytes(arrived.takeAll()))
                isStrict = true
            }
        }
        guard let response = try decoder.next() else { return nil }
        isStrict = false
        decoder.takeRemainder().withUnsafeBytes { arrived.append($0) }
        return .response(response)
    }

    private static func front(of bytes: UnsafeRawBufferPointer) -> Front {
        var scan = ByteScan(bytes)
        guard scan.skip("HTTP/1.1 201 ") else {
            return bytes.count < 13 ? .partial : .notPlain
        }
        guard scan.skip(through: "\r\n\r\n", within: headBytesMaximum) else {
            return bytes.count < headBytesMaximum ? .partial : .notPlain
        }
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<scan.place])
        guard let length = bodyBytes(by: head) else { return .notPlain }
        guard bytes.count >= head.count + length else { return .partial }
        var body = ByteScan(
            UnsafeRawBufferPointer(rebasing: bytes[head.count..<head.count + length]))
        guard body.skip(#"{"seq":"#), let seq = body.member() else { return .notPlain }
        return .acknowledged(seq: seq, bytes: head.count + length)
    }

    /// What `Content-Length` says, in a head that says nothing else about its body's end and
    /// nothing about the connection's.
    private static func bodyBytes(by head: UnsafeRawBufferPointer) -> Int? {
        var length: Int?
        var start = 0
        for place in head.indices where head[place] == UInt8(ascii: "\n") {
            let line = UnsafeRawBufferPointer(rebasing: head[start..<place])
            start = place + 1
            // Names know no case; servers of this project write them so.
            guard let first = line.first else { return nil }
            switch first | 0x20 {
            case UInt8(ascii: "c"):
                var scan = ByteScan(line)
                if scan.skip("Content-Length: ") {
                    guard length == nil, let count = scan.number(),
                        count <= headBytesMaximum, scan.place == line.count - 1
                    else { return nil }
                    length = Int(count)
                } else if !scan.skip("Content-") && !scan.skip("Cache-") {
                    return nil
                }
            case UInt8(ascii: "t"): return nil
            default: break
            }
        }
        return length
    }
}
