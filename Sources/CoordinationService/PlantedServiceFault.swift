#if PLANTED_FAULTS
    /// Faults that the proving wing plants to see whether it finds them; never in a release.
    public enum PlantedServiceFault: String, Hashable, Sendable, CaseIterable {
        /// A watch is told behind the reply that shows the change.
        case watchAfterReply
        /// A leader expires sessions without having proved that it still leads.
        case sessionExpiredWithoutProof
        /// A read does not wait for earlier writes of its connection.
        case readBeforeEarlierWrite
        /// A session moves to who knows its number and not its password.
        case wrongPasswordKicksOwner
        /// A leader expires sessions whose clients other nodes hear.
        case touchesOfOtherNodesIgnored
        /// A one-shot watch stays.
        case oneShotWatchFiresTwice
        /// A new leader takes everybody for silent since long.
        case newLeaderGivesNoTimeout
    }
#endif
