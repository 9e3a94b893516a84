import Coordination
import Toolbox
public import VirtualWorld
public import ZooKeeperWire

/// Each answer is that of one state of the tree, and that state lies between the request and the
/// answer.
///
/// The log is the witness: an answer names the change behind which it was given. What the model
/// says there must be what the client was told, and the change must not be older than anything that
/// anybody had been told when the request was sent.
public enum OperationsAreLinearizable {
    /// - Parameter model: has read the log at least as far as the answer says.
    public static func check(
        _ heard: CoordinationReplyHeard, from client: Int, _ model: CoordinationModel,
        into violations: inout [Violation]
    ) {
        let zxid = heard.zxid
        let request = heard.sent.request
        if zxid < heard.sent.floor {
            violations.append(
                Violation(
                    "OperationsAreLinearizable",
                    "\(request.operation) of coordinator \(client + 1) is answered of \(zxid),"
                        + " and \(heard.sent.floor) had been told before it was asked"))
        }
        if zxid > model.zxid {
            violations.append(
                Violation(
                    "OperationsAreLinearizable",
                    "\(request.operation) is answered of \(zxid), and \(model.zxid) is the last"))
        }
        guard let expected = expected(heard, model) else {
            violations.append(
                Violation(
                    "OperationsAreLinearizable",
                    "\(request.operation) of coordinator \(client + 1) is answered of \(zxid),"
                        + " which is another change"))
            return
        }
        if expected != heard.answer {
            violations.append(
                Violation(
                    "OperationsAreLinearizable",
                    "\(request) of coordinator \(client + 1) at \(zxid): answered"
                        + " \(heard.answer), and right is \(expected)"))
        }
    }

    private static func expected(
        _ heard: CoordinationReplyHeard, _ model: CoordinationModel
    ) -> CoordinationModel.Answer? {
        let request = heard.sent.request
        guard request.operation.isWrite else { return model.answer(to: request, asOf: heard.zxid) }
        guard let decision = model.decisions[heard.zxid], decision.session == heard.session,
            decision.operation == CoordinationOperation(request)
        else { return nil }
        return decision.answer
    }
}

/// A request that waits for its answer.
public struct CoordinationRequestSent: Sendable {
    let xid: Xid
    let request: ZooKeeperRequest
    /// The last change that anybody had been told of when this was sent.
    let floor: Zxid

    public init(xid: Xid, request: ZooKeeperRequest, floor: Zxid) {
        self.xid = xid
        self.request = request
        self.floor = floor
    }
}

/// An answer, and what was asked.
public struct CoordinationReplyHeard: Sendable {
    let sent: CoordinationRequestSent
    let session: CoordinationSessionID
    let zxid: Zxid
    let answer: CoordinationModel.Answer

    /// - Parameter zxid: of the answer's header.
    public init(
        sent: CoordinationRequestSent, session: CoordinationSessionID, zxid: Zxid,
        answer: CoordinationModel.Answer
    ) {
        self.sent = sent
        self.session = session
        self.zxid = zxid
        self.answer = answer
    }
}
