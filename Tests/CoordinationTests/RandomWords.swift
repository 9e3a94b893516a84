import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Commands that get in each other's way: few names, few sessions, few versions.
struct RandomWords {
    var random: SeededRandom
    /// What the sessions look like now, so that most commands are of the right owner.
    var owners: [Int64: UInt64] = [:]
    var attachments: [Int64: [Int64]] = [:]

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

    mutating func path() -> ZnodePath {
        if random.chance(0.02) { return pick(["/", "/zookeeper", "/zookeeper/config", "/a/"]) }
        var text = ""
        for _ in 0...random.below(3) { text += "/" + pick(["a", "b", "c"]) }
        return ZnodePath(Bytes(text))
    }

    mutating func version() -> Int32 { pick([-1, -1, -1, -1, 0, 0, 1, 2, -2]) }

    mutating func data() -> Bytes? { pick([nil, "", "x", "some data", "other"]) }

    mutating func access() -> [AccessEntry] {
        if random.chance(0.8) { return AccessEntry.openToAll }
        return pick([
            [.of("world", "anyone", [.read, .create])],
            [AccessEntry(permissions: .all, identity: .bob)],
            [
                AccessEntry(permissions: [.read, .write, .admin], identity: .bob),
                .of("world", "anyone", [.create, .delete]),
            ],
            [], [.of("wrong", "id")],
        ])
    }

    mutating func identities() -> [AccessIdentity] {
        pick([[], [.bob], [.eve, .bob], [.superuser]])
    }

    mutating func create() -> CreateRequest {
        let variant = pick([
            CreateRequest.Variant.create, .create, .create, .create2, .container, .timeToLive,
        ])
        let usual: [Int32]
        switch variant {
        case .create, .create2: usual = [0, 0, 0, 1, 1, 2, 3, 4]
        case .container: usual = [4]
        case .timeToLive: usual = [5, 6]
        }
        let flags = random.chance(0.05) ? Int32(random.below(9)) - 1 : pick(usual)
        let timeToLive = variant == .timeToLive ? pick([0, 10, 10, 20, 40, 1_000]) : 0
        return CreateRequest(
            variant, path: path(), data: data(), access: access(), flags: flags,
            timeToLiveMilliseconds: Int64(timeToLive))
    }

    mutating func operation() -> MultiOperation {
        switch random.below(10) {
        case 0..<5: .create(create())
        case 5..<7: .delete(DeleteRequest(path: path(), version: version()))
        case 7..<9: .setData(SetDataRequest(path: path(), data: data(), version: version()))
        default: .check(CheckRequest(path: path(), version: version()))
        }
    }

    mutating func requester() -> CoordinationRequester {
        let session = Int64(random.below(5) + 1)
        let owner =
            random.chance(0.1) ? UInt64(random.below(3)) : owners[session] ?? UInt64(session)
        return Grove.requester(session, owner: owner, xid: Int32(random.below(1_000)))
    }

    mutating func write() -> CoordinationCommand {
        let operation: CoordinationOperation
        switch random.below(10) {
        case 0..<6: operation = .one(self.operation())
        case 6:
            operation = .setACL(SetACLRequest(path: path(), access: access(), version: version()))
        default:
            var operations: [MultiOperation] = []
            for _ in 0..<random.below(6) { operations.append(self.operation()) }
            operation = .multi(operations)
        }
        return .write(CoordinationWrite(operation, by: requester(), as: identities()))
    }

    /// - Parameter index: of the command in the log.
    mutating func command(at index: UInt64) -> CoordinationCommand {
        let session = Int64(random.below(5) + 1)
        let id = CoordinationSessionID(session)
        switch random.below(40) {
        case 0..<3:
            let owner = UInt64(random.below(3))
            owners[session] = owner
            attachments[session, default: []].append(Int64(index))
            let timeout = 4_000 as Int32
            return owners.count < 3 || random.chance(0.5)
                ? .openSession(id, timeoutMilliseconds: timeout, owner: Grove.owner(owner))
                : .attachSession(id, timeoutMilliseconds: timeout, owner: Grove.owner(owner))
        case 3: return .closeSession(requester())
        case 4:
            var expiring: [ExpiringSession] = []
            for _ in 0..<random.below(3) {
                let session = Int64(random.below(5) + 1)
                let known = (attachments[session] ?? [1]).suffix(3)
                expiring.append(
                    ExpiringSession(
                        CoordinationSessionID(session), attachment: Zxid(pick(Array(known)))))
            }
            return .expireSessions(expiring, term: Term(1 + index / 200))
        case 5: return .reap([path(), path(), path()])
        default: return write()
        }
    }

    mutating func damaged(_ bytes: Bytes) -> Bytes {
        guard !bytes.isEmpty else { return bytes }
        var array = bytes.array
        switch random.below(4) {
        case 0: return bytes.slice(0..<random.below(bytes.count))
        case 1:
            array[random.below(array.count)] = UInt8(random.below(256))
            return Bytes(array)
        case 2:
            for _ in 0..<4 { array[random.below(array.count)] ^= 1 << UInt8(random.below(8)) }
            return Bytes(array)
        default:
            let start = random.below(array.count)
            for index in start..<min(array.count, start + 4) {
                array[index] = pick([0, 0xFF, 0x7F, 0x80])
            }
            return Bytes(array)
        }
    }
}
