import Raft
import Testing
import Vocabulary

@Suite struct SettingsTests {
    @Test("the defaults hold together")
    func defaults() {
        #expect(throws: Never.self) { try RaftSettings().validate() }
    }

    @Test("a heartbeat slower than a third of the time-out is refused")
    func slowHeartbeat() {
        var settings = RaftSettings()
        settings.heartbeatInterval = .milliseconds(134)
        #expect(throws: RaftSettingsFailure.self) { try settings.validate() }
        settings.heartbeatInterval = .milliseconds(133)
        #expect(throws: Never.self) { try settings.validate() }
    }

    @Test("time-outs without a spread, and bounds of nothing, are refused")
    func nonsense() {
        let changes: [(inout RaftSettings) -> Void] = [
            { $0.electionTimeoutMaximum = $0.electionTimeoutMinimum },
            { $0.heartbeatInterval = .zero },
            { $0.quorumTimeout = .milliseconds(100) },
            { $0.leaderLossDelayMaximum = .milliseconds(-1) },
            { $0.commitNoticeDelay = .milliseconds(-1) },
            { $0.windowAppendsMaximum = 0 },
            { $0.appendBytesMaximum = -1 },
            { $0.applyEntriesMaximum = 0 },
        ]
        for change in changes {
            var settings = RaftSettings()
            change(&settings)
            #expect(throws: RaftSettingsFailure.self) { try settings.validate() }
        }
    }
}
