// The room of Simulator.
