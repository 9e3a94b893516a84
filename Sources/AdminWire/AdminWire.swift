// The room of AdminWire.
