import Toolbox
import Vocabulary

/// How a command stands in the log: the leader's log time, then the command.
enum CommandEnvelope {
    static func wrap(_ command: Bytes, at time: WallTime) -> Bytes {
        var writer = ByteWriter(reserving: 8 + command.count)
        writer.write(time.milliseconds)
        writer.writeRaw(command)
        return writer.take()
    }

    static func unwrap(
        _ payload: Bytes
    ) throws(DecodeFailure) -> (time: WallTime, command: Bytes) {
        var reader = ByteReader(payload)
        let time = WallTime(milliseconds: try reader.read())
        return (time, try reader.readRaw(reader.left))
    }
}
