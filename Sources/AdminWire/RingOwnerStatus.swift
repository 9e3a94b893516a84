public import Toolbox
public import Vocabulary

/// Whose home is where: the arc of a user and who owns it, by the ring that one node has read last.
public struct RingOwnerStatus: AdminShape {
    public var user: UserID
    /// Fixed for ever.
    public var arc: ArcID
    public var owner: NodeID
    /// Where the owner's clients connect; empty if the node that tells it does not know.
    public var url: String
    public var epoch: RingEpoch
    /// Who tells it.
    public var node: NodeID
    /// The node that tells it serves nobody, since others may take it for lost.
    public var isFenced: Bool

    public init(
        user: UserID, arc: ArcID, owner: NodeID, url: String, epoch: RingEpoch, node: NodeID,
        isFenced: Bool
    ) {
        self.user = user
        self.arc = arc
        self.owner = owner
        self.url = url
        self.epoch = epoch
        self.node = node
        self.isFenced = isFenced
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("user", named: user)
        json.member("arc", numbered: arc)
        json.member("owner", numbered: owner)
        json.member("url", url)
        json.member("epoch", numbered: epoch)
        json.member("node", numbered: node)
        json.member("fenced", isFenced)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "owner")
        user = try fields.named("user")
        let arc: UInt16 = try fields.number("arc")
        guard arc < Limits.arcsCount else {
            throw .invalidField("arc", expected: "an arc of the ring")
        }
        self.arc = ArcID(arc)
        owner = try fields.numbered("owner")
        url = try fields.text("url")
        epoch = try fields.numbered("epoch")
        node = try fields.numbered("node")
        isFenced = try fields.flag("fenced")
    }
}
