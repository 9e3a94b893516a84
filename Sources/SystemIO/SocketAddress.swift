import CSystem
import Glibc

/// An IPv4 or IPv6 address, as numbers, and a port.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes.
    private let address: [UInt8]
    public let port: UInt16

    /// From `127.0.0.1` or `::1`; nil for anything else, host names included.
    public init?(host: String, port: UInt16) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            address = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, host, &sixteen) == 1 {
            address = withUnsafeBytes(of: &sixteen) { Array($0) }
        } else {
            return nil
        }
        self.port = port
    }

    private init(address: [UInt8], port: UInt16) {
        self.address = address
        self.port = port
    }

    /// From what the kernel filled in; nil for other families.
    init?(_ storage: sockaddr_storage) {
        let family = Int32(storage.ss_family)
        let made: SocketAddress? = withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET:
                let value = bytes.loadUnaligned(as: sockaddr_in.self)
                return SocketAddress(
                    address: withUnsafeBytes(of: value.sin_addr) { Array($0) },
                    port: UInt16(bigEndian: value.sin_port))
            case AF_INET6:
                let value = bytes.loadUnaligned(as: sockaddr_in6.self)
                return SocketAddress(
                    address: withUnsafeBytes(of: value.sin6_addr) { Array($0) },
                    port: UInt16(bigEndian: value.sin6_port))
            default: return nil
            }
        }
        guard let made else { return nil }
        self = made
    }

    public var isIPv6: Bool { address.count == 16 }

    /// The address without the port.
    public var host: String {
        var text = [CChar](repeating: 0, count: 64)
        let family = isIPv6 ? AF_INET6 : AF_INET
        guard inet_ntop(family, address, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { bytes -> Int in
            if isIPv6 {
                var value = sockaddr_in6()
                value.sin6_family = sa_family_t(AF_INET6)
                value.sin6_port = port.bigEndian
                withUnsafeMutableBytes(of: &value.sin6_addr) { $0.copyBytes(from: address) }
                bytes.storeBytes(of: value, as: sockaddr_in6.self)
                return MemoryLayout<sockaddr_in6>.size
            }
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &value.sin_addr) { $0.copyBytes(from: address) }
            bytes.storeBytes(of: value, as: sockaddr_in.self)
            return MemoryLayout<sockaddr_in>.size
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(length))
            }
        }
    }
}
