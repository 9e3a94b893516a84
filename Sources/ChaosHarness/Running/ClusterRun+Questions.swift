import AdminWire
import ChatWire
import ClientCore
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

// HTTP: asking nodes, and waiting for what they say.
extension ClusterRun {
    private static let questionsMaximum = 24

    /// Asks once; nil where nobody answered in time.
    func askOnce(
        _ asked: [Question], within patience: Duration = .seconds(2)
    ) throws(ChaosFailure) -> [HTTPResponse?] {
        var results: [HTTPResponse?] = []
        while results.count < asked.count {
            let batch = asked[results.count...].prefix(Self.questionsMaximum)
            results += try askTogether(Array(batch), within: patience)
        }
        return results
    }

    private func askTogether(
        _ batch: [Question], within patience: Duration
    ) throws(ChaosFailure) -> [HTTPResponse?] {
        answers.removeAll()
        for (number, question) in batch.enumerated() {
            let key = loop.open(question.address)
            owners[key] = .question(number)
            questions[number] = (key, HTTPResponseDecoder())
            loop.send(question.bytes, over: key)
        }
        let end = SystemClock.instant() + patience
        while !questions.isEmpty, SystemClock.instant() < end { try turn(until: end) }
        for (_, (key, _)) in questions {
            loop.close(key)
            owners[key] = nil
        }
        questions.removeAll()
        return batch.indices.map { answers[$0] ?? nil }
    }

    /// Asks until each was answered with something else than to try again.
    func ask(
        _ asked: [Question], _ what: String, within patience: Duration = .seconds(60)
    ) throws(ChaosFailure) -> [HTTPResponse] {
        let end = SystemClock.instant() + patience
        var results: [HTTPResponse?] = Array(repeating: nil, count: asked.count)
        while true {
            let missing = results.indices.filter { results[$0] == nil }
            guard !missing.isEmpty else { return results.compactMap(\.self) }
            let answers = try askOnce(missing.map { asked[$0] }, within: .seconds(15))
            for (index, answer) in zip(missing, answers) {
                guard let answer, ![429, 503, 504].contains(answer.status) else { continue }
                results[index] = answer
            }
            guard SystemClock.instant() < end else {
                let last = answers.compactMap { $0.map { "\($0.status) \($0.body.text ?? "")" } }
                throw .waitedInVain("\(what); \(last.first ?? "nobody answers")")
            }
            if results.contains(nil) { try pause(.milliseconds(100)) }
        }
    }

    /// The same through the public protocol, answers read.
    func ask<Answer: Body>(
        _ asked: [Question], _ what: String, as type: Answer.Type = Answer.self
    ) throws(ChaosFailure) -> [Answer] {
        var results: [Answer] = []
        for response in try ask(asked, what) {
            guard (200..<300).contains(response.status) else {
                throw .answered("\(what): \(response.status) \(response.body.text ?? "")")
            }
            do throws(FrameFailure) {
                results.append(try Answer(decoding: response.body))
            } catch {
                throw .answered("\(what): an answer that is none: \(error)")
            }
        }
        return results
    }

    func tellQuestion(_ number: Int, _ key: UInt64, _ event: SocketLoop.Event) {
        guard var (_, decoder) = questions[number] else { return }
        switch event {
        case .connected: return
        case .received(let bytes):
            decoder.append(bytes)
            do throws(HTTPFailure) {
                guard let response = try decoder.next() else {
                    questions[number] = (key, decoder)
                    return
                }
                answers[number] = response
            } catch {
                answers[number] = HTTPResponse?.none
            }
        case .closed: answers[number] = HTTPResponse?.none
        }
        questions[number] = nil
        owners[key] = nil
        loop.close(key)
    }

    // MARK: Operators' questions

    /// What each node says of itself; nil of those that say nothing.
    func statuses() throws(ChaosFailure) -> [StatusReport?] {
        let questions = nodes.map {
            Question(.status, to: $0.files.admins, token: files.adminToken)
        }
        var reports: [StatusReport?] = []
        for answer in try askOnce(questions) {
            guard let answer, answer.status == 200 else {
                reports.append(nil)
                continue
            }
            do throws(AdminFailure) {
                reports.append(try StatusReport.decode(answer.body))
            } catch {
                throw .answered("a status that is none: \(error)")
            }
        }
        return reports
    }

    /// The group's leader of the highest term, of each group that has one; nil while a node is not
    /// ready or does not answer, or a group has none.
    func leaders() throws(ChaosFailure) -> SortedMap<ReplicaGroupID, NodeID>? {
        let reports = try statuses()
        var leaders: SortedMap<ReplicaGroupID, (node: NodeID, term: Term)> = SortedMap()
        for report in reports {
            guard let report, report.node.state == .ready else { return nil }
            for group in report.groups where group.role == .leader {
                if let other = leaders[group.group], other.term >= group.term { continue }
                leaders[group.group] = (group.node, group.term)
            }
        }
        var found: SortedMap<ReplicaGroupID, NodeID> = SortedMap()
        for group in files.groups {
            guard let leader = leaders[group] else { return nil }
            found[group] = leader.node
        }
        return found
    }

    func waitForLeaders() throws(ChaosFailure) {
        let end = SystemClock.instant() + .seconds(60)
        while try leaders() == nil {
            guard SystemClock.instant() < end else {
                throw .waitedInVain("every group has a leader and every node is ready")
            }
            try pause(.milliseconds(50))
        }
    }
}
