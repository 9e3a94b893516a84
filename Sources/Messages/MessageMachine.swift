public import ReplicatedState
public import Toolbox
public import Vocabulary

/// The rule book of one message group: each chat's log, who is in it as of each position, what they
/// have read, and which client ids were seen.
public struct MessageMachine: ReplicatedMachine {
    public typealias Effect = MessageNews

    private struct Totals: Sendable {
        var chats = 0
        var entries = 0
        var remembered = 0
    }

    public let group: ReplicaGroupID
    private var rules: MessageRules
    var partitions: [MessagePartition]
    /// Of the last command; neither part ever goes back.
    private(set) var applied: AppliedPosition
    private var totals = Totals()

    public init(group: ReplicaGroupID, limits: MachineLimits) {
        self.group = group
        rules = MessageRules(limits: limits)
        applied = AppliedPosition(index: .zero, time: WallTime(milliseconds: 0))
        partitions = Array(repeating: MessagePartition(), count: Int(Limits.partitionsCount))
    }

    public init(
        group: ReplicaGroupID, limits: MachineLimits, restoring bytes: Bytes
    ) throws(DecodeFailure) {
        let snapshot = try MessageSnapshot(decoding: bytes)
        self.group = group
        rules = MessageRules(limits: limits)
        applied = snapshot.applied
        partitions = snapshot.partitions
        for partition in partitions {
            totals.chats += partition.chats.count
            for chat in partition.chats {
                totals.entries += chat.entries.count
                totals.remembered += chat.window.count
            }
        }
    }

    public func needs(_ command: Bytes) -> [MachineKey] { [] }

    public mutating func apply(
        _ command: Bytes, at position: AppliedPosition, into effects: inout [MessageNews]
    ) -> MessageOutcome {
        applied = AppliedPosition(
            index: max(applied.index, position.index), time: max(applied.time, position.time))
        return outcome(of: command, into: &effects)
    }

    public var snapshot: any MachineSnapshot { held }

    public var digest: UInt64 { held.digest }

    private var held: MessageSnapshot {
        var snapshot = MessageSnapshot(applied: applied, partitions: partitions)
        #if PLANTED_FAULTS
            if plantedFault == .duplicateWindowLostInSnapshot {
                snapshot.forgottenBelow = DuplicateWindow.minute(of: applied.time) + 2
            }
        #endif
        return snapshot
    }

    #if PLANTED_FAULTS
        /// Set again after a restore: a snapshot does not carry it.
        public var plantedFault: PlantedMessageFault? {
            get { rules.plantedFault }
            set { rules.plantedFault = newValue }
        }
    #endif

    // MARK: Commands

    private mutating func outcome(
        of command: Bytes, into effects: inout [MessageNews]
    ) -> MessageOutcome {
        let decoded: MessageCommand
        do throws(DecodeFailure) {
            decoded = try MessageCommand(decoding: command)
        } catch {
            return .refused(.undecodable)
        }
        switch decoded {
        case .post(let post): return carryOut(post, into: &effects)
        case .change(let change):
            return MessageOutcome(carryOut(change, into: &effects))
        case .mark(let marks):
            for mark in marks { carryOut(mark, into: &effects) }
            return MessageOutcome(.marked)
        }
    }

    private mutating func carryOut(
        _ post: Post, into effects: inout [MessageNews]
    ) -> MessageOutcome {
        let partition = Int(PartitionID.of(chat: post.chat).rawValue)
        guard let slot = partitions[partition].slot(of: post.chat) else {
            return .refused(.notFound)
        }
        let before = partitions[partition].chats[slot].totals
        let outcome = partitions[partition].chats[slot].post(
            post, at: applied, under: rules, into: &effects)
        let after = partitions[partition].chats[slot].totals
        totals.entries += after.entries - before.entries
        totals.remembered += after.remembered - before.remembered
        return outcome
    }

    private mutating func carryOut(
        _ change: MembershipChange, into effects: inout [MessageNews]
    ) -> MessageReply {
        let partition = Int(PartitionID.of(chat: change.chat).rawValue)
        guard let slot = partitions[partition].slot(of: change.chat) else {
            return create(change, in: partition, into: &effects)
        }
        #if PLANTED_FAULTS
            var change = change
            if plantedFault == .changeMadeAgain {
                let version = partitions[partition].chats[slot].membersVersion
                change.version = max(change.version, version + 1)
            }
        #endif
        let before = partitions[partition].chats[slot].entries.count
        let reply = partitions[partition].chats[slot].change(change, at: applied, into: &effects)
        totals.entries += partitions[partition].chats[slot].entries.count - before
        return reply
    }

    private mutating func create(
        _ change: MembershipChange, in partition: Int, into effects: inout [MessageNews]
    ) -> MessageReply {
        guard change.version == 1 else { return .refused(.outOfOrder(expected: 1)) }
        guard case .create(let kind, let history, let title, _) = change.action else {
            return .refused(.invalidField("action"))
        }
        var chat = ChatState(chat: change.chat, kind: kind, history: history, title: title)
        let reply = chat.change(change, at: applied, into: &effects)
        partitions[partition].insert(chat)
        totals.chats += 1
        totals.entries += 1
        return reply
    }

    private mutating func carryOut(_ mark: Mark, into effects: inout [MessageNews]) {
        let partition = Int(PartitionID.of(chat: mark.chat).rawValue)
        guard let slot = partitions[partition].slot(of: mark.chat),
            let risen = partitions[partition].chats[slot].mark(mark, at: applied.index)
        else { return }
        effects.append(.marked(risen))
    }

    var countsAnswer: MessageAnswer {
        .counts(
            chats: UInt64(totals.chats), entries: UInt64(totals.entries),
            remembered: UInt64(totals.remembered))
    }
}
