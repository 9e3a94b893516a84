import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("A four-letter word")
struct WordTests {
    @Test(
        "is answered, and the connection closed",
        arguments: [
            ("ruok", "imok"), ("ruok\n", "imok"), ("isro", "rw"),
            ("crst", "Connection stats reset.\n"), ("srst", "Server stats reset.\n"),
            ("wchs", "0 connections watching 0 paths\nTotal watches:0\n"),
            ("dirs", "datadir_size: 0\nlogdir_size: 0\n"),
        ])
    func short(word: String, text: String) {
        var ensemble = Ensemble()
        #expect(ensemble.ask(Bytes(word)) == text)
    }

    @Test("that nobody knows is a length that no frame has")
    func unknown() {
        var ensemble = Ensemble()
        #expect(ensemble.ask("abcd") == "")
    }

    @Test("may be forbidden")
    func forbidden() {
        var settings = CoordinationServiceSettings()
        settings.wordsAllowed = ["ruok"]
        var ensemble = Ensemble(settings: settings)
        #expect(ensemble.ask("ruok") == "imok")
        #expect(
            ensemble.ask("stat") == "stat is not executed because it is not in the whitelist.\n")
    }

    @Test("srvr is what go-zk reads")
    func srvr() throws {
        var ensemble = Ensemble(nodes: 2)
        _ = ensemble.connect()
        let text = ensemble.ask("srvr")
        let pattern =
            #/
            ^Zookeeper\ version:\ ([A-Za-z0-9.-]+),
            \ built\ on\ (\d\d/\d\d/\d\d\d\d\ \d\d:\d\d\ [A-Z]+)\n
            Latency\ min/avg/max:\ (\d+)/([0-9.]+)/(\d+)\n
            Received:\ \d+\nSent:\ \d+\nConnections:\ \d+\nOutstanding:\ \d+\n
            Zxid:\ 0x[0-9a-f]+\nMode:\ leader\nNode\ count:\ \d+\n
            Proposal\ sizes\ last/min/max:\ -?\d+/-?\d+/-?\d+\n$
            /#
        #expect(try pattern.wholeMatch(in: text) != nil, "\(text)")
        #expect(ensemble.ask("srvr", node: 1).contains("\nMode: follower\nNode count: 4\n"))
    }

    @Test("envi tells the version as kazoo reads it")
    func envi() throws {
        var ensemble = Ensemble()
        let text = ensemble.ask("envi")
        #expect(text.hasPrefix("Environment:\nzookeeper.version=3.8.0-rookery, built on "))
        #expect(text.hasSuffix("host.name=here\n"))
    }

    @Test("mntr gives a key and a value a line")
    func mntr() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        _ = try ensemble.create("/e", .ephemeral, from: client)
        _ = try ensemble.call(.exists(ReadRequest(path: "/e", setsWatch: true)), from: client)
        let lines = ensemble.ask("mntr").split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("zk_") && $0.split(separator: "\t").count == 2 })
        for line in [
            "zk_server_state\tleader", "zk_znode_count\t5", "zk_watch_count\t1",
            "zk_ephemerals_count\t1", "zk_global_sessions\t1", "zk_num_alive_connections\t2",
            "zk_packets_received\t2", "zk_packets_sent\t3", "zk_outstanding_requests\t0",
        ] { #expect(lines.contains { $0 == line }, "\(line)") }
    }

    @Test("cons, stat and dump name the connections and sessions")
    func lists() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        _ = try ensemble.create("/e", .ephemeral, from: client)
        let session = ensemble.clients[client].session
        let cons = ensemble.ask("cons")
        #expect(
            cons.hasPrefix(" /127.0.0.1:5000[1](queued=0,recved=1,sent=2,sid=\(session),lop=CREA"))
        #expect(cons.contains(",to=10000,lcxid=0x1,lzxid=0x2,"))
        let stat = ensemble.ask("stat")
        #expect(stat.contains("Clients:\n /127.0.0.1:5000[1](queued=0,recved=1,sent=2)\n"))
        #expect(stat.contains("\n\nLatency min/avg/max: "))
        let dump = ensemble.ask("dump")
        #expect(dump.contains("Sessions with Ephemerals (1):\n\(session):\n\t/e\n"))
        #expect(dump.hasPrefix("SessionTracker dump:\n"))
    }

    @Test("wchc and wchp list watches both ways")
    func watches() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        for path: ZnodePath in ["/b", "/a"] {
            _ = try ensemble.call(.exists(ReadRequest(path: path, setsWatch: true)), from: client)
        }
        let session = ensemble.clients[client].session
        #expect(ensemble.ask("wchs") == "1 connections watching 2 paths\nTotal watches:2\n")
        #expect(ensemble.ask("wchc") == "\(session)\n\t/a\n\t/b\n\n")
        #expect(ensemble.ask("wchp") == "/a\n\t\(session)\n/b\n\t\(session)\n\n")
    }

    @Test("conf tells the settings")
    func conf() {
        var ensemble = Ensemble()
        let text = ensemble.ask("conf")
        for line in [
            "clientPort=2181", "tickTime=2000", "minSessionTimeout=4000", "maxSessionTimeout=40000",
            "serverId=1", "membership: ", "server.1=here:2888:3888:participant;0.0.0.0:2181",
        ] { #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)") }
    }
}
