import ArgumentParser

/// Where the images lie, of every command that reads them after the scan.
struct DatasetOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder that holds the images now (default: where they were scanned, else beside the database).",
      valueName: "folder"))
  var dataset: String?
}
