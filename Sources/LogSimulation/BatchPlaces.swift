import LogStorage
import Toolbox

/// Where the batches of one life of a log were written.
struct BatchPlaces: Sendable {
    private struct Place: Sendable {
        let token: StorageToken
        /// Written under this name, which may change once.
        let file: FileName
        let bytes: Range<Int>
    }

    private var places: [Place] = []

    mutating func forget() { places = [] }

    mutating func note(_ directives: [StorageDirective], of token: StorageToken) {
        var renamed: FileName?
        for case .rename(_, let name) in directives { renamed = name }
        for case .write(let name, let offset, let bytes) in directives {
            places.append(
                Place(
                    token: token, file: renamed ?? name, bytes: offset..<offset + bytes.count))
        }
    }

    /// The batch that was written over `offset` of `file`; nil if none of this life was, or it came
    /// with its segment's header.
    func batch(at offset: Int, of file: FileName) -> StorageToken? {
        places.last { $0.file == file && $0.bytes.contains(offset) && $0.bytes.lowerBound > 0 }?
            .token
    }
}
