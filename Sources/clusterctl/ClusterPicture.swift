import AdminWire
import ClusterNode
import Configuration
import Toolbox
import Vocabulary

/// The whole cluster at about one moment: every node's word of itself and of its copies.
struct ClusterPicture {
    let cluster: String
    /// All nodes that were asked, those that are down too.
    let nodes: [NodeStatus]
    let groups: [GroupSummary]
    let reading: NodeReading<StatusReport>

    init(_ door: ClusterDoor) throws(ControlFailure) {
        let reading = NodeReading(try door.askAll(.status)) { answer throws(AdminCallFailure) in
            try answer.shape(StatusReport.self)
        }
        let down = reading.failed.map { NodeStatus.down($0.node.id, url: $0.node.clientURL) }
        self.reading = reading
        cluster = door.configuration.cluster
        nodes = (reading.told.map(\.value.node) + down).sorted { $0.node < $1.node }
        groups = GroupSummary.summarize(
            reading.told.flatMap(\.value.groups), planned: door.plannedGroups,
            asked: door.nodes.map(\.id))
    }

    /// Every group is led and no node is down.
    var isHealthy: Bool {
        groups.allSatisfy { $0.leader != nil } && nodes.allSatisfy { $0.state != .down }
    }

    /// Healthy, and every node serves clients.
    var isReady: Bool { isHealthy && nodes.allSatisfy { $0.state == .ready } }

    /// Nobody at all answers, else how healthy it is.
    var status: ControlStatus {
        reading.status == .unreachable ? .unreachable : isHealthy ? .good : .bad
    }

    var text: String {
        let ready = nodes.count { $0.state == .ready }
        let led = groups.count { $0.leader != nil }
        let line =
            "cluster \(cluster): \(ready) of \(nodes.count) nodes ready,"
            + " \(led) of \(groups.count) groups led\n"
        return [line, NodeTable.table(nodes).text, GroupSummary.table(groups).text]
            .joined(separator: "\n") + GroupSummary.remarks(groups)
    }

    var json: String {
        var json = JSONWriter(reserving: 4_096)
        json.beginObject()
        json.member("cluster", cluster)
        json.member("healthy", isHealthy)
        json.member("ready", isReady)
        json.key("nodes")
        json.beginArray()
        for node in nodes { node.write(into: &json) }
        json.endArray()
        json.key("groups")
        GroupSummary.write(groups, into: &json)
        json.endObject()
        return json.take().line
    }
}

extension ClusterDoor {
    /// Groups that somebody who is asked should tell of.
    var plannedGroups: [GroupPlan] {
        configuration.groups.filter { group in
            group.voters.contains { voter in nodes.contains { $0.id == voter } }
        }
    }
}
