// The room of WebSocketWire.
