import Toolbox
public import Vocabulary

// Which configuration is in force: the last one in the log, committed or not (thesis §4.1).
extension RaftInstance {
    /// In force: the last one in the log.
    public var configuration: RaftConfiguration { configurations.inForce.configuration }

    /// As of the entry at `index`, which is applied and not before the newest snapshot; it belongs
    /// into a snapshot through there.
    public func configuration(at index: LogIndex) -> RaftConfiguration {
        configurations.configuration(at: index)
    }

    /// The entry that brought the configuration in force.
    public var configurationIndex: LogIndex { configurations.inForce.index }

    static func configurations(
        of recovery: RaftRecovery, after base: LogIndex
    ) -> ConfigurationStack {
        var stack = ConfigurationStack(base: recovery.configuration, at: base)
        let entries = recovery.entries.drop { $0.index <= base }
        // An append is read and refused before it is written.
        guard let places = configurations(in: entries) else {
            unreachable("a configuration on this disk that can not be read")
        }
        for place in places { stack.append(place.configuration, at: place.index) }
        return stack
    }

    /// Nil if one of them can not be read.
    static func configurations(
        in entries: ArraySlice<LogEntry>
    ) -> [ConfigurationStack.Place]? {
        var places: [ConfigurationStack.Place] = []
        for entry in entries where entry.kind == .configuration {
            do {
                let configuration = try RaftConfiguration(decoding: entry.payload)
                if configuration.isEmpty { return nil }
                places.append(.init(index: entry.index, configuration: configuration))
            } catch {
                return nil
            }
        }
        return places
    }

    /// Of this node as a leader, or as the founder.
    mutating func append(
        _ configuration: RaftConfiguration, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        let entry = LogEntry(
            index: log.lastIndex.next, term: term, kind: .configuration,
            payload: configuration.encoded())
        log.append(CollectionOfOne(entry))
        leadership?.uncommittedBytes += entry.payload.count
        configurations.append(configuration, at: entry.index)
        configurationDidChange(at: now, into: &directives)
        guard leadership != nil else { return }
        sendAppendsToAll(into: &directives)
    }

    /// It is a voter; or it was one, and what ended that may not be committed: then it may be the
    /// only one whose log can win (thesis §4.2.2).
    var mayStand: Bool {
        electorate.isOwnVoter
            || !isRemoved && configurations.mayStillVote(identity.member)
    }

    var countedElectorate: Electorate {
        #if PLANTED_FAULTS
            if plantedFault == .configurationInForceWhenCommittedOnly {
                return Electorate(configurations.committed.configuration, own: identity.member)
            }
            return Electorate(configuration, own: identity.member, fault: plantedFault)
        #else
            return Electorate(configuration, own: identity.member)
        #endif
    }

    /// Books and ballots go on under the new positions.
    mutating func configurationDidChange(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        let old = electorate
        electorate = countedElectorate
        directives.append(.observe(.configurationChanged(configuration, at: configurationIndex)))
        ballot = ballot?.moved(from: old, to: electorate)
        if var leadership {
            self.leadership = nil
            leadership.followers = electorate.members.map { member in
                old.position(of: member).map { leadership.followers[$0] }
                    ?? FollowerProgress(next: log.lastIndex, now: now)
            }
            self.leadership = leadership
        }
        if role == .candidate || role == .preCandidate, !mayStand {
            follow(nil, because: .notAVoter, at: now, into: &directives)
        }
    }

    mutating func noteCommittedConfigurations(into directives: inout [RaftDirective]) {
        guard !configurations.isCommitted else { return }
        var before = configurations.committed.configuration
        while let place = configurations.commitNext(through: commitIndex) {
            let now = place.configuration
            directives.append(.observe(.configurationCommitted(now, at: place.index)))
            if role == .leader {
                let notice = RaftMessage.RemovalNotice(term: term, index: place.index)
                for member in before.members
                where !now.contains(member) && member != identity.member {
                    directives.append(.send(.removalNotice(notice), to: member))
                }
            }
            noteMembership(in: now, into: &directives)
            before = now
            #if PLANTED_FAULTS
                if plantedFault == .configurationInForceWhenCommittedOnly {
                    configurationDidChange(at: Instant(nanoseconds: 0), into: &directives)
                }
            #endif
        }
    }

    /// `committed` is a committed configuration.
    mutating func noteMembership(
        in committed: RaftConfiguration, into directives: inout [RaftDirective]
    ) {
        if committed.contains(identity.member) {
            wasMember = true
        } else if wasMember, !isRemoved {
            isRemoved = true
            directives.append(.observe(.removedFromGroup))
        }
    }
}
