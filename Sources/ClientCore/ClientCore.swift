// The room of ClientCore.
