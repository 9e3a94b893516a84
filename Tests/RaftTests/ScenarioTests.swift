import Foundation
import Testing

/// Transcripts that somebody has read and found right. `REWRITE=1` writes them anew; a change is
/// committed only when it can be explained.
@Suite struct ScenarioTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Scenarios")

    static let names: [String] = {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.hasSuffix(".txt") }.sorted()
        } catch {
            return []
        }
    }()

    @Test("there are scenarios")
    func exist() { #expect(Self.names.count >= 10) }

    @Test("the transcript is the one that was read", arguments: names)
    func replay(name: String) throws {
        let file = Self.folder.appending(path: name)
        let text = try String(contentsOf: file, encoding: .utf8)
        let parts = text.split(
            separator: "\n\(ScenarioScript.rule)\n", maxSplits: 1, omittingEmptySubsequences: false)
        let script = parts[0].trimmingCharacters(in: .newlines)
        let transcript = try ScenarioScript.run(script).joined(separator: "\n")
        if ProcessInfo.processInfo.environment["REWRITE"] == "1" {
            try "\(script)\n\(ScenarioScript.rule)\n\(transcript)\n"
                .write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = parts.count == 2 ? parts[1].trimmingCharacters(in: .newlines) : ""
        #expect(transcript.split(separator: "\n") == expected.split(separator: "\n"))
        #expect(!transcript.contains("VIOLATION"))
    }
}
