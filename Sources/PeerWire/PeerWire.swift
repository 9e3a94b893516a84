// The room of PeerWire.
