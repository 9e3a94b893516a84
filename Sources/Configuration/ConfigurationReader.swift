import Vocabulary

/// Turns a file's bytes into a configuration, or into everything that is wrong with it.
///
/// Touches no file: paths in the configuration are only joined.
struct ConfigurationReader {
    private let file: String
    private let folder: String
    private var root: ObjectReader

    /// - Parameters:
    ///   - file: as the operator named it, for messages.
    ///   - folder: absolute; what relative paths in the file start from.
    static func read(
        _ bytes: [UInt8], file: String, folder: String
    ) throws(ConfigurationFailure) -> ClusterConfiguration {
        let value: LocatedValue
        do throws(JSON5Failure) {
            value = try JSON5Reader.read(bytes)
        } catch {
            throw Self.failure(file, line: error.line, error.message)
        }
        guard case .object(let members) = value.content else {
            throw Self.failure(
                file, line: value.line, "the file must hold an object, not \(value.content.kind)")
        }
        var reader = ConfigurationReader(
            file: file, folder: folder,
            root: ObjectReader(members, name: nil, line: value.line))
        return try reader.cluster()
    }

    private static func failure(
        _ file: String, line: Int?, _ message: String
    ) -> ConfigurationFailure {
        ConfigurationFailure(problems: [.init(file: file, line: line, message: message)])
    }

    private mutating func cluster() throws(ConfigurationFailure) -> ClusterConfiguration {
        let cluster = clusterName() ?? ""
        let state = Path.join(folder, root.text("stateDirectory") ?? ".")
        let secrets = root.textIfAny("secretDirectory").map { Path.join(folder, $0) }
        let shards = root.integerIfAny(
            "shards", 1...Int64(Limits.partitionsCount), unit: "shards")
        let replicas = root.integerIfAny(
            "replicas", 1...Int64(Limits.votersMaximum), unit: "copies")
        let nodes = nodes(state: state)
        var settings = ClusterSettings()
        for section in SettingTable.sections { readSection(section, into: &settings) }
        root.finish()
        let configuration = ClusterConfiguration(
            cluster: cluster, stateDirectory: state,
            secretDirectory: secrets ?? Path.join(state, "secrets"),
            nodes: nodes.sorted { $0.id < $1.id }, shardsCount: Int(shards ?? 4),
            replicas: Int(replicas ?? 3), settings: settings)
        guard root.problems.isEmpty else {
            throw ConfigurationFailure(
                problems: root.problems.sorted { $0.line < $1.line }.map {
                    .init(file: file, line: $0.line, message: $0.message)
                })
        }
        return configuration
    }

    private mutating func clusterName() -> String? {
        guard let name = root.text("cluster") else { return nil }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, name.utf8.count <= 64 else {
            let line = root.member("cluster")?.line ?? root.line
            root.report(line, "\"cluster\" must be 1 to 64 of a-z, 0-9 and \"-\", not \"\(name)\"")
            return nil
        }
        return name
    }

    private mutating func nodes(state: String) -> [NodeConfiguration] {
        guard let list = root.list("nodes") else { return [] }
        var reader = NodeListReader(folder: folder, state: state, line: list.line)
        let nodes = reader.read(list.elements)
        for problem in reader.problems { root.report(problem.line, problem.message) }
        return nodes
    }

    private mutating func readSection(_ name: String, into settings: inout ClusterSettings) {
        guard var section = root.object(name) else { return }
        for key in SettingTable.keys(of: name) {
            if let value = section.integerIfAny(key.name, key.range, unit: key.unit) {
                key.set(value, in: &settings)
            }
        }
        section.finish()
        // Relations between keys make sense only of keys that are right by themselves.
        if section.problems.isEmpty, let message = SettingRelations.problem(name, in: settings) {
            section.report(section.line, "\"\(name)\": \(message)")
        }
        root.adopt(section)
    }
}
