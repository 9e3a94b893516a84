public import Toolbox
public import Vocabulary

/// How a command stands in the log: the leader's log time, then the command.
public enum CommandEnvelope {
    static func wrap(_ command: Bytes, at time: WallTime) -> Bytes {
        var writer = ByteWriter(reserving: 8 + command.count)
        writer.write(time.milliseconds)
        writer.writeRaw(command)
        return writer.take()
    }

    /// All commands of a turn in one buffer, which their entries share.
    static func wrap(_ commands: [Bytes], at time: WallTime) -> [Bytes] {
        var writer = ByteWriter(reserving: commands.reduce(0) { $0 + 8 + $1.count })
        for command in commands {
            writer.write(time.milliseconds)
            writer.writeRaw(command)
        }
        let all = writer.take()
        var start = 0
        return commands.map { command in
            defer { start += 8 + command.count }
            return all.slice(start..<start + 8 + command.count)
        }
    }

    /// - Throws: if it is too short for the time.
    public static func unwrap(
        _ payload: Bytes
    ) throws(DecodeFailure) -> (time: WallTime, command: Bytes) {
        var reader = ByteReader(payload)
        let time = WallTime(milliseconds: try reader.read())
        return (time, try reader.readRaw(reader.left))
    }
}
