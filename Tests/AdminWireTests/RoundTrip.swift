import AdminWire
import Testing
import Toolbox

/// Reads back what it wrote, and takes any damage without a trap.
func expectRoundTrip<Shape: AdminShape>(_ shape: Shape) throws {
    let bytes = shape.encoded()
    #expect(try Shape.decode(bytes) == shape)
    #expect(try Shape.decodeList(Shape.encodeList([shape, shape])) == [shape, shape])
    for count in 0..<bytes.count {
        #expect(throws: AdminFailure.self) { try Shape.decode(bytes.slice(0..<count)) }
    }
    var random = SeededRandom(seed: 1)
    for _ in 0..<1_000 {
        var wrong = bytes.array
        wrong[random.below(wrong.count)] ^= UInt8(1 << random.below(8))
        do throws(AdminFailure) {
            _ = try Shape.decode(Bytes(wrong))
        } catch {
            #expect(!error.description.isEmpty)
        }
    }
}
