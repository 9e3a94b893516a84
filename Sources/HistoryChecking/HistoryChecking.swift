// The room of HistoryChecking.
