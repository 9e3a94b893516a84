#if PLANTED_FAULTS
    /// A mistake made on purpose, so that the simulator can show that it finds it.
    public enum PlantedRoutingFault: String, Hashable, Sendable, CaseIterable {
        /// What is in doubt is sent again, even where a second copy does harm.
        case harmfulRequestSentAgain
    }
#endif
