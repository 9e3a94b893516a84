/// One thing that `clusterctl` does.
protocol Command: SendableMetatype {
    static var description: CommandDescription { get }

    /// - Throws: `usage` when an argument does not mean what it must.
    init(_ arguments: CommandArguments) throws(ControlFailure)

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ExitStatus
}
