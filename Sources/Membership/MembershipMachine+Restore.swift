internal import Toolbox
internal import Vocabulary

/// What a snapshot leaves out follows from the rest: names, pairs, lists of chats, the outbox.
extension MembershipMachine {
    mutating func restoreUser(from reader: inout ByteReader) throws(DecodeFailure) {
        let state = try UserState(from: &reader)
        guard let name = AccountName(state.name) else {
            throw .invalid(what: "an account's name", offset: reader.offset)
        }
        for device in state.devices {
            try reader.expect(device.id.rawValue <= devicesMade, "\(device.id)")
        }
        let user = UserID(UInt64(users.count) + 1)
        let isNew = names.insert(user, for: name, hash: name.hash)
        try reader.expect(isNew, "second account named as \(user)")
        users.append(state)
    }

    mutating func restoreChat(from reader: inout ByteReader) throws(DecodeFailure) {
        let id = ChatID(UInt64(chats.count) + 1)
        let chat = try ChatRecord(from: &reader, chat: id)
        for member in chat.members {
            guard let index = index(of: member.user) else {
                throw .invalid(what: "\(member.user) in \(id)", offset: reader.offset)
            }
            users[index].restoreChat(id)
        }
        if chat.isDirect {
            try reader.expect(chat.members.count == 2, "members of direct \(id)")
            let pair = DirectPair(chat.members[0].user, chat.members[1].user)
            let isNew = directs.insert(id, for: pair, hash: pair.hash)
            try reader.expect(isNew, "second direct chat \(id)")
        }
        if !chat.pending.isEmpty { pendingChats.append(id) }
        outboxCount += chat.pending.count
        chats.append(chat)
    }

    func checkCreations(_ reader: ByteReader) throws(DecodeFailure) {
        for index in 0..<users.count {
            for creation in users[index].creations {
                guard let chat = self.index(of: creation.chat) else {
                    throw .invalid(what: "creation of \(creation.chat)", offset: reader.offset)
                }
                let versions = 1...chats[chat].version
                try reader.expect(
                    versions.contains(creation.version), "creation of \(creation.chat)")
            }
        }
    }
}
