import clusterctl

/// Keeps what a command writes.
struct RecordingConsole: Console {
    private(set) var output = ""
    private(set) var complaints = ""

    mutating func write(_ text: String) { output += text }
    mutating func complain(_ line: String) { complaints += line + "\n" }
}
