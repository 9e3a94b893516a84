public import Toolbox
public import Vocabulary

/// The ring as one node has read it last, with all nodes that own arcs or could.
///
/// Nobody else is asked: a node that is cut off tells what it knew, and that it is fenced.
public struct RingStatus: AdminShape {
    /// Who tells it.
    public var node: NodeID
    /// The node that tells it serves nobody, since others may take it for lost.
    public var isFenced: Bool
    public var epoch: RingEpoch
    /// Ascending.
    public var nodes: [RingNodeStatus]
    /// Who owns which arcs, all of them, ascending; nil if not asked for.
    public var runs: [RingRun]?
    /// Paths of the cluster's tables that could not be decoded when they were read last: what was
    /// read before is in force.
    public var undecodable: [String]

    public init(
        node: NodeID, isFenced: Bool, epoch: RingEpoch, nodes: [RingNodeStatus],
        runs: [RingRun]? = nil, undecodable: [String] = []
    ) {
        self.node = node
        self.isFenced = isFenced
        self.epoch = epoch
        self.nodes = nodes
        self.runs = runs
        self.undecodable = undecodable
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("node", numbered: node)
        json.member("fenced", isFenced)
        json.member("epoch", numbered: epoch)
        json.member("arcs", UInt64(Limits.arcsCount))
        json.member("nodes", nodes)
        if let runs { json.member("runs", runs) }
        json.member("undecodable", texts: undecodable)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "ring")
        node = try fields.numbered("node")
        isFenced = try fields.flag("fenced")
        epoch = try fields.numbered("epoch")
        nodes = try fields.list("nodes")
        runs = fields.value("runs") == nil ? nil : try fields.list("runs")
        undecodable = try fields.textsIfAny("undecodable")
    }
}

/// One node's part of the ring.
public struct RingNodeStatus: AdminShape {
    public var node: NodeID
    /// Arcs that it owns, of `Limits.arcsCount`.
    public var arcs: UInt16
    /// Its share relative to others', as it registered; nil for a node that is not registered.
    public var weight: UInt16?
    public var host: String
    public var zone: String
    /// Where its clients connect.
    public var url: String
    /// Whether it is there, as far as the node that tells it can see; nil if that has no copy of
    /// the coordination tree.
    public var isRegistered: Bool?
    /// It is about to stop, and its arcs move away.
    public var isDraining = false

    public init(
        node: NodeID, arcs: UInt16, weight: UInt16? = nil, host: String = "", zone: String = "",
        url: String = "", isRegistered: Bool? = nil
    ) {
        self.node = node
        self.arcs = arcs
        self.weight = weight
        self.host = host
        self.zone = zone
        self.url = url
        self.isRegistered = isRegistered
    }

    /// Of all arcs, 0 ... 1. Exact: their number is a power of two.
    public var share: Double { Double(arcs) / Double(Limits.arcsCount) }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("node", numbered: node)
        json.member("arcs", UInt64(arcs))
        json.key("share")
        json.value(share)
        json.key("weight")
        if let weight { json.value(UInt64(weight)) } else { json.null() }
        json.member("host", host)
        json.member("zone", zone)
        json.member("url", url)
        json.key("registered")
        if let isRegistered { json.value(isRegistered) } else { json.null() }
        json.member("draining", isDraining)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "node of the ring")
        node = try fields.numbered("node")
        arcs = try fields.number("arcs")
        weight = fields.value("weight") == nil ? nil : try fields.number("weight")
        host = try fields.text("host")
        zone = try fields.text("zone")
        url = try fields.text("url")
        isRegistered = fields.value("registered") == nil ? nil : try fields.flag("registered")
        isDraining = try fields.flag("draining")
    }
}

/// Arcs side by side with one owner.
public struct RingRun: AdminShape {
    public var first: ArcID
    /// At least 1.
    public var count: UInt16
    public var owner: NodeID

    public init(first: ArcID, count: UInt16, owner: NodeID) {
        self.first = first
        self.count = count
        self.owner = owner
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("first", numbered: first)
        json.member("count", UInt64(count))
        json.member("owner", numbered: owner)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "run")
        let first: UInt16 = try fields.number("first")
        count = try fields.number("count")
        guard count > 0, Int(first) + Int(count) <= Int(Limits.arcsCount) else {
            throw .invalidField("count", expected: "arcs of the ring")
        }
        self.first = ArcID(first)
        owner = try fields.numbered("owner")
    }
}
