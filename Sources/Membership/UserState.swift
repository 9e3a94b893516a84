internal import Toolbox
internal import Vocabulary

/// One account: who, with which devices, in which chats.
struct UserState: Sendable {
    struct Device: Sendable {
        let id: DeviceID
        var label: String
    }

    /// What a creation under an Idempotency-Key was answered with.
    struct Creation: Sendable {
        let key: Bytes
        let time: WallTime
        let chat: ChatID
        let version: UInt64
        let isNew: Bool
    }

    let name: String
    let displayName: String
    let email: String
    let hash: Bytes
    /// The one of the latest log-in last.
    private(set) var devices: [Device] = []
    /// Ascending.
    private(set) var chats: [ChatID] = []
    /// Of the user's own stream: how often the list of chats changed.
    private(set) var position: UInt64 = 0
    /// In order of time.
    private(set) var creations: [Creation] = []

    init(name: String, displayName: String, email: String, hash: Bytes) {
        self.name = name
        self.displayName = displayName
        self.email = email
        self.hash = hash.detached()
    }

    mutating func addDevice(_ id: DeviceID, label: String) {
        if devices.count == MembershipBounds.devicesMaximum { devices.removeFirst() }
        devices.append(Device(id: id, label: label))
    }

    /// A further log-in on a device; false if the user has no such device.
    mutating func renameDevice(_ id: DeviceID, label: String) -> Bool {
        guard let index = devices.firstIndex(where: { $0.id == id }) else { return false }
        devices.remove(at: index)
        devices.append(Device(id: id, label: label))
        return true
    }

    mutating func addChat(_ chat: ChatID) {
        let index = chats.lowerBound(of: chat)
        chats.insert(chat, at: index)
        position &+= 1
    }

    mutating func removeChat(_ chat: ChatID) {
        let index = chats.lowerBound(of: chat)
        if index < chats.count, chats[index] == chat { chats.remove(at: index) }
        position &+= 1
    }

    func creation(under key: Bytes) -> Creation? { creations.first { $0.key == key } }

    mutating func remember(_ creation: Creation) { creations.append(creation) }

    /// Forgets the keys that are older than they are kept.
    mutating func forgetCreations(at now: WallTime) {
        let end = creations.firstIndex { creation in
            let (age, overflows) = now.milliseconds.subtractingReportingOverflow(
                creation.time.milliseconds)
            return !overflows && age <= MembershipBounds.idempotencyKeyMilliseconds
        }
        creations.removeFirst(end ?? creations.count)
    }
}

extension [ChatID] {
    /// The position of the first that is not below `chat`; the array must be sorted.
    func lowerBound(of chat: ChatID) -> Int {
        if let last, last < chat { return count }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < chat { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension UserState {
    func encode(into writer: inout ByteWriter) {
        writer.writeCounted(name)
        writer.writeCounted(displayName)
        writer.writeCounted(email)
        writer.writeCounted(hash)
        writer.write(UInt32(devices.count))
        for device in devices {
            writer.write(device.id)
            writer.writeCounted(device.label)
        }
        writer.write(position)
        writer.write(UInt32(creations.count))
        for creation in creations {
            writer.writeCounted(creation.key)
            writer.write(creation.time)
            writer.write(creation.chat)
            writer.write(creation.version)
            writer.write(creation.isNew)
        }
    }

    /// The list of chats follows from the chats and is made again with them.
    init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            name: try reader.readCountedText(), displayName: try reader.readCountedText(),
            email: try reader.readCountedText(), hash: try reader.readCounted())
        let devicesCount = try reader.read(UInt32.self)
        try reader.expect(devicesCount <= MembershipBounds.devicesMaximum, "devices of a user")
        for _ in 0..<devicesCount {
            devices.append(Device(id: try reader.read(), label: try reader.readCountedText()))
        }
        position = try reader.read()
        let creationsCount = try reader.read(UInt32.self)
        for _ in 0..<creationsCount {
            creations.append(
                Creation(
                    key: try reader.readCounted().detached(), time: try reader.read(),
                    chat: try reader.read(), version: try reader.read(),
                    isNew: try reader.readBool()))
        }
    }

    /// As part of a restore: the list grows without its position.
    mutating func restoreChat(_ chat: ChatID) { chats.append(chat) }
}
