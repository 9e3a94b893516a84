ControlProgram.run(CommandLine.arguments)
