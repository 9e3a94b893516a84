public import Toolbox

/// Comparing secrets without telling by the time it takes where they differ.
public enum ConstantTime {
    /// Whether both are the same bytes. Looks at every byte of the longer one, always.
    ///
    /// The lengths are no secret; the contents are.
    public static func equal(_ left: Bytes, _ right: Bytes) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                var difference = UInt8(left.count == right.count ? 0 : 1)
                for index in 0..<max(left.count, right.count) {
                    let first = index < left.count ? left[index] : 0
                    let second = index < right.count ? right[index] : 0
                    difference |= first ^ second
                }
                return difference == 0
            }
        }
    }
}
