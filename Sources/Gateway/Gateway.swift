// The room of Gateway.
