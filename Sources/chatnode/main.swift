ChatNodeCommand.run(CommandLine.arguments)
