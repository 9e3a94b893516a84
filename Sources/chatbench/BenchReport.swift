public import Toolbox

/// The figures of a run, named as those of the peers that it is compared with.
public struct BenchReport: Sendable {
    /// What the servers have used in the window, all together.
    public struct Servers: Hashable, Sendable {
        public var cpuSeconds: Double
        public var residentBytes: Int
        public var residentBytesPeak: Int

        public init(cpuSeconds: Double, residentBytes: Int, residentBytesPeak: Int) {
            self.cpuSeconds = cpuSeconds
            self.residentBytes = residentBytes
            self.residentBytesPeak = residentBytesPeak
        }
    }

    public var settings: LoadSettings
    /// Length of the window.
    public var seconds = 0.0
    public var latencies = Histogram()
    /// Nil unless receivers were online.
    public var deliveries: Histogram?
    /// Nil if the servers do not run on this machine.
    public var servers: Servers?
    /// This program's own, in the window.
    public var ownCPUSeconds = 0.0
    /// The longest turn of any node since its start.
    public var longestTurnMicroseconds: UInt64 = 0
    public var verdict = MessageLedger.Verdict()
    /// Entries that do not follow on the one before.
    public var holesCount = 0
    public var retriesCount = 0
    /// Codes of refusals that were repeated, with how often.
    public var retriesText = ""
    public var reconnectsCount = 0
    public var pushesCount = 0
    public var gapsCount = 0

    public init(_ settings: LoadSettings) { self.settings = settings }

    /// Whether every acknowledged message was there, once, as it was sent.
    public var isGood: Bool { verdict.isGood && holesCount == 0 }

    /// What an operation is: the delivery of a message where one goes out to many, else its
    /// acknowledgement.
    private var operations: Histogram {
        settings.isFanOut ? deliveries ?? Histogram() : latencies
    }

    public var operationsPerSecond: Double {
        seconds > 0 ? Double(operations.count) / seconds : 0
    }

    /// `cpu` seconds for each 100,000 operations; nil if there were none.
    private func perHundredThousand(_ cpu: Double?) -> Double? {
        guard let cpu, operations.count > 0 else { return nil }
        return cpu * 100_000 / Double(operations.count)
    }

    // MARK: For programs

    /// Names and values; the same in the line and in JSON.
    private var figures: [(name: String, value: Double?)] {
        var figures: [(name: String, value: Double?)] = [("ops_s", operationsPerSecond)]
        figures += Self.percentiles(of: operations, named: "")
        figures += [
            ("srv_cpu_s_100k", perHundredThousand(servers?.cpuSeconds)),
            ("gen_cpu_s_100k", perHundredThousand(ownCPUSeconds)),
            ("gen_cpu_pct", seconds > 0 ? ownCPUSeconds * 100 / seconds : nil),
            ("srv_rss_mb", servers.map { Self.megabytes($0.residentBytes) }),
            ("srv_peak_rss_mb", servers.map { Self.megabytes($0.residentBytesPeak) }),
            ("longest_turn_us", Double(longestTurnMicroseconds)),
        ]
        if let deliveries {
            let rate = seconds > 0 ? Double(deliveries.count) / seconds : 0
            figures.append(("deliveries_s", rate))
            figures += Self.percentiles(of: deliveries, named: "delivery_")
        }
        if settings.isFanOut {
            figures.append(("sends_s", messagesPerSecond))
            figures += Self.percentiles(of: latencies, named: "send_")
        }
        return figures
    }

    private static func percentiles(
        of histogram: Histogram, named prefix: String
    ) -> [(name: String, value: Double?)] {
        guard histogram.count > 0 else { return [] }
        return [
            (prefix + "p50_us", Double(histogram.percentile(perMille: 500))),
            (prefix + "p99_us", Double(histogram.percentile(perMille: 990))),
            (prefix + "p999_us", Double(histogram.percentile(perMille: 999))),
            (prefix + "max_us", Double(histogram.longestMicroseconds)),
        ]
    }

    private static func megabytes(_ bytes: Int) -> Double { Double(bytes) / Double(1 << 20) }

    private var counts: [(name: String, value: Int)] {
        [
            ("sent", verdict.sent), ("acknowledged", verdict.acknowledged),
            ("lost", verdict.lost), ("doubled", verdict.doubled), ("changed", verdict.changed),
            ("unanswered", verdict.unanswered), ("holes", holesCount),
            ("retries", retriesCount), ("reconnects", reconnectsCount), ("pushes", pushesCount),
            ("gaps", gapsCount),
        ]
    }

    /// One line, as the kit that measures the peers prints for each case.
    public var line: String {
        var words = ["peer=rookery", "case=\(settings.caseName)"]
        for figure in figures {
            guard let value = figure.value else { continue }
            words.append("\(figure.name)=\(Figure.hundredths(value))")
        }
        return words.joined(separator: " ")
    }

    /// One JSON object.
    public func encoded() -> Bytes {
        var object = JSONObject()
        object.set("peer", to: "rookery")
        object.set("case", to: .text(settings.caseName))
        object.set("connections", to: .integer(Int64(settings.connections)))
        object.set("in_flight", to: .integer(Int64(settings.inFlight)))
        object.set("chats", to: .integer(Int64(settings.chats)))
        object.set("audience", to: .integer(Int64(settings.audience)))
        object.set("text_bytes", to: .integer(Int64(settings.textBytes)))
        object.set("receivers", to: .text(settings.receivers.rawValue))
        object.set("at", to: .text(settings.place.description))
        object.set("seconds", to: .number(seconds))
        for figure in figures {
            object.set(figure.name, to: figure.value.map { JSONValue.number($0) } ?? .null)
        }
        for count in counts { object.set(count.name, to: .integer(Int64(count.value))) }
        object.set("good", to: .bool(isGood))
        return JSONValue.object(object).encoded()
    }

    // MARK: For people

    /// Several lines, the last of them `line`.
    public var text: String {
        var lines = [
            "\(settings.caseName): \(settings.connections) connections x \(settings.inFlight)"
                + " in flight, \(settings.chats) chats, \(settings.textBytes)-byte texts,"
                + " \(receiversText), clients at \(settings.place)",
            row("throughput", "\(Figure.hundredths(messagesPerSecond)) messages/s"),
            row("latency", Self.latencyText(latencies)),
        ]
        if let deliveries {
            let rate = seconds > 0 ? Double(deliveries.count) / seconds : 0
            lines.append(row("deliveries", "\(Figure.hundredths(rate))/s"))
            lines.append(row("to receivers", Self.latencyText(deliveries)))
        }
        lines += costLines
        if retriesCount + reconnectsCount + gapsCount > 0 {
            lines.append(
                row(
                    "troubles",
                    "\(retriesCount) repeats\(retriesText), \(reconnectsCount) reconnects,"
                        + " \(gapsCount) gaps"))
        }
        lines.append(row("read back", verdictText))
        return (lines + [line, ""]).joined(separator: "\n")
    }

    private var messagesPerSecond: Double {
        seconds > 0 ? Double(latencies.count) / seconds : 0
    }

    private var receiversText: String {
        settings.isFanOut
            ? "each to \(settings.audience)" : "receivers \(settings.receivers.rawValue)"
    }

    private var costLines: [String] {
        let unit = settings.isFanOut ? "deliveries" : "messages"
        var lines: [String] = []
        if let servers {
            let cpu = perHundredThousand(servers.cpuSeconds).map(Figure.hundredths) ?? "-"
            let now = Figure.hundredths(Self.megabytes(servers.residentBytes))
            let peak = Figure.hundredths(Self.megabytes(servers.residentBytesPeak))
            lines.append(row("servers' CPU", "\(cpu) s for 100,000 \(unit)"))
            lines.append(row("servers' memory", "\(now) MiB now, \(peak) MiB at most"))
        } else {
            lines.append(row("servers' CPU", "unknown: they do not run on this machine"))
        }
        lines.append(row("longest turn", Figure.microseconds(longestTurnMicroseconds)))
        let own = perHundredThousand(ownCPUSeconds).map(Figure.hundredths) ?? "-"
        lines.append(row("own CPU", "\(own) s for 100,000 \(unit)"))
        return lines
    }

    private var verdictText: String {
        let all = Figure.grouped(verdict.acknowledged)
        guard !isGood || verdict.unanswered > 0 else { return "all \(all), each once" }
        return "\(all) acknowledged: \(verdict.lost) lost, \(verdict.doubled) doubled,"
            + " \(verdict.changed) changed, \(holesCount) holes;"
            + " \(verdict.unanswered) never answered, \(verdict.unansweredFound) of them there"
    }

    private static func latencyText(_ histogram: Histogram) -> String {
        let percentiles = [("p50", 500), ("p99", 990), ("p99.9", 999), ("max", 1_000)].map {
            "\($0.0) \(Figure.microseconds(histogram.percentile(perMille: $0.1)))"
        }
        return percentiles.joined(separator: ", ")
    }

    private func row(_ name: String, _ text: String) -> String {
        "  \(name)\(String(repeating: " ", count: max(1, 17 - name.utf8.count)))\(text)"
    }
}
