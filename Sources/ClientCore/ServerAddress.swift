/// Where a node serves clients.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// From `ws://host:port/...` or `http://host:port/...`, as servers name each other; nil for
    /// anything else, and for a URL without a port.
    public init?(url: String) {
        for scheme in ["ws://", "http://"] where url.hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count)
            self.init(String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }))
            return
        }
        return nil
    }

    /// From `host:port`, with an IPv6 address in brackets.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]"), host.count > 2 {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }) else {
            return nil
        }
        self.init(host: String(host), port: port)
    }

    /// `host:port`, as in a `Host` field.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
