// The room of NodeRuntime.
