extension LoadSettings {
    /// What `deliver` starts from; what was set before the command stays.
    mutating func prepareFanOut() {
        if chats == LoadSettings().chats { chats = 1 }
        audience = 100
        receivers = .online
    }
}
