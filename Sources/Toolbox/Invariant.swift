/// Stops the process when something that this program promised itself does not hold.
///
/// Unlike `precondition`, it keeps its message in release builds. For our own bugs only: a byte
/// from outside must never decide the condition.
@inlinable
public func invariant(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) {
    if !condition() { broken(message(), file: file, line: line) }
}

/// Stops the process: a place was reached that no state of this program leads to.
@inlinable
public func unreachable(
    _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
    broken(message(), file: file, line: line)
}

@inline(never)
@usableFromInline
func broken(_ message: String, file: StaticString, line: UInt) -> Never {
    Swift.fatalError("invariant broken: \(message)", file: file, line: line)
}
