internal import Toolbox
internal import Vocabulary

extension MembershipMachine {
    mutating func register(
        name: String, displayName: String, email: String, hash: Bytes
    ) -> MembershipReply {
        guard let accountName = AccountName(name) else { return .refused(.invalidField("name")) }
        guard displayName.utf8.count <= MembershipBounds.displayNameBytesMaximum else {
            return .refused(.invalidField("display_name"))
        }
        guard email.utf8.count <= MembershipBounds.emailBytesMaximum else {
            return .refused(.invalidField("email"))
        }
        guard !hash.isEmpty, hash.count <= MembershipBounds.passwordHashBytesMaximum else {
            return .refused(.invalidField("password"))
        }
        let user = UserID(UInt64(users.count) + 1)
        guard names.insert(user, for: accountName, hash: accountName.hash) else {
            return .refused(.nameTaken)
        }
        users.append(
            UserState(name: name, displayName: displayName, email: email, hash: hash))
        return .registered(user)
    }

    mutating func openDevice(
        of user: UserID, _ device: DeviceID?, label: String
    ) -> MembershipReply {
        guard let index = index(of: user) else { return .refused(.notFound) }
        guard label.utf8.count <= MembershipBounds.deviceLabelBytesMaximum else {
            return .refused(.invalidField("device"))
        }
        if let device {
            let isKnown = users[index].renameDevice(device, label: label)
            return isKnown ? .deviceOpened(device) : .refused(.notFound)
        }
        guard devicesMade < .max else { return .refused(.limitReached) }
        devicesMade += 1
        users[index].addDevice(DeviceID(devicesMade), label: label)
        return .deviceOpened(DeviceID(devicesMade))
    }
}
