import Testing
import Toolbox

private struct Name: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt64
}

private struct ShortName: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16
}

@Suite("A hash table")
struct HashTableTests {
    @Test("agrees with a dictionary", arguments: [8, 100, 3_000] as [UInt64])
    func model(keys: UInt64) {
        var random = SeededRandom(seed: keys)
        var table = HashTable<Name, Int>()
        var model: [Name: Int] = [:]
        for step in 0..<20_000 {
            let key = Name(rawValue: random.below(keys))
            switch random.below(7) {
            case 0, 1:
                table[key] = step
                model[key] = step
            case 2, 3: #expect(table.removeValue(forKey: key) == model.removeValue(forKey: key))
            case 4:
                table[key] = nil
                model[key] = nil
            case 5:
                table[key, default: 5] += 1
                model[key, default: 5] += 1
            default:
                let value = table.update(key) { value in
                    value += 1
                    return value
                }
                model[key]? += 1
                #expect(value == model[key])
            }
            #expect(table[key] == model[key])
            #expect(table.count == model.count)
        }
        #expect(table.sortedKeys().map(\.rawValue) == model.keys.map(\.rawValue).sorted())
        #expect(model.allSatisfy { table[$0.key] == $0.value })
    }

    @Test("keeps keys apart that want the same slot")
    func collisions() {
        // Multiples of 2^60 differ in the four highest bits alone.
        let keys = (0..<16).map { Name(rawValue: $0 << 60) } + [Name(rawValue: .max)]
        for removed in keys {
            var table = HashTable<Name, UInt64>()
            for key in keys { table[key] = key.rawValue }
            #expect(table.removeValue(forKey: removed) == removed.rawValue)
            for key in keys {
                #expect(table[key] == (key == removed ? nil : key.rawValue))
            }
        }
    }

    @Test("keeps what it has when room is made, and takes narrow keys")
    func reserving() {
        var table = HashTable<ShortName, String>()
        #expect(table[ShortName(rawValue: 0)] == nil)
        #expect(table.removeValue(forKey: ShortName(rawValue: 0)) == nil)
        for raw in UInt16.min..<100 { table[ShortName(rawValue: raw)] = "\(raw)" }
        table.reserve(10_000)
        #expect((UInt16.min..<100).allSatisfy { table[ShortName(rawValue: $0)] == "\($0)" })
        #expect(table.count == 100)
        table.removeAll()
        #expect(table.isEmpty)
        #expect(table.sortedKeys().isEmpty)
    }
}
