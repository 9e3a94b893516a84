import VirtualWorld
import Testing
import Vocabulary

@Suite("A node's clocks")
struct VirtualClockTests {
    @Test("a clock that drifts reaches an instant when it says so", arguments: [-500, 0, 500])
    func reaching(drift: Int64) {
        let clock = VirtualClock(monotonicOffset: 7_000_000_000, driftPartsPerMillion: drift)
        let now = WorldTime(nanoseconds: 3_000_000_000)
        let wanted = Instant(
            nanoseconds: clock.monotonic(at: now).nanoseconds + 100_000_000_000)
        let time = clock.worldTime(reaching: wanted, notBefore: now)
        #expect(clock.monotonic(at: time) >= wanted)
        #expect(clock.monotonic(at: time).nanoseconds - wanted.nanoseconds < 1_000_000)
    }

    @Test("what is past already is reached now")
    func past() {
        let clock = VirtualClock(monotonicOffset: 0)
        let now = WorldTime(nanoseconds: 500)
        #expect(clock.worldTime(reaching: Instant(nanoseconds: 100), notBefore: now) == now)
    }

    @Test("a change of the rate does not make the clock jump")
    func continuity() {
        var clock = VirtualClock(monotonicOffset: 1_000, driftPartsPerMillion: 300)
        let time = WorldTime(nanoseconds: 9_000_000_000)
        let before = clock.monotonic(at: time)
        clock.setDrift(partsPerMillion: -300, at: time)
        #expect(clock.monotonic(at: time) == before)
    }

    @Test("setting the wall clock leaves the monotonic one alone")
    func wall() {
        var clock = VirtualClock(monotonicOffset: 1_000)
        let time = WorldTime(nanoseconds: 9_000_000_000)
        let before = clock.moment(at: time)
        clock.setWall(offsetMilliseconds: -3_600_000)
        let after = clock.moment(at: time)
        #expect(after.monotonic == before.monotonic)
        #expect(after.wall.milliseconds == before.wall.milliseconds - 3_600_000)
    }
}
