import ChaosHarness

ChaosCommand.run(CommandLine.arguments)
