public import Raft
public import Vocabulary

extension RaftInstance: ObservedReplica {
    public var group: ReplicaGroupID { identity.group }
    public var copy: ReplicaID { identity.replica }
}
