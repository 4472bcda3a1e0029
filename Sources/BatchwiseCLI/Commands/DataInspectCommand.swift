import ArgumentParser
import Batchwise

/// `batchwise data inspect`: counts, shapes, class balance and pictures of a data set.
struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show counts, shapes, class balance and examples of a data set.")

  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("Write examples of each class to this PNG file.", valueName: "file"))
  var image: String?

  @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Draw examples of each class in the terminal.")
  var sheet = false

  @OptionGroup var file: ConfigurationOptions

  func run() throws {
    let splits = try data.load()
    output.note(splits.description)
    try output.print(DataTables.parts(splits))
    if let classes = DataTables.classes(splits) {
      if output.format == .table { try Console.result("") }
      try output.print(classes)
    }
    guard image != nil || sheet else { return }
    let pictures = try ContactSheet(splits.train)
    if sheet { try Console.result("\n" + pictures.terminalText(columns: Console.width, style: Console.pictureStyle)) }
    if let image {
      try DurableFile.write(pictures.image.png, to: image)
      output.note("Examples of each class: \(image)")
    }
  }
}
