public import Toolbox

// What a server sends, a whole frame each, its length first.

extension ByteWriter {
    /// - Precondition: there is no body beside an error.
    public mutating func write(reply header: ReplyHeader, _ body: ReplyBody = .nothing) {
        let start = beginFrame()
        header.encode(into: &self)
        if header.error == nil { body.encode(into: &self) } else { checkEmpty(body) }
        endFrame(from: start)
    }

    /// Names from wherever they lie, without an array of them; with `stat` for getChildren2.
    ///
    /// - Precondition: the header has no error.
    public mutating func write(
        reply header: ReplyHeader, children names: some Collection<Bytes>, stat: NodeStat?
    ) {
        invariant(header.error == nil, "children beside an error")
        let start = beginFrame()
        header.encode(into: &self)
        writeJute(texts: names)
        stat?.encode(into: &self)
        endFrame(from: start)
    }

    /// Tells of a change; `zxid` is the change's, or `untold` as servers before 3.9 do.
    public mutating func write(event: WatchEvent, zxid: Zxid) {
        let start = beginFrame()
        ReplyHeader(xid: .notification, zxid: zxid).encode(into: &self)
        writeBigEndian(event.kind.rawValue)
        writeBigEndian(WatchEvent.connectedState)
        event.path.encode(into: &self)
        endFrame(from: start)
    }

    private func checkEmpty(_ body: ReplyBody) {
        guard case .nothing = body else { unreachable("a body beside an error") }
    }
}

extension WatchEvent {
    /// All that a server can say of the connection it writes to.
    static let connectedState: Int32 = 3

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        let raw = try reader.readJuteInt()
        guard let kind = Kind(rawValue: raw) else {
            throw .invalid(what: "event \(raw)", offset: reader.offset - 4)
        }
        _ = try reader.readJuteInt()
        self.init(kind, at: try ZnodePath(from: &reader))
    }
}
