// The room of ReplicatedState.
