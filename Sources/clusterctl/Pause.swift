import SystemIO

/// Does nothing for a while.
func pause(_ duration: Duration) throws(ControlFailure) {
    do throws(SystemCallFailure) {
        var poll = try EventPoll(eventsMaximum: 1)
        var ready: [EventPoll.Ready] = []
        try poll.wait(timeout: duration, into: &ready)
    } catch {
        throw .unreachable("this machine does not let us wait: \(error)")
    }
}
