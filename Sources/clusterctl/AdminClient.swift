import AdminWire
import Configuration
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// Asks nodes, all at once, and waits for them no longer than it may.
struct AdminClient {
    /// Of the cluster's secrets: who shows it is an operator.
    let token: String
    let timeout: Duration

    /// - Returns: an answer for each of `nodes`, in their order.
    func ask(
        _ nodes: [NodeConfiguration], _ question: AdminRequest
    ) throws(ControlFailure) -> [NodeAnswer] {
        let target = try Self.target(of: question)
        var exchanges: [AdminExchange] = []
        var failed: [NodeAnswer] = []
        for node in nodes {
            do throws(AdminCallFailure) {
                exchanges.append(try open(node, question, target))
            } catch {
                failed.append(NodeAnswer(node: node, outcome: .failure(error)))
            }
        }
        try converse(exchanges)
        let answers = exchanges.map { $0.answer(after: timeout) } + failed
        return answers.sorted { $0.node.id < $1.node.id }
    }

    private static func target(of question: AdminRequest) throws(ControlFailure) -> HTTPTarget {
        do throws(HTTPFailure) {
            return try HTTPTarget(question.target)
        } catch {
            throw .usage("\(question.target) cannot be asked for: \(error)")
        }
    }

    private func open(
        _ node: NodeConfiguration, _ question: AdminRequest, _ target: HTTPTarget
    ) throws(AdminCallFailure) -> AdminExchange {
        guard let address = SocketAddress(host: node.adminHost, port: node.adminPort) else {
            throw .notReached("\(node.adminHost) is no IP address: correct the configuration")
        }
        let request = HTTPRequest(
            method: question.method == .post ? .post : .get, target: target,
            host: "\(address)",
            headers: [
                "Authorization": "Bearer \(token)", "Content-Type": "application/json",
                "Accept": "application/json", "Connection": "close",
            ], body: question.body)
        do throws(SystemCallFailure) {
            return try AdminExchange(node, at: address, request)
        } catch {
            throw .notReached("\(error). Is the node running?")
        }
    }

    /// Goes on with all exchanges until each has ended or time is over.
    private func converse(_ exchanges: [AdminExchange]) throws(ControlFailure) {
        let deadline = SystemClock.instant() + timeout
        do throws(SystemCallFailure) {
            var poll = try EventPoll(eventsMaximum: max(1, exchanges.count))
            for (index, exchange) in exchanges.enumerated() {
                try poll.add(exchange.socket, key: UInt64(index), for: .writing)
            }
            let buffer = ReadBuffer()
            var ready: [EventPoll.Ready] = []
            while exchanges.contains(where: { $0.interest != nil }) {
                let left = deadline - SystemClock.instant()
                guard left > .zero else { return }
                try poll.wait(timeout: left, into: &ready)
                for event in ready {
                    try Self.advance(exchanges[Int(event.key)], event.key, buffer, poll)
                }
            }
        } catch {
            throw .unreachable("this machine does not let us ask: \(error)")
        }
    }

    private static func advance(
        _ exchange: AdminExchange, _ key: UInt64, _ buffer: borrowing ReadBuffer,
        _ poll: borrowing EventPoll
    ) throws(SystemCallFailure) {
        exchange.advance(buffer)
        if let interest = exchange.interest {
            try poll.change(exchange.socket, key: key, to: interest)
        } else {
            try poll.remove(exchange.socket)
        }
    }
}
