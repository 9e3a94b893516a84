#if PLANTED_FAULTS
    /// A mistake made on purpose, so that the tests can show that they find it.
    public enum PlantedCoordinationFault: String, Hashable, Sendable, CaseIterable {
        /// A session is closed and its nodes stay.
        case ephemeralsOutliveTheirSession
        /// What a multi did before its first wrong operation is not undone.
        case multiAppliesHalf
        /// Names are numbered by the children there are instead of by those there ever were.
        case sequenceNumberRepeats
        /// Data is set whatever version was asked for.
        case versionNotChecked
        /// The connection that a session moved away from is listened to.
        case movedOwnerMayWrite
        /// A session is expired although it was attached again since it fell silent.
        case expiryOfAReattachedSession
        /// A node is created although its parent is gone.
        case deletedParentAccepted
        /// Watchers are not told of data that a multi set.
        case watchChangeOmitted
        /// A node whose ACL forbids it is deleted.
        case permissionNotChecked
    }
#endif
