extension HelpTopic {
    /// What `--help` prints.
    public var text: String {
        switch self {
        case .program: Self.programText
        case .user: Self.userText
        case .userImport: Self.userImportText
        case .token, .tokenIssue: Self.tokenText
        case .config, .configCheck, .configShow: Self.configText
        case .secrets, .secretsCreate: Self.secretsText
        case .status, .nodes, .groups, .shards, .chat: viewText
        }
    }

    private static let programText = """
        usage: clusterctl [--config FILE] [--json] COMMAND

        Asks a cluster anything, over the admin ports that FILE names.

          status               the cluster at a glance: nodes, groups, who leads
          nodes                each node: process, state, memory, connections
          groups               each replica group: leader, term, commit, applied
          shards               each slice of the message space: chats, entries
          chat ID              one chat: head, members, digest of each copy
          user NAME            one account
          user import FILE     bring accounts from elsewhere, with ready hashes
          token issue NAME     make a token that opens the client API as NAME
          config check FILE    say all that is wrong with a configuration
          config show FILE     print folders and nodes of a configuration, for scripts
          secrets create       make the secrets that are missing

          --config FILE        the cluster's configuration
                               (default: \(Invocation.configDefault))
          --json               print JSON, for programs
          --help               print help; behind a command, on that command

        exit status: 0 all is well; 1 the answer is bad; 2 wrong usage, configuration or secrets;
        3 nobody answered.

        """

    private var viewText: String {
        switch self {
        case .status:
            """
            usage: clusterctl [--config FILE] [--json] status

            Prints nodes and groups. Exit status 0 only if every node of the configuration is
            ready and every group has a leader.

            """
        case .nodes:
            """
            usage: clusterctl [--config FILE] [--json] nodes

            Prints each node of the configuration. A node that does not answer is "down".
            Exit status 0 if at least one answers.

            """
        case .groups:
            """
            usage: clusterctl [--config FILE] [--json] groups [--copies]

            Prints each replica group as its leader sees it; "-" where nobody leads.

              --copies     print each copy, with a digest over its whole state: copies that have
                           applied as much must have the same. Slow on large states.

            """
        case .shards:
            """
            usage: clusterctl [--config FILE] [--json] shards

            Prints each slice of the message space as its leader sees it.

            """
        case .chat:
            """
            usage: clusterctl [--config FILE] [--json] chat ID

            Prints a chat and each copy of it. Copies with the same head must have the same
            digest; exit status 1 if they have not, or if there is no such chat.

            """
        case .program, .user, .userImport, .token, .tokenIssue, .config, .configCheck, .configShow,
            .secrets,
            .secretsCreate:
            ""
        }
    }

    private static let userText = """
        usage: clusterctl [--config FILE] [--json] user NAME
               clusterctl [--config FILE] [--json] user import FILE

        Prints one account, by its name or its id.

        """

    private static let userImportText = """
        usage: clusterctl [--config FILE] [--json] user import FILE

        Brings accounts from elsewhere. FILE ("-": standard input) holds one JSON object a line:

          {"name": "anna", "display_name": "Anna", "hash": "$y$j9T$..."}

        where hash is a crypt(3) string; display_name may be left out. Names that are taken are
        told and left alone, so that an import may be repeated. Exit status 0 only if every
        account was made or is there already.

        """

    private static let tokenText = """
        usage: clusterctl [--config FILE] [--json] token issue NAME [--device LABEL]

        Makes a token that opens the client API as NAME, for trying things out, and prints it.
        It opens a device of that account, as a log-in does.

          --device LABEL     what the device is called (default: clusterctl)

        """

    private static let configText = """
        usage: clusterctl [--json] config check FILE
               clusterctl config show FILE

        check says all that is wrong with a configuration file, each with its line. show prints
        what scripts need of it: cluster, folders, and each node with its address, a line each.
        Neither asks a cluster.

        """

    private static let secretsText = """
        usage: clusterctl [--config FILE] [--json] secrets create

        Makes the folder of secrets that FILE names, and the secrets that are missing in it.
        Secrets that are there stay. Copy the folder to every machine of the cluster.

        """
}
