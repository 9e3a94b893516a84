// The room of Membership.
