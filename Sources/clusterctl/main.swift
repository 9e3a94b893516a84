ClusterControl.main(CommandLine.arguments)
