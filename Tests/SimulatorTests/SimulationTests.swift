import Simulator
import Testing
import Toolbox
import VirtualWorld

@Suite("Whole runs")
struct SimulationTests {
    private static func run(
        _ seed: UInt64, _ change: (inout SimulationPlan) -> Void = { _ in }
    ) -> SimulationResult {
        var plan = SimulationPlan(name: "test")
        // A group is founded when all its founders have met; then accounts and chats are made.
        plan.faultSeconds = 12
        plan.clients = 3
        change(&plan)
        var simulation = Simulation(plan: plan, seed: seed)
        return simulation.run()
    }

    @Test("a seed is a run: twice the same, and another one for another seed")
    func determinism() {
        let first = Self.run(7)
        let second = Self.run(7)
        #expect(first.traceHash == second.traceHash)
        #expect(first.eventsCount == second.eventsCount)
        #expect(first.traceHash != Self.run(8).traceHash)
    }

    @Test("with all faults, every promise is kept", arguments: 1...6 as ClosedRange<UInt64>)
    func faults(seed: UInt64) {
        let result = Self.run(seed)
        #expect(result.violations.isEmpty)
        #expect(result.faultsCount > 0)
        #expect(result.acceptedCount > 0)
    }

    @Test("without faults, one leader per group is enough")
    func calm() {
        let result = Self.run(1) { $0.nemeses = [] }
        #expect(result.violations.isEmpty)
        #expect(result.electionsCount == 4)
        #expect(result.shownCount > result.acceptedCount)
    }

    @Test(
        "clients of the coordination service are told what is so, with all faults",
        arguments: 11...14 as ClosedRange<UInt64>)
    func coordination(seed: UInt64) {
        let result = Self.run(seed) { $0.coordinationClients = 3 }
        #expect(result.violations.isEmpty)
        #expect(result.coordination.answersCount > 100)
        #expect(result.coordination.sessionsCount >= 3)
        #expect(result.coordination.eventsCount > 0)
    }

    @Test("sessions move, and end when their clients sleep too long")
    func sessions() {
        var (moves, expiries) = (0, 0)
        for seed in 1...6 as ClosedRange<UInt64> {
            let result = Self.run(seed) {
                $0.coordinationClients = 4
                $0.operationIntervalMilliseconds = 60
                $0.nemeses = [.breakConnections, .pause]
            }
            #expect(result.violations.isEmpty)
            moves += result.coordination.movesCount
            expiries += result.coordination.expiriesCount
        }
        #expect(moves > 0)
        #expect(expiries > 0)
    }

    @Test("one node alone, and five")
    func sizes() {
        for nodes in [1, 5] {
            let result = Self.run(3) {
                $0.nodes = nodes
                $0.coordinationClients = 2
                $0.nemeses = [.killOne, .powerOffAll]
            }
            #expect(result.violations.isEmpty, "\(nodes) nodes")
        }
    }
}

@Suite("Plans")
struct SimulationPlanTests {
    private static func failure(_ json: String) -> String? {
        do throws(SimulationPlanFailure) {
            _ = try SimulationPlan(name: "test", json: Bytes(json))
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("a plan says what it says, and the rest is as usual")
    func reading() throws {
        let plan = try SimulationPlan(
            name: "test",
            json: #"{"nodes": 5, "swarm": false, "nemeses": ["pause"], "faultSeconds": 3}"#)
        #expect(plan.nodes == 5)
        #expect(plan.nemeses == [.pause])
        #expect(!plan.isSwarm)
        #expect(plan.faultSeconds == 3)
        #expect(plan.clients == SimulationPlan(name: "other").clients)
    }

    @Test(
        "what makes no sense is refused by name",
        arguments: [
            ("[]", "object"), ("{", "JSON"), (#"{"nods": 3}"#, "nods"),
            (#"{"nodes": 0}"#, "nodes"), (#"{"nodes": "3"}"#, "nodes"),
            (#"{"nemeses": ["rain"]}"#, "rain"), (#"{"smallLimitsProbability": 2}"#, "small"),
        ])
    func refusing(json: String, word: String) {
        #expect(Self.failure(json)?.contains(word) == true)
    }
}
