/// The kinds of watches that a connection may have on one path.
struct WatchKinds: OptionSet, Sendable {
    let rawValue: UInt8

    static let data = WatchKinds(rawValue: 1)
    static let child = WatchKinds(rawValue: 2)
    static let persistent = WatchKinds(rawValue: 4)
    static let recursive = WatchKinds(rawValue: 8)

    static let none: WatchKinds = []
    static let all: [WatchKinds] = [.data, .child, .persistent, .recursive]
}
