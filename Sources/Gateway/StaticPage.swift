public import Toolbox

/// A file that the client port serves to browsers, as it was read at start.
public struct StaticPage: Hashable, Sendable {
    /// With the leading slash; compared byte by byte. The page at `/` is the one browsers open.
    public var path: String
    /// A media type, such as `text/html; charset=utf-8`.
    public var contentType: String
    public var body: Bytes

    public init(path: String, contentType: String, body: Bytes) {
        self.path = path
        self.contentType = contentType
        self.body = body
    }
}
