import ClusterNode
import Controller
import CoordinationService
import Gateway
import ReplicatedState

extension SettingTable {
    static let clients: [SettingKey] = connections + requests + people + coordination + controller

    private static let connections: [SettingKey] = [
        SettingKey(
            "gateway", "connectionsMaximum",
            .count(\.node.gateway.connectionsMaximum, of: "connections"),
            1...10_000_000,
            "Sockets of clients; one more gets 503. The process needs as many descriptors."),
        SettingKey(
            "gateway", "helloTimeoutMilliseconds", .milliseconds(\.node.gateway.helloTimeout),
            10...600_000, "From the upgrade to a complete hello; then 4001."),
        SettingKey(
            "gateway", "heartbeatMilliseconds", .milliseconds(\.node.gateway.heartbeat),
            1_000...3_600_000,
            "How often clients ping. Lower: dead connections are found sooner, more traffic."),
        SettingKey(
            "gateway", "sessionQueueBytesMaximum",
            .bytes(\.node.gateway.sessionQueueBytesMaximum), 1_024...1_073_741_824,
            "What may wait for one session before a chat's entries collapse into a gap."),
        SettingKey(
            "gateway", "connectionQueueBytesMaximum",
            .bytes(\.node.gateway.connectionQueueBytesMaximum), 1_025...2_147_483_648,
            "What may wait for one connection and cannot collapse; then 4006."),
        SettingKey(
            "gateway", "stuckSocketMilliseconds", .milliseconds(\.node.gateway.stuckSocket),
            10...3_600_000, "How long a socket may take no byte while some wait; then 4006."),
        SettingKey(
            "gateway", "welcomeTimeoutMilliseconds", .milliseconds(\.node.gateway.welcomeTimeout),
            10...600_000, "How long welcome waits for this node's subscriptions; then not_ready."),
        SettingKey(
            "gateway", "homePatienceMilliseconds", .milliseconds(\.node.gateway.homePatience),
            10...600_000, "How long an attachment waits for another node."),
        SettingKey(
            "gateway", "attachRetryMilliseconds", .milliseconds(\.node.gateway.attachRetry),
            10...600_000, "How often an attachment without an answer is tried again."),
        SettingKey(
            "gateway", "reattachmentsPerTurnMaximum",
            .count(\.node.gateway.reattachmentsPerTurnMaximum, of: "sessions"), 1...1_000_000,
            "Sessions that move within a millisecond after a change of the ring; the rest follows."
                + " Higher: longer turns."),
        SettingKey(
            "gateway", "goawayPerSecondMaximum",
            .count(\.node.gateway.goawayPerSecondMaximum, of: "clients"), 0...1_000_000,
            "Clients sent elsewhere in a second: to their home, after a change of the ring or because"
                + " they came to another node, and away from a node that ends; 0 sends none home,"
                + " for clients that reach nodes only through a load balancer."),
        SettingKey(
            "gateway", "guestPatienceMilliseconds", .milliseconds(\.node.gateway.guestPatience),
            0...86_400_000,
            "How long a client that came to another node than its home is served before it is sent"
                + " there."),
        SettingKey(
            "gateway", "admissionsPerSecondMaximum",
            .count(\.node.gateway.admissionsPerSecondMaximum, of: "sockets"), 0...10_000_000,
            "New WebSockets in a second; more get 503 and a time to come again. 0 is without"
                + " limit."),
        SettingKey(
            "gateway", "admissionsBurst",
            .count(\.node.gateway.admissionsBurst, of: "sockets"), 1...10_000_000,
            "New WebSockets taken at once after a calm."),
        SettingKey(
            "gateway", "goawayJitterMilliseconds", .milliseconds(\.node.gateway.goawayJitter),
            0...600_000,
            "Clients of a node that ends leave over this time, or longer if goawayPerSecondMaximum"
                + " asks for it. Higher: gentler on the other nodes."),
        SettingKey(
            "gateway", "goawayGraceMilliseconds", .milliseconds(\.node.gateway.goawayGrace),
            0...600_000, "From after_ms of a goaway to the close."),
        SettingKey(
            "gateway", "drainTimeoutMilliseconds", .milliseconds(\.node.drainTimeout), 0...600_000,
            "How long a graceful stop waits for clients to leave; longer if goawayPerSecondMaximum"
                + " asks for it."),
    ]

    private static let coordination: [SettingKey] = [
        SettingKey(
            "coordination", "tickMilliseconds", .milliseconds(\.node.coordination.tick),
            20...60_000,
            "Sessions end at multiples of it, and a quarter of it is how often nodes tell the"
                + " leader whom they hear. Lower: dead clients are noticed sooner, more frames."),
        SettingKey(
            "coordination", "sessionTimeoutMillisecondsMinimum",
            .milliseconds(\.node.coordination.sessionTimeoutMinimum), 1...3_600_000,
            "The shortest time-out that a client can ask for; a tick at least."),
        SettingKey(
            "coordination", "sessionTimeoutMillisecondsMaximum",
            .milliseconds(\.node.coordination.sessionTimeoutMaximum), 1...86_400_000,
            "The longest one. Higher: what a dead client held may stay for so long."),
        SettingKey(
            "coordination", "connectionsPerHostMaximum",
            .count(\.node.coordination.connectionsPerHostMaximum, of: "connections"),
            0...10_000_000, "Of one address; one more is closed at once. 0 is without limit."),
        SettingKey(
            "coordination", "outstandingMaximum",
            .count(\.node.coordination.outstandingMaximum, of: "requests"), 1...1_000_000,
            "Of one connection, not yet answered; then nothing more is read from it."),
        SettingKey(
            "coordination", "backlogBytesMaximum",
            .bytes(\.node.coordination.backlogBytesMaximum), 2_097_152...1_073_741_824,
            "What a client may leave unread before its connection is closed."),
        SettingKey(
            "coordination", "leaderlessMilliseconds",
            .milliseconds(\.node.coordination.leaderlessPatience), 100...600_000,
            "How long connections stand still while no leader is heard; then they are closed, or"
                + " read-only."),
    ]

    private static let controller: [SettingKey] = [
        SettingKey(
            "controller", "coalesceMilliseconds",
            .milliseconds(\.node.controller.coalesceDelay), 1...60_000,
            "Changes of the ring within this time become one epoch. Lower: users of a lost node have"
                + " a home sooner, more epochs."),
        SettingKey(
            "controller", "crashGraceMilliseconds",
            .milliseconds(\.node.controller.crashGrace), 0...3_600_000,
            "How long the arcs of a node are kept for it after its session ended. Lower: its users"
                + " have a home sooner, and move for nothing if it comes back."),
        SettingKey(
            "controller", "firstSightGraceMilliseconds",
            .milliseconds(\.node.controller.firstSightGrace), 0...3_600_000,
            "The same for a node that was never seen, such as at the start of a cluster."),
        SettingKey(
            "controller", "arcsPerStepMaximum",
            .count(\.node.controller.arcsPerStepMaximum, of: "arcs"), 1...16_384,
            "Arcs of living nodes that move at a time. Lower: a join or a drain takes longer, and"
                + " fewer clients move at once."),
        SettingKey(
            "controller", "stepMilliseconds",
            .milliseconds(\.node.controller.stepInterval), 1...3_600_000,
            "From one such step to the next."),
        SettingKey(
            "controller", "flapDelayMilliseconds",
            .milliseconds(\.node.controller.flapDelay), 0...3_600_000,
            "How long a node that comes and goes must stay before it is given arcs or replicas."),
        SettingKey(
            "controller", "replicaGraceMilliseconds",
            .milliseconds(\.node.controller.replicaGrace), 1_000...86_400_000,
            "How long a node must be away before its replicas are made anew elsewhere. Lower: less"
                + " time with a copy too few, more copying for nodes that come back."),
        SettingKey(
            "controller", "leaderGraceMilliseconds",
            .milliseconds(\.node.controller.leaderGrace), 0...86_400_000,
            "How long a node must be away before others are preferred as leaders of its groups."),
    ]

    private static let requests: [SettingKey] = [
        SettingKey(
            "gateway", "messagesPerSecond",
            .count(\.node.gateway.messagesPerSecond, of: "messages"),
            0...10_000_000,
            "Frames and HTTP requests of one connection; 0 is without limit, for benches."),
        SettingKey(
            "gateway", "messagesBurst", .count(\.node.gateway.messagesBurst, of: "messages"),
            1...10_000_000, "What a connection that was quiet may send at once."),
        SettingKey(
            "gateway", "outstandingMaximum",
            .count(\.node.gateway.outstandingMaximum, of: "requests"),
            1...10_000_000, "Requests of one connection that are asked and not answered."),
        SettingKey(
            "gateway", "waitingMaximum", .count(\.node.gateway.waitingMaximum, of: "requests"),
            1...10_000_000, "Requests of one connection that wait; more are overloaded."),
        SettingKey(
            "gateway", "passwordJobsMaximum",
            .count(\.node.gateway.passwordJobsMaximum, of: "jobs"),
            1...1_000_000, "Passwords being hashed or checked; one more log-in is overloaded."),
        SettingKey(
            "gateway", "httpHeadTimeoutMilliseconds",
            .milliseconds(\.node.gateway.httpHeadTimeout), 10...600_000,
            "From the first byte of a request to the end of its fields."),
        SettingKey(
            "gateway", "bodyTimeoutMilliseconds", .milliseconds(\.node.gateway.bodyTimeout),
            10...600_000, "From the end of the fields to the end of the body."),
        SettingKey(
            "gateway", "idleTimeoutMilliseconds", .milliseconds(\.node.gateway.idleTimeout),
            10...3_600_000, "Between two HTTP requests of one connection."),
    ]

    private static let people: [SettingKey] = [
        SettingKey(
            "accounts", "tokenLifetimeSeconds", .seconds(\.node.gateway.tokenLifetime),
            1...86_400, "How long a token is good; a day at most."),
        SettingKey(
            "accounts", "passwordHashCost", .count(\.passwords.hashCost, of: "doublings"), 1...11,
            "Cost of yescrypt. One more: log-ins, and guesses, take twice the time and memory."),
        SettingKey(
            "chats", "membersMaximum", .count(\.node.limits.chatMembersMaximum, of: "members"),
            2...10_000, "Members of a chat group. The same on all nodes, always."),
        SettingKey(
            "chats", "textScalarsMaximum", .count(\.node.limits.textScalarsMaximum, of: "scalars"),
            1...100_000, "Unicode scalars of a text. The same on all nodes, always."),
    ]
}
