// The room of SystemIO.
