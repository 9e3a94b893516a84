// The room of Raft.
