import Foundation

/// The house as it lies on disk and as its plan, `Package.swift`, describes it.
struct House {
    struct Room {
        let name: String
        let floor: Int
        let wing: String
        let isProgram: Bool
    }

    /// Where `Package.swift` lies.
    static let root = #filePath.components(separatedBy: "/").dropLast(3).joined(separator: "/")

    let files: [SourceFile]
    let rooms: [Room]

    static let shared = House()

    private init() {
        files = ["Sources", "Tests", "ChaosTests"].flatMap { Self.swiftFiles(below: $0) }
        rooms = Self.plannedRooms(in: Self.text("Package.swift"))
    }

    /// Empty for a file that is not there.
    static func text(_ path: String) -> String {
        guard let data = FileManager.default.contents(atPath: root + "/" + path) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Names in a folder, ascending.
    static func entries(_ path: String) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: root + "/" + path).sorted()
        } catch {
            return []
        }
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + "/" + path)
    }

    func room(_ name: String) -> Room? { rooms.first { $0.name == name } }

    private static func swiftFiles(below folder: String) -> [SourceFile] {
        entries(folder).flatMap { entry -> [SourceFile] in
            let path = folder + "/" + entry
            if entry.hasSuffix(".swift") { return [SourceFile(path: path, text: text(path))] }
            return entry.contains(".") ? [] : swiftFiles(below: path)
        }
    }

    static func plannedRooms(in manifest: String) -> [Room] {
        manifest.components(separatedBy: "Room(").dropFirst().compactMap { part in
            guard let name = value(of: "name: \"", endingAt: "\"", in: part),
                let floor = value(of: "floor: ", endingAt: ",", in: part).flatMap({ Int($0) }),
                let wing = value(of: "wing: .", endingAt: ",", in: part)
            else { return nil }
            return Room(
                name: name, floor: floor, wing: wing,
                isProgram: part.contains("isProgram: true"))
        }
    }

    private static func value(of key: String, endingAt end: String, in text: String) -> String? {
        guard let start = text.range(of: key) else { return nil }
        let rest = text[start.upperBound...]
        guard let stop = rest.range(of: end) else { return nil }
        return String(rest[..<stop.lowerBound])
    }
}
