import SystemIO

/// The suites of real processes.
public enum ChaosSuite {
    private static let violationsShown = 20

    /// Runs `chaos kills` and prints what came of it.
    ///
    /// - Parameter chatnode: the path of the node's program.
    /// - Returns: whether every promise was kept.
    public static func kills(_ plan: KillPlan, _ draft: ClusterDraft, chatnode: String) -> Bool {
        carryOut(draft, plan.keepsFiles, plan.reproduction) { files throws(ChaosFailure) in
            var run = try KillRun(plan, files, chatnode: chatnode)
            let report = try run.run()
            return (report.load, report.text())
        }
    }

    /// Runs `chaos ring` and prints what came of it.
    ///
    /// - Parameter chatnode: the path of the node's program.
    /// - Returns: whether every promise was kept.
    public static func ring(_ plan: ChurnPlan, _ draft: ClusterDraft, chatnode: String) -> Bool {
        carryOut(draft, plan.keepsFiles, plan.reproduction) { files throws(ChaosFailure) in
            var run = try ChurnRun(plan, files, chatnode: chatnode)
            let report = try run.run()
            return (report.load, report.text())
        }
    }

    /// - Parameter body: the run, which ends its nodes when it goes.
    private static func carryOut(
        _ draft: ClusterDraft, _ keepsFiles: Bool, _ reproduction: String,
        _ body: (ClusterFiles) throws(ChaosFailure) -> (LoadReport, String)
    ) -> Bool {
        var isSuccess = false
        do throws(ChaosFailure) {
            let files = try ClusterFiles(draft)
            do throws(ChaosFailure) {
                let (report, text) = try body(files)
                for violation in report.violations.prefix(violationsShown) {
                    StandardError.write("chaos: \(violation)\n")
                }
                print(text, terminator: "")
                isSuccess = report.isSuccess
            } catch {
                StandardError.write("chaos: \(error)\n")
            }
            if isSuccess, !keepsFiles {
                remove(files.folder)
            } else {
                print("what the nodes said and kept is in \(files.folder.path)")
            }
        } catch {
            StandardError.write("chaos: \(error)\n")
            return false
        }
        if !isSuccess { print(reproduction) }
        return isSuccess
    }

    private static func remove(_ folder: Folder) {
        do throws(SystemCallFailure) {
            try folder.removeTree()
        } catch {
            StandardError.write("chaos: \(folder.path) stays: \(error)\n")
        }
    }
}
