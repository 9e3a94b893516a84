// The room of ChatWire.
