// The room of Placement.
