public import Coordination
import Toolbox
public import Vocabulary
public import ZooKeeperWire

// Four-letter words: what operators and probes ask without being clients.
extension CoordinationServiceInstance {
    /// Answers the question of a `word` directive, and closes.
    public mutating func answer(
        _ word: FourLetterWord, on id: ConnectionID, vitals: CoordinationVitals,
        machine: CoordinationMachine, into directives: inout [CoordinationServiceDirective]
    ) {
        guard let slot = table.slot(of: id) else { return }
        let text = Bytes(text(answering: word, vitals, machine))
        if !text.isEmpty { write(slot) { $0.writeRaw(text) } }
        drop(slot, into: &directives)
    }

    private mutating func text(
        answering word: FourLetterWord, _ vitals: CoordinationVitals,
        _ machine: CoordinationMachine
    ) -> String {
        if let allowed = settings.wordsAllowed, !allowed.contains(word.text) {
            return "\(word.text) is not executed because it is not in the whitelist.\n"
        }
        switch word {
        case .ruok: return "imok"
        case .isro: return hasLeader ? "rw" : isReadOnlyMode ? "ro" : "null"
        case .gtmk, .stmk: return "0"
        case .conf: return configurationText(vitals)
        case .envi: return environmentText(vitals)
        case .cons, .crst, .dirs, .dump, .hash, .mntr, .srst, .srvr, .stat, .wchc, .wchp, .wchs:
            break
        }
        guard hasLeader || isReadOnlyMode else {
            return "This ZooKeeper instance is not currently serving requests\n"
        }
        return servedText(answering: word, vitals, machine)
    }

    private mutating func servedText(
        answering word: FourLetterWord, _ vitals: CoordinationVitals,
        _ machine: CoordinationMachine
    ) -> String {
        switch word {
        case .cons: return connectionsText(isFull: true) + "\n"
        case .crst:
            for slot in table.indices where table[slot].isLive { table[slot].counters.reset() }
            return "Connection stats reset.\n"
        case .dirs:
            return "datadir_size: \(vitals.dataDirectoryBytes)\n"
                + "logdir_size: \(vitals.logDirectoryBytes)\n"
        case .dump: return dumpText(machine)
        // A digest of the tree takes long, and anybody may ask.
        case .hash: return "\(machine.zxid)\n"
        case .mntr: return monitorText(vitals, machine)
        case .srst:
            let outstanding = counters.outstanding
            counters = ServiceCounters()
            counters.outstanding = outstanding
            return "Server stats reset.\n"
        case .srvr: return versionText + serverText(vitals, machine)
        case .stat:
            return versionText + "Clients:\n" + connectionsText(isFull: false) + "\n"
                + serverText(vitals, machine)
        case .wchs: return watchSummaryText
        case .wchc: return watchesByConnectionText
        case .wchp: return watchesByPathText
        case .ruok, .isro, .gtmk, .stmk, .conf, .envi: return ""
        }
    }

    private var versionText: String {
        "Zookeeper version: \(settings.versionText), built on \(settings.builtText)\n"
    }

    private func mode(_ vitals: CoordinationVitals) -> String {
        isReadOnlyMode ? CoordinationVitals.Mode.readOnly.rawValue : vitals.mode.rawValue
    }

    /// Microseconds as milliseconds with a fraction, without the zeros that say nothing.
    private static func milliseconds(_ microseconds: Int64) -> String {
        let (whole, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000)
        let digits = String(fraction)
        return "\(whole)." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    private func serverText(
        _ vitals: CoordinationVitals, _ machine: CoordinationMachine
    ) -> String {
        let latency = counters.latency
        var text = "Latency min/avg/max: \(latency.minimum)/"
        text += "\(Self.milliseconds(latency.meanMicroseconds))/\(latency.maximum)\n"
        text += "Received: \(counters.received)\nSent: \(counters.sent)\n"
        text += "Connections: \(table.count)\nOutstanding: \(counters.outstanding)\n"
        text += "Zxid: \(zxid)\nMode: \(mode(vitals))\nNode count: \(machine.counts.nodes)\n"
        if vitals.mode == .leader {
            let bytes = vitals.proposalBytes
            text += "Proposal sizes last/min/max: "
            text += "\(bytes.last)/\(bytes.minimum)/\(bytes.maximum)\n"
        }
        return text
    }

    private func monitorText(
        _ vitals: CoordinationVitals, _ machine: CoordinationMachine
    ) -> String {
        let counts = machine.counts
        var lines: [(String, String)] = [
            ("version", "\(settings.versionText), built on \(settings.builtText)"),
            ("server_state", mode(vitals)),
            (
                "peer_state",
                vitals.mode == .leader ? "leading - broadcast" : "following - broadcast"
            ),
            ("avg_latency", Self.milliseconds(counters.latency.meanMicroseconds)),
            ("max_latency", "\(counters.latency.maximum)"),
            ("min_latency", "\(counters.latency.minimum)"),
            ("packets_received", "\(counters.received)"), ("packets_sent", "\(counters.sent)"),
            ("num_alive_connections", "\(table.count)"),
            ("outstanding_requests", "\(counters.outstanding)"),
            ("znode_count", "\(counts.nodes)"), ("watch_count", "\(watches.count)"),
            ("ephemerals_count", "\(counts.ephemerals)"),
            ("approximate_data_size", "\(counts.contentBytes)"),
            ("open_file_descriptor_count", "\(vitals.openFilesCount)"),
            ("max_file_descriptor_count", "\(vitals.openFilesMaximum)"),
            ("global_sessions", "\(counts.sessions)"), ("local_sessions", "0"),
            ("uptime", "\(vitals.uptime.nanoseconds / 1_000_000)"),
        ]
        if vitals.mode == .leader {
            lines += [
                ("learners", "\(vitals.learnersCount)"),
                ("synced_followers", "\(vitals.syncedFollowersCount)"),
                ("synced_observers", "\(vitals.syncedObserversCount)"), ("pending_syncs", "0"),
                ("quorum_size", "\(vitals.quorumSize)"),
            ]
        }
        return lines.map { "zk_\($0.0)\t\($0.1)\n" }.joined()
    }

    private func environmentText(_ vitals: CoordinationVitals) -> String {
        var text = "Environment:\nzookeeper.version=\(settings.versionText), "
        text += "built on \(settings.builtText)\n"
        for (key, value) in vitals.environment { text += "\(key)=\(value)\n" }
        return text
    }

    private func configurationText(_ vitals: CoordinationVitals) -> String {
        let tick = settings.tick.nanoseconds / 1_000_000
        var text = "clientPort=\(vitals.clientPort)\nsecureClientPort=-1\n"
        text += "dataDir=\(vitals.dataDirectory)\ndataDirSize=\(vitals.dataDirectoryBytes)\n"
        text += "dataLogDir=\(vitals.dataDirectory)\ndataLogSize=\(vitals.logDirectoryBytes)\n"
        text += "tickTime=\(tick)\nmaxClientCnxns=\(settings.connectionsPerHostMaximum)\n"
        text += "minSessionTimeout=\(Self.milliseconds(settings.sessionTimeoutMinimum))\n"
        text += "maxSessionTimeout=\(Self.milliseconds(settings.sessionTimeoutMaximum))\n"
        text += "clientPortListenBacklog=-1\nserverId=\(node.rawValue)\ninitLimit=10\n"
        text += "syncLimit=5\nelectionAlg=3\nelectionPort=\(vitals.electionPort)\n"
        text += "quorumPort=\(vitals.quorumPort)\npeerType=\(vitals.mode == .observer ? 1 : 0)\n"
        text += "membership: \n"
        for line in vitals.membership { text += line + "\n" }
        return text + "version=\(vitals.membershipVersion)"
    }
}
