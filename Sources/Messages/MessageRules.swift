internal import ReplicatedState

/// What a chat must know of its machine to judge a command.
struct MessageRules: Sendable {
    let limits: MachineLimits
    #if PLANTED_FAULTS
        var plantedFault: PlantedMessageFault?
    #endif
}

#if PLANTED_FAULTS
    /// Faults that the proving wing plants to see whether it finds them; never in a release.
    public enum PlantedMessageFault: String, Hashable, Sendable, CaseIterable {
        /// A restored machine has forgotten which ids it has seen.
        case duplicateWindowLostInSnapshot
        /// Ids are forgotten by their arrival instead of by their own time.
        case idRememberedByArrival
        /// A change of members that comes again is made again.
        case changeMadeAgain
    }
#endif
