import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

/// The machine beside the reference, and beside a twin that goes through a snapshot every now and
/// then, under the same random commands.
struct ModelRun {
    var words: RandomWords
    var grove = Grove()
    var twin = Grove()
    var reference = ReferenceTree()

    init(seed: UInt64) { words = RandomWords(seed: seed) }

    /// The first thing on which they do not agree; nil if there is none.
    mutating func disagreement(steps: Int) throws -> String? {
        for step in 1...steps {
            if let found = try self.step() { return "step \(step): \(found)" }
            guard step % 50 == 0 else { continue }
            if let found = try compared() { return "after step \(step): \(found)" }
            guard words.random.chance(0.3) else { continue }
            if let found = try restoredTwin() { return "after step \(step): \(found)" }
        }
        return nil
    }

    private mutating func step() throws -> String? {
        if words.random.chance(0.2) { grove.now += Int64(words.random.below(30)) }
        twin.now = grove.now
        let command = words.command(at: grove.index + 1)
        let reply = grove.apply(command)
        reference.zxid = Int64(grove.index)
        reference.time = grove.now
        let expected = reference.apply(command)
        if let expected, reply.outcome != expected {
            return "\(command): \(reply.outcome) instead of \(expected)"
        }
        if grove.changes != reference.changes {
            return "\(command): \(grove.changes) instead of \(reference.changes)"
        }
        if twin.apply(command) != reply || twin.effects != grove.effects {
            return "\(command): the twin says otherwise"
        }
        if let told = grove.replies.first, told != reply { return "\(command): two replies" }
        return nil
    }

    private mutating func restoredTwin() throws -> String? {
        #if PLANTED_FAULTS
            let fault = twin.machine.plantedFault
            defer { twin.machine.plantedFault = fault }
        #endif
        let snapshot = grove.machine.snapshot.encode()
        do {
            twin = try grove.restored()
        } catch {
            return "no restore: \(error)"
        }
        return twin.machine.snapshot.encode() == snapshot ? nil : "another snapshot"
    }

    private func compared() throws -> String? {
        if grove.machine.digest != twin.machine.digest { return "digests" }
        let machine = grove.machine
        let counts = machine.counts
        guard counts.nodes == reference.nodes.count else {
            return "\(counts.nodes) nodes instead of \(reference.nodes.count)"
        }
        var bytes = 0
        for (path, node) in reference.nodes {
            let shown = path.isEmpty ? ZnodePath.root : ZnodePath(Bytes(path))
            if let found = try compared(node, at: shown) { return found }
            bytes += shown.bytes.count + (node.data?.count ?? 0)
        }
        guard counts.contentBytes == bytes else { return "\(counts.contentBytes) bytes" }
        for session in Int64(1)...5 {
            let id = CoordinationSessionID(session)
            let paths = reference.nodes.filter { $0.value.session == session }.keys.sorted()
            if machine.ephemerals(of: id).map(\.description) != paths {
                return "ephemeral nodes of \(id)"
            }
            let known = reference.sessions[session]
            if machine.session(id)?.owner != known?.owner { return "owner of \(id)" }
            if machine.session(id)?.attachment.rawValue != known?.attachment {
                return "attachment of \(id)"
            }
        }
        return nil
    }

    private func compared(_ node: ReferenceTree.Node, at path: ZnodePath) throws -> String? {
        do {
            let (data, stat) = try grove.machine.data(at: path, for: [.superuser])
            guard data == node.data else { return "data of \(path)" }
            guard stat == reference.stat(node) else { return "stat of \(path)" }
            let names = try grove.machine.children(at: path, for: [.superuser]).names
            let expected = node.children.map { ZnodePath(Bytes($0)).name }
            guard names == expected else { return "children of \(path)" }
            let entries = try grove.machine.access(at: path, for: [.superuser]).entries
            guard entries == node.access else { return "ACL of \(path)" }
            return nil
        } catch {
            return "\(path): \(error)"
        }
    }
}

@Suite("Random commands")
struct ModelTests {
    @Test(
        "find the machine, its twin and the reference of one mind", arguments: Array<UInt64>(1...30)
    )
    func agree(seed: UInt64) throws {
        var run = ModelRun(seed: seed)
        let found = try run.disagreement(steps: 1_000)
        #expect(found == nil)
        // The rules were met, not only refused.
        #expect(run.grove.machine.counts.nodes > 6)
    }

    @Test("do not change a snapshot that was taken before", arguments: Array<UInt64>(1...5))
    func snapshotsStandStill(seed: UInt64) throws {
        var run = ModelRun(seed: seed)
        for _ in 0..<5 {
            _ = try run.disagreement(steps: 100)
            let snapshot = run.grove.machine.snapshot
            let bytes = snapshot.encode()
            _ = try run.disagreement(steps: 100)
            #expect(snapshot.encode() == bytes)
            #expect(run.grove.machine.snapshot.encode() != bytes)
        }
    }
}

#if PLANTED_FAULTS
    @Suite("A planted fault")
    struct PlantedFaultTests {
        @Test("is found by random commands", arguments: PlantedCoordinationFault.allCases)
        func found(fault: PlantedCoordinationFault) throws {
            var findings: [String] = []
            for seed in UInt64(1)...20 {
                var run = ModelRun(seed: seed)
                run.grove.machine.plantedFault = fault
                run.twin.machine.plantedFault = fault
                if let found = try run.disagreement(steps: 1_000) { findings.append(found) }
            }
            #expect(findings.count >= 5, "\(fault): \(findings.count) of 20 seeds")
        }
    }
#endif
