// The room of Peering.
