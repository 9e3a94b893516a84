import SystemIO
import Toolbox
import Vocabulary

/// How long this machine's disk takes to make a small write durable.
enum SyncCeiling {
    private static let fileBytes = 16 << 20
    private static let name = "chatbench.sync"

    static func measure(_ settings: CeilingSettings) throws(BenchFailure) -> CeilingReport {
        let folder = Folder(settings.directory)
        do throws(SystemCallFailure) {
            let latencies: Histogram
            do throws(SystemCallFailure) {
                latencies = try write(settings, to: folder.path(of: name))
            } catch {
                try folder.remove(name)
                throw error
            }
            try folder.remove(name)
            return CeilingReport(settings, figures: figures(latencies, settings))
        } catch {
            throw .usage("\(error.description)\nName a folder with --directory.")
        }
    }

    private static func write(
        _ settings: CeilingSettings, to path: String
    ) throws(SystemCallFailure) -> Histogram {
        let file = try OpenFile(path, .replace)
        // As a log does: blocks that exist already cost no change of the file system.
        try file.writeZeros(fileBytes)
        try file.synchronize()
        let count = settings.bytes ?? CeilingSettings.syncBytesDefault
        let block = Bytes([UInt8](repeating: 0x5A, count: count))
        var latencies = Histogram()
        var offset = 0
        var last = SystemClock.instant()
        let deadline = last + .seconds(settings.seconds)
        while last < deadline {
            try file.write(block, at: offset)
            try file.synchronizeData()
            let now = SystemClock.instant()
            latencies.record(microseconds: LoadRun.microseconds(now - last))
            last = now
            offset = offset + 2 * count <= fileBytes ? offset + count : 0
        }
        return latencies
    }

    private static func figures(
        _ latencies: Histogram, _ settings: CeilingSettings
    ) -> [(name: String, value: Double)] {
        [
            ("ops_s", Double(latencies.count) / Double(settings.seconds)),
            ("p50_us", Double(latencies.percentile(perMille: 500))),
            ("p99_us", Double(latencies.percentile(perMille: 990))),
            ("p999_us", Double(latencies.percentile(perMille: 999))),
            ("max_us", Double(latencies.longestMicroseconds)),
        ]
    }
}
