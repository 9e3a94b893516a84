import Toolbox
import Vocabulary
import ZooKeeperWire

/// What a client in a turmoil knows, and what it must never see.
///
/// It follows one session over many connections, as ZooKeeper's own clients do.
struct TurmoilClient {
    struct Sent {
        let xid: Xid
        let request: ZooKeeperRequest
        /// The latest change that anybody had been told of when this was sent.
        let floor: Zxid
    }

    /// Its connection's number in the ensemble.
    var connection: Int?
    var response: ConnectResponse?
    /// The highest number it was told: no answer may be older.
    var lastZxid = Zxid.zero
    var sent: [Sent] = []
    /// One-shot data watches: the `mzxid` that it saw; `zero` where there was no node.
    var armed: [ZnodePath: Zxid] = [:]
    /// Ephemeral nodes of which it was told that they are made.
    var ephemerals: [ZnodePath] = []
    /// When a node that knows the leader heard it last.
    var heardAt: Int64 = 0
    var violations: [String] = []

    /// Watches as it says them to a new connection.
    var setWatches: ZooKeeperRequest {
        let paths = armed.keys.sorted()
        return .setWatches(
            SetWatchesRequest(
                relativeZxid: lastZxid, data: paths.filter { armed[$0] != .zero },
                exist: paths.filter { armed[$0] == .zero }))
    }

    mutating func hear(_ heard: [Heard]) {
        for one in heard {
            switch one {
            case .pong: break
            case .event(let event, _): hear(event)
            case .reply(let answer): hear(answer)
            }
        }
    }

    private mutating func hear(_ event: WatchEvent) {
        if armed.removeValue(forKey: event.path) == nil {
            violations.append("an event that no watch waited for: \(event)")
        }
    }

    private mutating func hear(_ answer: Answer) {
        guard !sent.isEmpty else { return violations.append("an answer to nothing") }
        let request = sent.removeFirst()
        guard request.xid == answer.header.xid else {
            return violations.append("\(answer.header.xid) answered before \(request.xid)")
        }
        if answer.header.zxid < lastZxid {
            violations.append("\(answer.header.zxid) behind \(lastZxid): time goes back")
        }
        if answer.header.zxid < request.floor {
            violations.append("\(request.request.operation) older than what was answered before")
        }
        lastZxid = max(lastZxid, answer.header.zxid)
        switch request.request {
        case .getData(let read), .exists(let read):
            look(at: read.path, answer)
            guard read.setsWatch else { return }
            if let stat = answer.stat {
                armed[read.path] = stat.mzxid
            } else if case .exists = request.request {
                armed[read.path] = .zero
            }
        case .setData(let set): look(at: set.path, answer)
        case .create(let create):
            if create.mode == .ephemeral, answer.error == nil { ephemerals.append(create.path) }
        default: break
        }
    }

    /// Nothing of a change may be seen before the watch told of it.
    private mutating func look(at path: ZnodePath, _ answer: Answer) {
        guard let seen = armed[path] else { return }
        let shown: Zxid? = answer.error == .noNode ? .zero : answer.stat?.mzxid
        if let shown, shown != seen {
            violations.append("\(path) shown at \(shown), watched at \(seen), and no event")
        }
    }
}
