import Glibc

/// Time on processors, in the program and in the kernel.
public enum ProcessorClock {
    /// Of the thread that asks.
    public static func ofThisThread() -> Duration {
        .nanoseconds(SystemClock.nanoseconds(of: CLOCK_THREAD_CPUTIME_ID))
    }

    /// Of all threads of this process.
    public static func ofThisProcess() -> Duration {
        .nanoseconds(SystemClock.nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID))
    }
}
