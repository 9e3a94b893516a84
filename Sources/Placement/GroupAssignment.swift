public import Toolbox
public import Vocabulary

/// Who shall vote in a replica group and who shall lead it: what `/rookery/groups/<id>` says.
///
/// A wish: who votes now stands in the group's own log, who leads now its members know.
public struct GroupAssignment: Hashable, Sendable {
    /// Goes up with each change.
    public let epoch: UInt64
    /// Ascending, 1 ... `Limits.votersMaximum`.
    public let voters: [NodeID]
    /// One of `voters`.
    public let preferredLeader: NodeID

    public init(epoch: UInt64, voters: [NodeID], preferredLeader: NodeID) {
        let voters = Set(voters).sorted()
        invariant(1...Limits.votersMaximum ~= voters.count, "\(voters.count) voters")
        invariant(voters.contains(preferredLeader), "\(preferredLeader) leads without a vote")
        self.epoch = epoch
        self.voters = voters
        self.preferredLeader = preferredLeader
    }

    /// The next one, in which `lost` has given its place to `substitute`.
    ///
    /// - Precondition: `lost` votes and `substitute` does not.
    public func replacing(_ lost: NodeID, with substitute: NodeID) -> GroupAssignment {
        invariant(voters.contains(lost), "\(lost) has no vote to lose")
        invariant(!voters.contains(substitute), "\(substitute) has its vote already")
        return GroupAssignment(
            epoch: epoch + 1, voters: voters.filter { $0 != lost } + [substitute],
            preferredLeader: preferredLeader == lost ? substitute : preferredLeader)
    }

    /// The next one, led by another voter.
    public func led(by leader: NodeID) -> GroupAssignment {
        GroupAssignment(epoch: epoch + 1, voters: voters, preferredLeader: leader)
    }
}

/// As JSON, so that people can read it: `{"epoch":3,"voters":[1,2,3],"leader":2}`.
extension GroupAssignment {
    public func encoded() -> Bytes {
        var json = JSONWriter(reserving: 64)
        json.beginObject()
        json.member("epoch", epoch)
        json.key("voters")
        json.beginArray()
        for voter in voters { json.value(UInt64(voter.rawValue)) }
        json.endArray()
        json.member("leader", UInt64(preferredLeader.rawValue))
        json.endObject()
        return json.take()
    }

    public init(decoding bytes: Bytes) throws(DecodeFailure) {
        let object = try JSONValue.parsed(bytes)
        guard let epoch = object["epoch"]?.integer, epoch >= 0, epoch < .max else {
            throw .invalid(what: "a group's epoch", offset: 0)
        }
        let voters = (object["voters"]?.array ?? []).compactMap(\.nodeID)
        guard 1...Limits.votersMaximum ~= voters.count, Set(voters).count == voters.count,
            voters.count == object["voters"]?.array?.count
        else { throw .invalid(what: "a group's voters", offset: 0) }
        guard let leader = object["leader"]?.nodeID, voters.contains(leader) else {
            throw .invalid(what: "a group's leader", offset: 0)
        }
        self.init(epoch: UInt64(epoch), voters: voters, preferredLeader: leader)
    }
}

extension JSONValue {
    /// An object, or a failure like those of other bytes.
    static func parsed(_ bytes: Bytes) throws(DecodeFailure) -> JSONObject {
        do throws(JSONFailure) {
            if let object = try parse(bytes).object { return object }
        } catch {
            throw .invalid(what: "JSON: \(error)", offset: 0)
        }
        throw .invalid(what: "JSON that is no object", offset: 0)
    }

    var nodeID: NodeID? { integer.flatMap { UInt16(exactly: $0) }.map { NodeID($0) } }
}
