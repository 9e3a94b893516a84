import CSystem
import Glibc
import Toolbox
public import Vocabulary

/// This machine's clocks.
public enum SystemClock {
    /// What they say now. Read it after the bytes or the completion that it is for.
    public static func now() -> Moment {
        Moment(
            monotonic: Instant(nanoseconds: nanoseconds(of: CLOCK_BOOTTIME)),
            wall: WallTime(milliseconds: nanoseconds(of: CLOCK_REALTIME) / 1_000_000))
    }

    /// The monotonic clock alone; goes on while the machine sleeps.
    public static func instant() -> Instant {
        Instant(nanoseconds: nanoseconds(of: CLOCK_BOOTTIME))
    }

    static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        invariant(result == 0, "clock \(clock) does not exist")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
