/// What `--help` prints on the commands beside the load of direct chats.
extension HelpTopic {
    static let deliverText = """
        usage: chatbench [--config FILE] [--json] deliver [OPTIONS]

        Writes to groups whose members are all connected. An operation is a delivery: from sending
        to each member. A case is named fanoutMxN: N messages at a time, to M members each.

          --audience N         who reads, in every group (100); the configuration of the cluster
                               must allow one member more
          --chats N            groups, each with a sender of its own (1)
          --in-flight M        messages of one sender without an acknowledgement (1)
          --seconds S          what is measured (10)
          --warm-up S          before that (2)
          --text-bytes N       length of a text (100)
          --at PLACE           where senders connect: home (the default), leaders, or a number

        """

    static let ceilingText = """
        usage: chatbench [--json] ceiling [fan-out|sync] [OPTIONS]

        What this machine can do at best, without a cluster.

        fan-out (the default): one thread writes a WebSocket frame to many TCP connections,
        round and round (epoll, send); another reads them and does nothing else.

          --connections N      sockets that are written to (1000)
          --bytes N            payload of a frame (200)
          --frames-per-send N  frames that leave with one system call (1)
          --seconds S          what is measured (5)

        sync: one thread writes into a file that has its size already, each time with fdatasync.

          --directory FOLDER   where the file is made (.)
          --bytes N            written before each sync (4096)
          --seconds S          what is measured (5)

        """

    static let failoverText = """
        usage: chatbench [--json] failover --ports PORT,PORT --kill PROCESS [--peer NAME]

        Kills the leader of a coordination service, Rookery or ZooKeeper, while a client of each
        survivor writes, and prints the time until a write is accepted that was sent afterwards.

          --ports PORT,PORT    where the survivors listen for ZooKeeper's clients, at 127.0.0.1
          --kill PROCESS       the leader's process
          --peer NAME          the system's name in the line of figures (\(Comparison.ourName))

        """

    static let compareText = """
        usage: chatbench [--json] compare [--check] FILE...
               chatbench compare --peers

        Reads lines as `peer=NAME case=NAME ops_s=N p50_us=N ...` from files, takes the medians of
        lines of the same system and case, and prints tables in Markdown, with our figures as
        multiples of those of others. Lines that begin with "# " are remarks, printed above.

          --check              fail with a line for each target that is missed
          --peers              print the names of the systems that there is something to compare
                               with, and nothing else

        """
}
