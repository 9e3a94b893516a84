/// What help is asked for: the program, or one of its commands.
public enum HelpTopic: CaseIterable, Hashable, Sendable {
    case program
    case send
    case latency
    case deliver
    case ceiling
    case failover
    case compare

    var word: String? {
        switch self {
        case .program: nil
        case .send: "send"
        case .latency: "latency"
        case .deliver: "deliver"
        case .ceiling: "ceiling"
        case .failover: "failover"
        case .compare: "compare"
        }
    }

    /// What `--help` prints.
    public var text: String {
        switch self {
        case .program: Self.programText
        case .send: Self.sendText
        case .latency: Self.latencyText
        case .deliver: Self.deliverText
        case .ceiling: Self.ceilingText
        case .failover: Self.failoverText
        case .compare: Self.compareText
        }
    }

    private static let programText = """
        usage: chatbench [--config FILE] [--json] COMMAND [OPTIONS]

        Loads a running cluster with messages and measures it. Every message that was acknowledged
        is read back once at the end.

          send       many connections: throughput, latencies, what it costs the servers
          latency    one connection, one message at a time: how long each takes
          deliver    groups of many who are connected: deliveries, what each costs the servers
          ceiling    the machine itself, without a cluster: writing to many sockets, syncing
          failover   a coordination service whose leader is killed: how long no write is accepted
          compare    figures of this program and of other systems side by side

          --config FILE        the cluster's configuration
                               (default: \(Invocation.configDefault))
          --json               print the figures as one JSON object
          --help               print help; behind a command, on that command

        It leaves the accounts and chats that it makes behind, so use a cluster of its own, as
        cluster-configs/bench.json5 describes: there no limit protects against strangers.

        exit status: 0 all is well; 1 a message was lost, doubled, changed or refused; 2 wrong
        usage, configuration or secrets; 3 nobody answered.

        """

    private static let sendText = """
        usage: chatbench [--config FILE] [--json] send [OPTIONS]

        A closed loop: each connection sends its next message when one of its messages is
        acknowledged. Refusals that ask for it are repeated with the same client id and counted.

          --connections N      sockets that send (64)
          --in-flight M        messages of one connection without an acknowledgement (1)

        \(sharedText)
        """

    private static let latencyText = """
        usage: chatbench [--config FILE] [--json] latency [OPTIONS]

        One connection that sends its next message when the last one is acknowledged. Prints how
        many took how long.

        \(sharedText)
        """

    private static let sharedText = """
          --seconds S          what is measured (10)
          --warm-up S          before that (2)
          --chats N            direct chats, dealt to the senders (64); more connections than chats
                               are further devices of the same senders, and get their messages too
          --text-bytes N       length of a text (100)
          --receivers WHO      online: those who are written to are connected, and deliveries are
                               measured as well; offline (the default): they are not
          --transport HOW      socket (the default): over a WebSocket, to which all entries of
                               the sender's chats are pushed; http: each message is a POST, nothing
                               is pushed, and a server answers one after the other of a connection
          --at PLACE           home: senders connect where GET /v1/gateway says (the default);
                               leaders: the same, with senders and chats picked so that the node
                               leads the chat's group; a number: all at that node

        """
}
