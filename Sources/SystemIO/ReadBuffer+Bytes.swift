extension ReadBuffer {
    /// The first `count` bytes where they are, good until the next reading.
    public func withBytes<Result>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        body(UnsafeRawBufferPointer(rebasing: space[..<count]))
    }
}
