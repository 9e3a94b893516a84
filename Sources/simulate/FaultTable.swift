import Glibc
import Simulator

/// Looks for every mistake that can be made on purpose, and says how many seeds that took.
///
/// A mistake counts as found by a seed that fails with it and passes without.
struct FaultTable {
    private let options: Options

    private static let logSeedsMaximum: UInt64 = 2_000
    private static let clusterSeedsMaximum: UInt64 = 1_000

    init(_ options: Options) { self.options = options }

    /// - Returns: the exit code: 0 if every mistake was found.
    func print() throws(OptionsFailure) -> Int32 {
        var missed = 0
        let faults = options.only.isEmpty ? PlantedFault.all : options.only
        Swift.print("| planted fault | rule that it breaks | looked for by | seeds | found by |")
        Swift.print("| --- | --- | --- | --- | --- |")
        for fault in faults {
            let search = self.search(for: fault)
            let finding = try find(search)
            if finding == nil { missed += 1 }
            let seeds = finding.map { "\($0.seed - search.seeds.lowerBound + 1)" } ?? "not found"
            Swift.print(
                "| \(fault.name) | \(fault.rule) | \(place(of: search)) | \(seeds)"
                    + " | \(finding?.checker ?? "") |")
            fflush(nil)
        }
        Swift.print("\(faults.count - missed) of \(faults.count) found")
        return missed == 0 ? 0 : 1
    }

    private func place(of search: Options) -> String {
        switch search.subject {
        case .cluster: search.plan
        case .raft: "replicated log"
        case .log: "log on disk"
        }
    }

    private func search(for fault: PlantedFault) -> Options {
        var search = options
        search.mode = .run
        search.planted = fault
        search.isOnce = true
        search.subject = Options.Subject(fault.level)
        if case .cluster(let plan) = fault.level, !options.hasPlan { search.plan = plan }
        if !options.hasSeeds {
            let isCluster = search.subject == .cluster
            search.seeds = 1...(isCluster ? Self.clusterSeedsMaximum : Self.logSeedsMaximum)
        }
        return search
    }

    /// The first seed that fails because of the mistake.
    private func find(_ search: Options) throws(OptionsFailure) -> Supervisor.Finding? {
        var rest = search
        while true {
            var supervisor = Supervisor(rest)
            if try supervisor.run() { return nil }
            guard let finding = supervisor.firstFinding else { return nil }
            var control = search
            control.planted = nil
            control.seeds = finding.seed...finding.seed
            var other = Supervisor(control)
            if try other.run() { return finding }
            guard finding.seed < search.seeds.upperBound else { return nil }
            rest.seeds = finding.seed + 1...search.seeds.upperBound
        }
    }
}
