// The room of Messages.
