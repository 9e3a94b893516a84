public import Toolbox
import VirtualWorld

/// What a run is made of, but for chance: data, kept in `ChaosTests/Plans`.
public struct SimulationPlan: Hashable, Sendable {
    public var name: String
    /// What the plan is after, for people.
    public var story = ""
    /// Simulated seconds during which things go wrong.
    public var faultSeconds: Int64 = 20
    /// Simulated seconds in which everything must be well again once the faults have stopped.
    public var healSeconds: Int64 = 30
    public var nodes = 3
    public var shards = 2
    public var clients = 5
    /// Clients of the coordination service, who speak ZooKeeper's protocol.
    public var coordinationClients = 0
    /// Milliseconds between two faults, on average.
    public var faultIntervalMilliseconds: Int64 = 700
    /// How long faults last, beside how long they usually do.
    public var faultLengthPercent: Int64 = 100
    /// Milliseconds between two operations of one client, on average.
    public var operationIntervalMilliseconds: Int64 = 150
    /// Of 100 operations, how many more change members; 0 leaves them at their usual share.
    public var memberPercent = 0
    public var nemeses: [NemesisKind] = NemesisKind.ordinary
    /// Each run switches off a random half of the nemeses.
    public var isSwarm = true
    /// How likely a run has tiny limits: small segments, a snapshot every few entries, short
    /// queues.
    public var smallLimitsProbability = 0.5

    public init(name: String) { self.name = name }
}

/// Why a file is no plan.
public enum SimulationPlanFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case json(JSONFailure)
    case notAnObject
    case unknownKey(String)
    case badValue(String)
    case unknownNemesis(String)

    public var description: String {
        switch self {
        case .json(let failure): "no JSON: \(failure)"
        case .notAnObject: "a plan is one JSON object"
        case .unknownKey(let key): "unknown key \(key)"
        case .badValue(let key): "bad value of \(key)"
        case .unknownNemesis(let name):
            "unknown nemesis \(name); there are "
                + NemesisKind.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }
}

extension SimulationPlan {
    /// Reads a plan: every key may be left out, no other key may stand there.
    public init(name: String, json: Bytes) throws(SimulationPlanFailure) {
        self.init(name: name)
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONValue.parse(json)
        } catch {
            throw .json(error)
        }
        guard let object = value.object else { throw .notAnObject }
        for member in object.members {
            let key = member.key.text ?? ""
            try set(key, to: member.value)
        }
    }

    private mutating func set(
        _ key: String, to value: JSONValue
    ) throws(SimulationPlanFailure) {
        switch key {
        case "story": story = try Self.text(value, key)
        case "faultSeconds": faultSeconds = try Self.integer(value, key, 1...86_400)
        case "healSeconds": healSeconds = try Self.integer(value, key, 1...3_600)
        case "nodes": nodes = Int(try Self.integer(value, key, 1...7))
        case "shards": shards = Int(try Self.integer(value, key, 1...64))
        case "clients": clients = Int(try Self.integer(value, key, 2...64))
        case "coordinationClients":
            coordinationClients = Int(try Self.integer(value, key, 0...64))
        case "faultIntervalMilliseconds":
            faultIntervalMilliseconds = try Self.integer(value, key, 1...600_000)
        case "faultLengthPercent":
            faultLengthPercent = try Self.integer(value, key, 1...10_000)
        case "operationIntervalMilliseconds":
            operationIntervalMilliseconds = try Self.integer(value, key, 1...600_000)
        case "memberPercent": memberPercent = Int(try Self.integer(value, key, 0...100))
        case "swarm":
            guard let flag = value.bool else { throw .badValue(key) }
            isSwarm = flag
        case "smallLimitsProbability":
            guard let number = value.double, (0...1).contains(number) else {
                throw .badValue(key)
            }
            smallLimitsProbability = number
        case "nemeses": nemeses = try Self.nemeses(value)
        default: throw .unknownKey(key)
        }
    }

    private static func text(
        _ value: JSONValue, _ key: String
    ) throws(SimulationPlanFailure) -> String {
        guard let text = value.string else { throw .badValue(key) }
        return text
    }

    private static func integer(
        _ value: JSONValue, _ key: String, _ range: ClosedRange<Int64>
    ) throws(SimulationPlanFailure) -> Int64 {
        guard let integer = value.integer, range.contains(integer) else { throw .badValue(key) }
        return integer
    }

    private static func nemeses(
        _ value: JSONValue
    ) throws(SimulationPlanFailure) -> [NemesisKind] {
        guard let list = value.array else { throw .badValue("nemeses") }
        var kinds: [NemesisKind] = []
        for element in list {
            let name = try text(element, "nemeses")
            guard let kind = NemesisKind(rawValue: name) else { throw .unknownNemesis(name) }
            kinds.append(kind)
        }
        return kinds
    }
}
