import BatchAlgebra
import BatchFoundation
import BatchReport
import Glibc

/// The program behind `scripts/fuzz`: changes valid inputs and gives them to the readers of the package.
///
/// ```
/// fuzz run COUNT SEED FOUND SCRATCH READER…       a table of what became of COUNT inputs for each reader
/// fuzz again READER PATH SCRATCH                  one input that was kept
/// fuzz readers                                    their names
/// ```
///
/// A trap ends a process, so that workers do the reading: `fuzz worker …` is for the program itself.
@main
struct Fuzzing {
  static func main() {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      try BLASLibrary.prepare()
      switch arguments.first {
      case "run" where arguments.count > 5: try run(Array(arguments.dropFirst()))
      case "again" where arguments.count == 4: try again(arguments[1], arguments[2], scratch: arguments[3])
      case "worker" where arguments.count == 7: try work(Array(arguments.dropFirst()))
      case "readers": for reader in FuzzedReader.all { Output.result(reader.name) }
      default:
        Output.note("usage: fuzz run COUNT SEED FOUND SCRATCH READER… | again READER PATH SCRATCH | readers")
        exit(64)
      }
    } catch {
      Output.note("fuzz: \(error)")
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) throws {
    let folders = CampaignFolders(found: arguments[2], scratch: arguments[3])
    let (count, seed) = (try number(arguments[0]), UInt64(try number(arguments[1])))
    Output.result("reader\tinputs\trefused\taccepted\ttraps\thangs\tover memory\tseconds")
    var faults = 0
    for name in arguments.dropFirst(4) {
      let reader = try reader(name)
      let outcome = try Campaign(reader: reader, count: count, seed: seed, folders: folders).run()
      let counts = [
        outcome.inputs, outcome.refused, outcome.accepted, outcome.traps, outcome.hangs, outcome.overMemory,
      ].map { "\($0)" }
      let seconds = NumberFormat.fixed(outcome.seconds, decimals: 1)
      Output.result(([name] + counts + [seconds]).joined(separator: "\t"))
      faults += outcome.faults
    }
    if faults > 0 { exit(1) }
  }

  private static func again(_ name: String, _ path: String, scratch: String) throws {
    do {
      try Worker.replay(reader(name), path, folder: "\(scratch)/again")
      Output.result("accepted")
    } catch {
      Output.result("refused: \(error)")
    }
  }

  private static func work(_ arguments: [String]) throws {
    let reader = try reader(arguments[0])
    let folders = CampaignFolders(found: arguments[4], scratch: arguments[5])
    let progress = try SharedProgress(path: folders.progress(of: reader))
    try Worker(reader: reader, seed: UInt64(try number(arguments[3])), folders: folders, progress: progress)
      .run(number(arguments[1])..<number(arguments[2]))
  }

  private static func reader(_ name: String) throws -> FuzzedReader {
    guard let reader = FuzzedReader.named(name) else {
      throw PlainFile.Failure(description: "there is no reader '\(name)'; 'fuzz readers' names them")
    }
    return reader
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number >= 0 else {
      throw PlainFile.Failure(description: "'\(text)' is no number from 0 on")
    }
    return number
  }
}
