#if PLANTED_FAULTS
    /// A mistake made on purpose, so that the simulator can show that it finds it.
    public enum PlantedReplicationFault: String, Hashable, Sendable, CaseIterable {
        /// The first command that a process applies is applied twice.
        case appliedTwiceAfterRestart
        /// A leader answers reads without asking whether it still leads.
        case readAnsweredWithoutRound
        /// Entries are accepted between the record of a snapshot and its installation.
        case entriesTakenDuringInstallation
    }
#endif
