import AdminWire
import Configuration
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// One connection to a node's admin port. It waits; a program that asks has nothing else to do.
struct AdminConnection: ~Copyable {
    /// Why a node did not answer.
    struct Failure: Error {
        let message: String
    }

    static let answerBytesMaximum = 64 << 20

    private let address: SocketAddress
    private let token: String
    private let socket: StreamSocket
    private let buffer = ReadBuffer()
    private var poll: EventPoll
    private var ready: [EventPoll.Ready] = []
    private var decoder = HTTPResponseDecoder(
        limits: HTTPLimits(bodyBytesMaximum: answerBytesMaximum))

    private init(
        _ address: SocketAddress, token: String, socket: consuming StreamSocket,
        poll: consuming EventPoll
    ) {
        self.address = address
        self.token = token
        self.socket = socket
        self.poll = poll
    }

    /// - Parameter timeout: for the connection to stand.
    static func open(
        to node: NodeConfiguration, token: String, timeout: Duration
    ) throws(Failure) -> AdminConnection {
        guard let address = SocketAddress(host: node.adminHost, port: node.adminPort) else {
            throw Failure(message: "\(node.adminHost) is no address")
        }
        let socket = try connect(to: address)
        let poll = try makePoll()
        var connection = AdminConnection(address, token: token, socket: socket, poll: poll)
        try connection.finishConnecting(until: SystemClock.instant() + timeout)
        return connection
    }

    private mutating func finishConnecting(until deadline: Instant) throws(Failure) {
        try listen(for: .writing, isNew: true)
        try wait(until: deadline)
        do throws(SystemCallFailure) {
            try socket.finishConnecting()
        } catch {
            throw Failure(message: "\(address): \(error)")
        }
        try listen(for: .reading)
    }

    private static func connect(to address: SocketAddress) throws(Failure) -> StreamSocket {
        do throws(SystemCallFailure) {
            return try StreamSocket.connect(to: address)
        } catch {
            throw Failure(message: error.description)
        }
    }

    private static func makePoll() throws(Failure) -> EventPoll {
        do throws(SystemCallFailure) {
            return try EventPoll(eventsMaximum: 1)
        } catch {
            throw Failure(message: error.description)
        }
    }

    private func listen(for interest: EventPoll.Interest, isNew: Bool = false) throws(Failure) {
        do throws(SystemCallFailure) {
            if isNew {
                try poll.add(socket, key: 0, for: interest)
            } else {
                try poll.change(socket, key: 0, to: interest)
            }
        } catch {
            throw Failure(message: error.description)
        }
    }

    /// Asks, and waits for the answer.
    mutating func ask(
        _ request: AdminRequest, timeout: Duration
    ) throws(Failure) -> HTTPResponse {
        let deadline = SystemClock.instant() + timeout
        try send(try encode(request), until: deadline)
        while true {
            do throws(HTTPFailure) {
                if let response = try decoder.next() { return response }
            } catch {
                throw Failure(message: "what \(address) answers is no HTTP: \(error)")
            }
            try receive(until: deadline)
        }
    }

    private func encode(_ request: AdminRequest) throws(Failure) -> Bytes {
        do throws(HTTPFailure) {
            let target = try HTTPTarget(request.target)
            let headers: HTTPHeaders = [
                "Authorization": "Bearer \(token)", "Content-Type": "application/json",
            ]
            return HTTPRequest(
                method: request.method == .post ? .post : .get, target: target,
                host: address.description, headers: headers, body: request.body
            ).encoded()
        } catch {
            throw Failure(message: "this cannot be asked: \(error)")
        }
    }

    private mutating func send(_ bytes: Bytes, until deadline: Instant) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let count: Int
            do throws(SystemCallFailure) {
                count = try write(bytes.suffix(from: sent))
            } catch {
                throw Failure(message: error.description)
            }
            if count == 0 {
                try listen(for: .writing)
                try wait(until: deadline)
            }
            sent += count
        }
        try listen(for: .reading)
    }

    private func write(_ bytes: Bytes) throws(SystemCallFailure) -> Int {
        let result: Result<Int, SystemCallFailure> = bytes.withUnsafeBytes { buffer in
            do throws(SystemCallFailure) {
                return .success(try socket.write(buffer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private mutating func receive(until deadline: Instant) throws(Failure) {
        do throws(SystemCallFailure) {
            switch try socket.read(into: buffer) {
            case .read(let count): return decoder.append(buffer.bytes(count))
            case .ended: throw SystemCallFailure("the node closed the connection", code: 0)
            case .wouldBlock: break
            }
        } catch {
            throw Failure(message: error.code == 0 ? error.call : error.description)
        }
        try wait(until: deadline)
    }

    private mutating func wait(until deadline: Instant) throws(Failure) {
        while true {
            let left = deadline - SystemClock.instant()
            guard left > .zero else {
                throw Failure(message: "\(address) takes longer than this program waits")
            }
            do throws(SystemCallFailure) {
                try poll.wait(timeout: left, into: &ready)
            } catch {
                throw Failure(message: error.description)
            }
            if !ready.isEmpty { return }
        }
    }
}
