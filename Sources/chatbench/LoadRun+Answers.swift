import ChatWire
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// What servers answer to `POST` of messages.
extension LoadRun {
    mutating func readAnswers(
        _ connection: LoadConnection, _ link: LoadLink, at now: Instant
    ) throws(BenchFailure) {
        while connection.link === link {
            let found: AnswerScanner.Found?
            do throws(HTTPFailure) {
                found = try link.answers.next()
            } catch {
                return lost(connection)
            }
            guard let found else { return }
            guard !link.asked.isEmpty else {
                throw .answer("a server answered what nobody had asked")
            }
            let number = link.asked.removeFirst()
            switch found {
            case .acknowledged(let seq):
                acknowledged(number, seq: seq, on: connection, at: now)
            case .response(let response):
                try receiveWhole(response, to: number, on: connection, at: now)
                if !response.keepAlive { lost(connection) }
            }
        }
    }

    private mutating func receiveWhole(
        _ response: HTTPResponse, to number: UInt64, on connection: LoadConnection,
        at now: Instant
    ) throws(BenchFailure) {
        let report: ErrorReport
        do throws(FrameFailure) {
            if 200...299 ~= response.status {
                let receipt = try SendReceipt(decoding: response.body)
                return acknowledged(number, seq: receipt.seq.rawValue, on: connection, at: now)
            }
            report = try ErrorReport(decoding: response.body)
        } catch {
            throw .answer("\(response.status) with what cannot be read: \(error)")
        }
        try refused(number, report, on: connection, at: now)
    }
}
