import ArgumentParser
import Batchwise

/// `batchwise data inspect`: counts, shapes, class balance and pictures of a data set.
struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show counts, shapes, class balance and examples of a data set.")

  @OptionGroup var data: DataOptions
  @OptionGroup var printing: OutputOptions

  @Option(help: ArgumentHelp("Write examples of each class to this PNG file.", valueName: "file"))
  var image: String?

  @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Draw examples of each class in the terminal.")
  var sheet = false

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard !sheet || printing.format == .table else {
      throw ValidationError("--sheet draws for people, and --format \(printing.format.rawValue) is not for them")
    }
  }

  func run() throws {
    let splits = try data.load(printing)
    printing.note(splits.description)
    try printing.print(DataTables.content(splits))
    guard image != nil || sheet else { return }
    let pictures = try ContactSheet(splits.train)
    if sheet { try Console.result("\n" + pictures.terminalText(columns: Console.width, style: Console.pictureStyle)) }
    if let image {
      try DurableFile.write(pictures.image.png, to: image)
      printing.note("Examples of each class: \(image)")
    }
  }
}
