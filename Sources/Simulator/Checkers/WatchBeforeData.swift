import Toolbox
public import VirtualWorld
public import ZooKeeperWire

/// Whoever watches hears of a change before anything that shows it or comes behind it; and hears of
/// each once.
public struct WatchBeforeData: Sendable {
    /// One-shot watches: the change that last set the node's data as it was seen then; `zero` where
    /// there was no node.
    private(set) var data = SortedMap<ZnodePath, Zxid>()
    /// The same for the node's children.
    private(set) var children = SortedMap<ZnodePath, Zxid>()
    /// Paths of which a new connection may be told twice that they are gone: for each kind of
    /// watch.
    private var toldAgain: Set<ZnodePath> = []
    private(set) var eventsCount = 0

    public init() {}

    var isEmpty: Bool { data.isEmpty && children.isEmpty }

    /// What a new connection is told of the old one's watches.
    mutating func setWatches(since zxid: Zxid) -> ZooKeeperRequest {
        toldAgain = Set(data.keys.filter { children[$0] != nil })
        return .setWatches(
            SetWatchesRequest(
                relativeZxid: zxid, data: data.keys.filter { data[$0] != .zero },
                exist: data.keys.filter { data[$0] == .zero }, child: children.keys))
    }

    /// An event came.
    public mutating func hear(
        _ event: WatchEvent, from client: Int, into violations: inout [Violation]
    ) {
        eventsCount += 1
        let path = event.path
        let wasExpected: Bool
        switch event.kind {
        case .nodeCreated, .nodeDataChanged:
            wasExpected = data.removeValue(forKey: path) != nil
        case .nodeChildrenChanged: wasExpected = children.removeValue(forKey: path) != nil
        case .nodeDeleted:
            let isOfData = data.removeValue(forKey: path) != nil
            let isOfChildren = children.removeValue(forKey: path) != nil
            wasExpected = isOfData || isOfChildren || toldAgain.remove(path) != nil
        }
        if !wasExpected {
            violations.append(
                Violation(
                    "WatchBeforeData",
                    "coordinator \(client + 1) hears \(event.kind) of \(path), unasked"))
        }
    }

    /// An answer came: whatever changed up to it must have been told.
    public func check(
        asOf zxid: Zxid, from client: Int, _ model: CoordinationModel,
        into violations: inout [Violation]
    ) {
        for (path, seen) in data {
            let now = model.node(at: path, asOf: zxid)?.setBy ?? .zero
            if now != seen { complain(client, path, seen, now, zxid, into: &violations) }
        }
        for (path, seen) in children {
            let now = model.node(at: path, asOf: zxid)?.childrenChangedBy ?? .zero
            if now != seen { complain(client, path, seen, now, zxid, into: &violations) }
        }
    }

    private func complain(
        _ client: Int, _ path: ZnodePath, _ seen: Zxid, _ now: Zxid, _ zxid: Zxid,
        into violations: inout [Violation]
    ) {
        violations.append(
            Violation(
                "WatchBeforeData",
                "coordinator \(client + 1) is told of \(zxid) and watches \(path) since \(seen):"
                    + " it changed by \(now) without an event"))
    }

    /// A read that sets a watch was answered.
    public mutating func note(_ heard: CoordinationReplyHeard, _ model: CoordinationModel) {
        let zxid = heard.zxid
        switch heard.sent.request {
        case .getData(let read) where read.setsWatch && heard.answer.error == nil,
            .exists(let read) where read.setsWatch:
            data[read.path] = model.node(at: read.path, asOf: zxid)?.setBy ?? .zero
        case .getChildren(let read) where read.setsWatch && heard.answer.error == nil,
            .getChildren2(let read) where read.setsWatch && heard.answer.error == nil:
            children[read.path] = model.node(at: read.path, asOf: zxid)?.childrenChangedBy ?? .zero
        default: break
        }
    }
}
