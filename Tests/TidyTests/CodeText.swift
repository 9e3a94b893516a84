/// Tells code from what only looks like it.
enum CodeText {
    /// `text` with blanks where comments and texts stand; lines stay where they are.
    static func blanked(_ text: String) -> String {
        var blanker = Blanker(Array(text.utf8))
        return blanker.run()
    }

    private struct Blanker {
        private let bytes: [UInt8]
        private var result: [UInt8] = []
        private var offset = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func run() -> String {
            while offset < bytes.count {
                if starts("//") {
                    while offset < bytes.count, bytes[offset] != 0x0A { blank() }
                } else if starts("/*") {
                    blankComment()
                } else if let hashes = textOpening() {
                    blankText(hashes: hashes)
                } else {
                    result.append(bytes[offset])
                    offset += 1
                }
            }
            return String(decoding: result, as: UTF8.self)
        }

        private func starts(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

        private mutating func blank(_ count: Int = 1) {
            for _ in 0..<count where offset < bytes.count {
                result.append(bytes[offset] == 0x0A ? 0x0A : 0x20)
                offset += 1
            }
        }

        private mutating func blankComment() {
            var depth = 0
            repeat {
                if starts("/*") {
                    depth += 1
                    blank(2)
                } else if starts("*/") {
                    depth -= 1
                    blank(2)
                } else {
                    blank()
                }
            } while depth > 0 && offset < bytes.count
        }

        /// How many `#` stand before a quote here; nil if no text begins.
        private func textOpening() -> Int? {
            var end = offset
            while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
            guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
            return end - offset
        }

        private mutating func blankText(hashes: Int) {
            blank(hashes)
            let isLong = starts("\"\"\"")
            let quote = isLong ? "\"\"\"" : "\""
            let closing = quote + String(repeating: "#", count: hashes)
            let escape = "\\" + String(repeating: "#", count: hashes)
            blank(quote.utf8.count)
            while offset < bytes.count, !starts(closing) {
                if !isLong, bytes[offset] == 0x0A { return }
                if starts(escape + "(") {
                    blank(escape.utf8.count)
                    blankInterpolation()
                } else if starts(escape) {
                    blank(escape.utf8.count + 1)
                } else {
                    blank()
                }
            }
            blank(closing.utf8.count)
        }

        private mutating func blankInterpolation() {
            var depth = 0
            repeat {
                if bytes[offset] == UInt8(ascii: "(") { depth += 1 }
                if bytes[offset] == UInt8(ascii: ")") { depth -= 1 }
                if let hashes = textOpening() { blankText(hashes: hashes) } else { blank() }
            } while depth > 0 && offset < bytes.count
        }
    }
}
