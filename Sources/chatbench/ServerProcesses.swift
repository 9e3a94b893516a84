import AdminWire
import SystemIO
import Vocabulary

/// The nodes' processes, as far as they run on this machine.
struct ServerProcesses {
    /// What all of them have used together.
    struct Usage {
        var processorTime: Duration = .zero
        var residentBytes = 0
        var residentBytesPeak = 0
    }

    let processes: [Int32]

    init(_ nodes: [NodeStatus]) { processes = nodes.map(\.pid) }

    /// Nil if one of them is gone, or runs elsewhere.
    func usage() -> Usage? {
        var usage = Usage()
        do throws(SystemCallFailure) {
            for process in processes {
                let used = try ProcessUsage.read(process: process)
                usage.processorTime += used.processorTime
                usage.residentBytes += used.residentBytes
                usage.residentBytesPeak += used.residentBytesPeak
            }
        } catch {
            return nil
        }
        return usage
    }
}
