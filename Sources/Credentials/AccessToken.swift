public import Vocabulary

/// What a client shows with every request: who it is, on which device, and until when.
public struct AccessToken: Hashable, Sendable {
    public let user: UserID
    public let device: DeviceID
    public let issued: WallTime
    /// From this moment on the token is refused.
    public let expires: WallTime
    public let nonce: TokenNonce

    public init(
        user: UserID, device: DeviceID, issued: WallTime, expires: WallTime, nonce: TokenNonce
    ) {
        self.user = user
        self.device = device
        self.issued = issued
        self.expires = expires
        self.nonce = nonce
    }
}

/// What a client shows, once, to get a new pair of tokens. It opens nothing else.
///
/// That it works only once is the users' table's business: the nonce names it there.
public struct RefreshToken: Hashable, Sendable {
    public let user: UserID
    public let device: DeviceID
    public let issued: WallTime
    /// From this moment on the token is refused.
    public let expires: WallTime
    public let nonce: TokenNonce

    public init(
        user: UserID, device: DeviceID, issued: WallTime, expires: WallTime, nonce: TokenNonce
    ) {
        self.user = user
        self.device = device
        self.issued = issued
        self.expires = expires
        self.nonce = nonce
    }
}
