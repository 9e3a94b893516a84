// The room of Credentials.
