import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

// The longer answers to four-letter words: connections, sessions, watches.
extension CoordinationServiceInstance {
    /// Slots of all connections but those that only ask, by number.
    private var connectedSlots: [Int] {
        table.indices.filter { table[$0].isLive }.sorted { table[$0].id < table[$1].id }
    }

    func connectionsText(isFull: Bool) -> String {
        connectedSlots.map { connectionText($0, isFull: isFull) }.joined()
    }

    private func connectionText(_ slot: Int, isFull: Bool) -> String {
        let connection = table[slot]
        let counters = connection.counters
        var text = " /\(Self.text(connection.address))[\(connection.isOpen ? 1 : 0)]("
        text += "queued=\(connection.queue.count),recved=\(counters.received),"
        text += "sent=\(counters.sent)"
        if isFull, connection.isOpen {
            let latency = counters.latency
            let operation = counters.lastOperation.map(Self.shortName) ?? "NA"
            text += ",sid=\(connection.session),lop=\(operation)"
            text += ",est=\(counters.establishedAt.milliseconds)"
            text += ",to=\(connection.timeoutMilliseconds)"
            text += ",lcxid=0x" + String(UInt32(bitPattern: counters.lastXid.rawValue), radix: 16)
            text += ",lzxid=\(counters.lastZxid)"
            text += ",lresp=\(connection.heardAt.nanoseconds / 1_000_000)"
            text += ",llat=\(latency.last),minlat=\(latency.minimum)"
            text += ",avglat=\(latency.meanMicroseconds / 1_000),maxlat=\(latency.maximum)"
        }
        return text + ")\n"
    }

    /// ZooKeeper's four letters for an operation.
    private static func shortName(_ operation: OperationCode) -> String {
        switch operation {
        case .create, .create2, .createContainer, .createTTL: "CREA"
        case .delete: "DELE"
        case .exists: "EXIS"
        case .getData: "GETD"
        case .setData: "SETD"
        case .getACL: "GETA"
        case .setACL: "SETA"
        case .getChildren, .getChildren2: "GETC"
        case .sync: "SYNC"
        case .ping: "PING"
        case .check: "CHEC"
        case .multi, .multiRead: "MULT"
        case .reconfig: "RECO"
        case .checkWatches, .removeWatches, .setWatches, .setWatches2, .addWatch: "SETW"
        case .auth: "AUTH"
        case .sasl: "SASL"
        case .getEphemerals: "GETE"
        case .getAllChildrenNumber: "GETN"
        case .whoAmI: "WHOA"
        case .closeSession: "CLOS"
        }
    }

    func dumpText(_ machine: CoordinationMachine) -> String {
        var text = "SessionTracker dump:\n"
        let sessions = machine.allSessions
        text += "Global Sessions(\(sessions.count)):\n"
        for session in sessions { text += "\(session.id)\t\(session.timeoutMilliseconds)ms\n" }
        text += "ephemeral nodes dump:\n"
        let owners = sessions.filter { $0.ephemeralsCount > 0 }
        text += "Sessions with Ephemerals (\(owners.count)):\n"
        for owner in owners {
            text += "\(owner.id):\n"
            for path in machine.ephemerals(of: owner.id) { text += "\t\(path)\n" }
        }
        text += "Connections dump:\nconnections: \(table.count)\n"
        for slot in connectedSlots {
            text += "\(Self.text(table[slot].address)) \(table[slot].session)\n"
        }
        return text
    }

    var watchSummaryText: String {
        let watching = table.indices.filter { !table[$0].watches.isEmpty }.count
        return "\(watching) connections watching \(watches.pathsCount) paths\n"
            + "Total watches:\(watches.count)\n"
    }

    var watchesByConnectionText: String {
        var text = ""
        for slot in connectedSlots where !table[slot].watches.isEmpty {
            text += "\(table[slot].session)\n"
            for path in table[slot].watches.keys.sorted() { text += "\t\(path)\n" }
        }
        return text + "\n"
    }

    var watchesByPathText: String {
        var text = ""
        for (path, slots) in watches.listed {
            text += "\(path)\n"
            for slot in slots { text += "\t\(table[Int(slot)].session)\n" }
        }
        return text + "\n"
    }

    private static func text(_ bytes: Bytes) -> String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
