import Vocabulary

/// The reference of all keys, written from the table that files are read with: what it says is so.
public enum ReferenceText {
    /// The text of `cluster-configs/reference.json5`.
    public static func text() -> String {
        var lines = opening
        for section in SettingTable.sections {
            lines.append("")
            lines.append("  \(section): {")
            for key in SettingTable.keys(of: section) { lines += keyLines(key) }
            lines.append("  },")
        }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func keyLines(_ key: SettingKey) -> [String] {
        let range = "\(key.range.lowerBound) to \(key.range.upperBound) \(key.unit)"
        return wrapped(key.effect).map { "    // \($0)" } + [
            "    // \(range), default \(key.defaultValue)", "    \(key.name): \(key.defaultValue),",
        ]
    }

    private static func wrapped(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].utf8.count + word.utf8.count > 88 { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines
    }

    private static let opening = """
        // Every key that a configuration may have, with its unit, range, default, and what it does.
        // Keys that are left out have their default; an unknown key or a wrong value starts
        // nothing. Relative paths start from the folder that the file lies in.
        {
          // Which cluster this is: 1 to 64 of a-z, 0-9 and "-". Nodes of another one are turned
          // away.
          cluster: "reference",

          // Where data, process ids and logs of processes go. No default.
          stateDirectory: "../.build/rookery/reference",

          // What the nodes must know and nobody else: files "cluster", "tokens" and "admin", made
          // by "clusterctl secrets create". For the coordination service's clients, if they are
          // there: "coordination-super" (who may do everything, a line user:digest) and
          // "coordination-users" (who may log in, lines user:password).
          // Default: "secrets" in stateDirectory.
          secretDirectory: "../.build/rookery/reference/secrets",

          // Slices of the message space, each kept by one replica group. Higher: more work in
          // parallel on a large cluster, more groups to look after. Fixed for the cluster's life.
          // 1 to \(Limits.partitionsCount) shards, default 4
          shards: 4,

          // Copies of each replica group, on as many nodes as there are. More: more nodes may fail
          // at once (1 of 3, 2 of 5), more writing. 1 to \(Limits.votersMaximum) copies, default 3
          replicas: 3,

          // The nodes of the cluster, 1 to \(NodeListReader.nodesMaximum).
          nodes: [
            {
              // Its number: 1 to 65535, never given to another node.
              id: 1,
              // The IPv4 address of its machine. Copies of a group go to different hosts where
              // there are several. Default: "127.0.0.1".
              host: "127.0.0.1",
              // A rack, room or data centre. Copies of a group go to different zones first.
              // Default: the empty text.
              zone: "a",
              // For other nodes. 1 to 65535, no default; no two of one host are the same.
              peerPort: 7081,
              // For apps and browsers. 1 to 65535, no default.
              clientPort: 8081,
              // For clients of the coordination service. 1 to 65535; left out, it is closed.
              coordinationPort: 2181,
              // For operators and probes. 1 to 65535, no default.
              adminPort: 9081,
              // The address that adminPort is bound to. Default: "127.0.0.1".
              adminHost: "127.0.0.1",
              // Its logs and snapshots, and nobody else's. Default: "n" and its id in
              // stateDirectory.
              dataDirectory: "../.build/rookery/reference/n1",
              // What it is there for: "coordination" (may vote there), "gateway" (serves clients),
              // "storage" (may hold copies). Default: all.
              roles: ["coordination", "gateway", "storage"],
            },
          ],
        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
