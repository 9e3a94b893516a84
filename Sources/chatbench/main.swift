BenchProgram.run(CommandLine.arguments)
