import ArgumentParser

/// Where options are read from besides the command line; ``ConfiguredArguments`` does it.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read options from this JSON file, such as {\"batch\": 64, \"quiet\": true}, under their long names; those given "
        + "here win, as --no-quiet does.",
      valueName: "file"))
  var config: String?
}
