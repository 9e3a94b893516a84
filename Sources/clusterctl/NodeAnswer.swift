import AdminWire
import Configuration
import HTTPWire
import Toolbox
import Vocabulary

/// What came of asking one node.
struct NodeAnswer {
    let node: NodeConfiguration
    let outcome: Result<HTTPResponse, AdminCallFailure>

    func shape<Shape: AdminShape>(
        _ type: Shape.Type = Shape.self
    ) throws(AdminCallFailure) -> Shape {
        try read { bytes throws(AdminFailure) in try Shape.decode(bytes) }
    }

    func list<Shape: AdminShape>(
        of type: Shape.Type = Shape.self
    ) throws(AdminCallFailure) -> [Shape] {
        try read { bytes throws(AdminFailure) in try Shape.decodeList(bytes) }
    }

    private func read<Value>(
        _ decode: (Bytes) throws(AdminFailure) -> Value
    ) throws(AdminCallFailure) -> Value {
        let response = try outcome.get()
        let refusal: AdminError
        do throws(AdminFailure) {
            if (200...299).contains(response.status) { return try decode(response.body) }
            refusal = try AdminError.decode(response.body)
        } catch {
            let what = "it answered \(response.status) with what cannot be read: \(error)"
            throw .unreadable("\(what). Is this the cluster's admin port?")
        }
        throw .refused(status: response.status, refusal)
    }
}
