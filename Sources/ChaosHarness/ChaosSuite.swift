import SystemIO

/// The suites of real processes.
public enum ChaosSuite {
    private static let violationsShown = 20

    /// Runs `chaos kills` and prints what came of it.
    ///
    /// - Parameter chatnode: the path of the node's program.
    /// - Returns: whether every promise was kept.
    public static func kills(_ plan: KillPlan, _ draft: ClusterDraft, chatnode: String) -> Bool {
        do throws(ChaosFailure) {
            let files = try ClusterFiles(draft)
            return judge(plan, files, chatnode: chatnode)
        } catch {
            StandardError.write("chaos: \(error)\n")
            return false
        }
    }

    private static func judge(_ plan: KillPlan, _ files: ClusterFiles, chatnode: String) -> Bool {
        var isSuccess = false
        do throws(ChaosFailure) {
            // The run ends its nodes when it goes.
            let run = try KillRun(plan, files, chatnode: chatnode)
            let report = try run.run()
            for violation in report.violations.prefix(violationsShown) {
                StandardError.write("chaos: \(violation)\n")
            }
            print(report.text(), terminator: "")
            isSuccess = report.isSuccess
        } catch {
            StandardError.write("chaos: \(error)\n")
        }
        if isSuccess, !plan.keepsFiles {
            remove(files.folder)
        } else {
            print("what the nodes said and kept is in \(files.folder.path)")
        }
        if !isSuccess { print(plan.reproduction) }
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
