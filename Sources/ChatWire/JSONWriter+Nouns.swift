import Toolbox
import Vocabulary

// How the nouns look in JSON: ids are strings, positions and times are numbers.
extension JSONWriter {
    mutating func member(_ key: StaticString, _ id: some Identifier) {
        self.key(key)
        digits(UInt64(id.rawValue))
    }

    mutating func member(_ key: StaticString, _ sequence: SequenceNumber) {
        member(key, sequence.rawValue)
    }

    mutating func member(_ key: StaticString, ifAny sequence: SequenceNumber?) {
        if let sequence { member(key, sequence.rawValue) }
    }

    mutating func member(_ key: StaticString, _ time: WallTime) {
        member(key, time.milliseconds)
    }

    mutating func member(_ key: StaticString, _ id: ClientMessageID) {
        self.key(key)
        id.withText { value($0) }
    }

    /// Left out if false.
    mutating func member(_ key: StaticString, ifTrue flag: Bool) {
        if flag { member(key, flag) }
    }

    /// A list of ids; left out if empty.
    mutating func members(_ key: StaticString, _ ids: [some Identifier]) {
        if ids.isEmpty { return }
        self.key(key)
        beginArray()
        for id in ids { digits(UInt64(id.rawValue)) }
        endArray()
    }
}

extension JSONWriter {
    /// A list of strings; left out if empty.
    mutating func members(_ key: StaticString, _ texts: [String]) {
        if texts.isEmpty { return }
        self.key(key)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }
}
