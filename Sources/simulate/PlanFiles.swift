import Glibc
import Simulator
import Toolbox

/// Plans and regressions as they lie in the source tree.
enum PlanFiles {
    /// A plan by its name, or by the path of its file.
    static func plan(_ name: String) throws(OptionsFailure) -> SimulationPlan {
        let isPath = name.contains("/") || name.hasSuffix(".json")
        let path = isPath ? name : "\(root())ChaosTests/Plans/\(name).json"
        guard let bytes = contents(of: path) else {
            throw OptionsFailure(message: "no plan at \(path)")
        }
        do throws(SimulationPlanFailure) {
            return try SimulationPlan(name: name, json: bytes)
        } catch {
            throw OptionsFailure(message: "\(path): \(error)")
        }
    }

    /// One seed that once failed.
    struct Regression {
        let file: String
        /// Nil for one replicated log.
        let plan: String?
        let seed: UInt64
    }

    /// All of them, in order of their files' names.
    static func regressions() throws(OptionsFailure) -> [Regression] {
        let folder = "\(root())ChaosTests/Regressions"
        var regressions: [Regression] = []
        for file in names(in: folder) where file.hasSuffix(".json") {
            let path = "\(folder)/\(file)"
            guard let bytes = contents(of: path) else {
                throw OptionsFailure(message: "cannot read \(path)")
            }
            let object: JSONObject?
            do throws(JSONFailure) {
                object = try JSONValue.parse(bytes).object
            } catch {
                throw OptionsFailure(message: "\(path): \(error)")
            }
            let plan = object?["plan"]?.string
            let isRaft = object?["raft"]?.bool == true
            guard let seed = object?["seed"]?.string, (plan == nil) == isRaft else {
                throw OptionsFailure(message: "\(path) needs a seed, and a plan or raft")
            }
            regressions.append(
                Regression(file: file, plan: plan, seed: try Options.number(seed, path)))
        }
        return regressions
    }

    /// The folder of the source tree that this folder lies in; empty for this one.
    private static func root() -> String {
        var prefix = ""
        for _ in 0..<8 {
            if access("\(prefix)ChaosTests/Plans", R_OK) == 0 { return prefix }
            prefix += "../"
        }
        return ""
    }

    private static func contents(of path: String) -> Bytes? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return Bytes(bytes) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.sorted()
    }
}
