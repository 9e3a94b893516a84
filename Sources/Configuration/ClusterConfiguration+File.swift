extension ClusterConfiguration {
    static let fileBytesMaximum = 1 << 20

    /// Reads a configuration file.
    ///
    /// Relative paths in it start from the folder that the file lies in.
    ///
    /// - Throws: all that is wrong with it, at once. Start nothing then.
    public static func load(_ path: String) throws(ConfigurationFailure) -> ClusterConfiguration {
        let full = Path.join(FileAccess.currentFolder(), path)
        let bytes: [UInt8]
        do throws(FileAccess.Failure) {
            bytes = try FileAccess.read(full, bytesMaximum: fileBytesMaximum)
        } catch {
            throw ConfigurationFailure(
                problems: [.init(file: path, line: nil, message: error.message)])
        }
        return try read(bytes, file: path, folder: Path.folder(of: full))
    }

    /// The same from a file's bytes, as if it lay in `folder` under the name `file`.
    public static func read(
        _ bytes: [UInt8], file: String, folder: String
    ) throws(ConfigurationFailure) -> ClusterConfiguration {
        try ConfigurationReader.read(bytes, file: file, folder: folder)
    }
}
