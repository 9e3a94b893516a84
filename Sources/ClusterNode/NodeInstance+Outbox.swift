import Membership
import Placement
import Messages
import Replication
import Routing
import Toolbox
import Vocabulary

/// Decisions about members, and their way from the membership group to the shards.
extension NodeInstance {
    /// Whether a decision's reply waits for the shard.
    mutating func holdDecision(
        _ requester: Requester, _ reply: ReplicaReply, of group: ReplicaGroupID, at moment: Moment
    ) -> Bool {
        errands.decisions.remove(requester)
        guard case .done(let bytes) = reply else { return false }
        let decided: MembershipReply
        do throws(DecodeFailure) {
            decided = try MembershipReply(decoding: bytes)
        } catch {
            unreachable("this node's own membership reply does not decode: \(error)")
        }
        guard case .pending(let chat, let version, let isNew) = decided else { return false }
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .removalAnsweredBeforeShard, !isNew, version > 1 {
                let settled = MembershipReply.settled(
                    chat: chat, version: version, seq: SequenceNumber(version), isNew: isNew)
                finish(requester, .done(settled.encoded()), of: group, at: moment)
                return true
            }
        #endif
        guard replicas.isLeader(of: group) else {
            // Another node takes care of it now, and answers a repeat.
            finish(requester, .unknown, of: group, at: moment)
            return true
        }
        let waiter = OutboxCourier.Waiter(requester: requester, isNew: isNew)
        if let seq = courier.errand(of: chat, version: version)?.seq {
            tellSettled(waiter, chat, version, at: seq, moment)
        } else {
            courier.wait(waiter, for: chat, version: version)
        }
        return true
    }

    private mutating func tellSettled(
        _ waiter: OutboxCourier.Waiter, _ chat: ChatID, _ version: UInt64, at seq: SequenceNumber,
        _ moment: Moment
    ) {
        guard let group = plan.membershipGroup?.id else { return }
        let settled = MembershipReply.settled(
            chat: chat, version: version, seq: seq, isNew: waiter.isNew)
        finish(waiter.requester, .done(settled.encoded()), of: group, at: moment)
    }

    /// A record for the chat's shard.
    mutating func dispatch(_ record: OutboxRecord, at moment: Moment) {
        guard courier.take(record) else { return }
        pursue(OutboxCourier.Errand(record: record), at: moment)
    }

    /// Takes the next step: to the shard, or back to the outbox.
    private mutating func pursue(_ errand: OutboxCourier.Errand, at moment: Moment) {
        let record = errand.record
        if let seq = errand.seq {
            guard let group = plan.membershipGroup?.id else { return }
            submit(
                MembershipCommand.delivered(
                    chat: record.chat, version: record.version, seq: seq
                ).encoded(), to: group, as: .command, .harmless,
                for: .delivered(record.chat, version: record.version), at: moment)
        } else {
            submit(
                MessageCommand.change(MembershipChange(record)).encoded(),
                to: group(of: record.chat), as: .command, .harmless,
                for: .courier(record.chat, version: record.version), at: moment)
        }
    }

    mutating func retryOutbox(at moment: Moment) {
        while let errand = courier.nextRetry(at: moment.monotonic) { pursue(errand, at: moment) }
    }

    /// This node leads the membership group now: whatever is in the outbox is its to deliver.
    mutating func takeOutboxOver(at moment: Moment) {
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .outboxRecordDroppedOnLeaderChange { return }
        #endif
        guard let group = plan.membershipGroup?.id,
            let bytes = replicas.answer(
                MembershipQuery.outbox(limit: .max).encoded(), of: group)
        else { return }
        do throws(DecodeFailure) {
            guard case .outbox(let records) = try MembershipAnswer(decoding: bytes) else { return }
            for record in records { dispatch(record, at: moment) }
        } catch {
            unreachable("this node's own outbox does not decode: \(error)")
        }
    }

    mutating func leaveOutbox(at moment: Moment) {
        guard let group = plan.membershipGroup?.id else { return }
        for waiter in courier.stop() {
            finish(waiter.requester, .unknown, of: group, at: moment)
        }
    }

    mutating func shardAnswered(
        _ chat: ChatID, _ version: UInt64, _ outcome: RouteOutcome, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        guard let errand = courier.errand(of: chat, version: version) else { return }
        guard case .done(let bytes) = outcome, case .changed(let seq, _)? = changed(bytes) else {
            if case .done(let bytes) = outcome {
                let what = changed(bytes).map { "\($0)" } ?? "an answer of another version"
                directives.append(.observe(.outboxStuck(chat, version: version, what: what)))
            }
            return courier.failed(chat, at: moment.monotonic)
        }
        pursue(OutboxCourier.Errand(record: errand.record, seq: seq), at: moment)
        for waiter in courier.arrived(chat, version: version, at: seq) {
            tellSettled(waiter, chat, version, at: seq, moment)
        }
    }

    mutating func deliveryRecorded(
        _ chat: ChatID, _ version: UInt64, _ outcome: RouteOutcome, at moment: Moment
    ) {
        guard courier.errand(of: chat, version: version) != nil else { return }
        if case .done = outcome {
            courier.recorded(chat, version: version)
        } else {
            courier.failed(chat, at: moment.monotonic)
        }
    }

    private func changed(_ bytes: Bytes) -> MessageReply? {
        do throws(DecodeFailure) {
            return try MessageReply(decoding: bytes)
        } catch {
            // A shard of another version: asked again until it speaks ours.
            return nil
        }
    }

    func group(of chat: ChatID) -> ReplicaGroupID { tables.partitions.group(of: chat) }
}

extension MembershipChange {
    /// The outbox's words in the shard's.
    init(_ record: OutboxRecord) {
        let action: Action =
            switch record.action {
            case .create(let isDirect, let sharesHistory, let title, let members):
                .create(
                    kind: isDirect ? .direct : .group, history: sharesHistory ? .all : .joined,
                    title: title, members: members.map(ChatMember.init))
            case .join(let members): .join(members.map(ChatMember.init))
            case .leave(let user): .leave(user)
            case .role(let user, let role): .role(user, ChatRole(role))
            }
        self.init(
            chat: record.chat, version: record.version, actor: record.actor, action: action)
    }
}

extension ChatMember {
    init(_ member: OutboxMember) { self.init(user: member.user, role: ChatRole(member.role)) }
}

extension ChatRole {
    init(_ role: MemberRole) {
        switch role {
        case .member: self = .member
        case .admin: self = .admin
        case .owner: self = .owner
        }
    }
}
