/// Guesses what somebody meant to write.
public enum NearestWord {
    /// The word of `known` that needs the fewest changes to become; nil if all need too many.
    public static func guess(_ word: String, among known: [String]) -> String? {
        let rated = known.map { (distance: distance(word.lowercased(), $0.lowercased()), word: $0) }
        guard let best = rated.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, word.count / 3) ? best.word : nil
    }

    /// Characters to put in, take out, or change. Source: Wagner and Fischer (1974).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, character) in left.prefix(256).enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let changed = diagonal + (right[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
