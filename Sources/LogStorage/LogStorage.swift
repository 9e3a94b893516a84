// The room of LogStorage.
