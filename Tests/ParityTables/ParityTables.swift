import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import Glibc

/// One half of `scripts/parity`: how far the package is from stored values, by the comparisons of the tests.
///
/// ```
/// parity-tables optimizers|schedules|losses|regularisers FOLDER     FOLDER holds the stored values
/// ```
///
/// Rows of tab-separated cells, the headings first; fails where a difference is more than the tests allow.
@main
struct ParityTables {
  static func main() {
    do {
      let arguments = CommandLine.arguments.dropFirst()
      guard arguments.count == 2, let table = arguments.first, let folder = arguments.last else { throw Usage() }
      try BLASLibrary.prepare()
      let rows =
        switch table {
        case "optimizers": try optimizers(folder)
        case "schedules": try schedules(folder)
        case "losses": try losses(folder)
        case "regularisers": try regularisers(folder)
        default: throw Usage()
        }
      print(rows.text)
      if !rows.isWithin { fail("parity-tables: a difference among the \(table) is more than is allowed", status: 1) }
    } catch let usage as Usage {
      fail(usage.description, status: 64)
    } catch {
      fail("parity-tables: \(error)", status: 1)
    }
  }

  private static func optimizers(_ folder: String) throws -> ParityTable {
    var table = ParityTable("optimizer")
    for name in OptimizerReference.names {
      let reference = try load("optimizers_\(name)", in: folder, as: OptimizerReference.self)
      let single = try reference.differences(as: Float.self), double = try reference.differences(as: Double.self)
      table.add(
        name, "\(reference.reference), \(program(reference.maker))", steps: single.last?.updates,
        float: single.map(\.difference).max(), double: double.map(\.difference).max() ?? .infinity,
        allowed: OptimizerReference.tolerance)
    }
    return table
  }

  private static func schedules(_ folder: String) throws -> ParityTable {
    var table = ParityTable("schedule")
    for name in ScheduleReference.names {
      let reference = try load("schedule_\(name)", in: folder, as: ScheduleReference.self)
      let difference = try [1, 977, 55_000].map { try reference.difference(examplesPerEpoch: $0) }.max()
      table.add(
        reference.schedule, "\(reference.torch), \(program(reference.maker))", steps: reference.epochs, float: nil,
        double: difference ?? .infinity,
        allowed: PerPrecision(float: .nan, double: ScheduleReference.tolerance))
    }
    return table
  }

  private static func losses(_ folder: String) throws -> ParityTable {
    var table = ParityTable("loss and gradient")
    for (name, loss) in LossReference.names {
      let reference = try load("loss_\(name)", in: folder, as: LossReference.self)
      table.add(
        name, program(reference.maker), steps: nil, float: try reference.difference(loss, as: Float.self),
        double: try reference.difference(loss, as: Double.self), allowed: LossReference.tolerance)
    }
    return table
  }

  private static func regularisers(_ folder: String) throws -> ParityTable {
    var table = ParityTable("clipping and label smoothing")
    for name in RegularisedReference.names {
      let reference = try load("regularised_\(name)", in: folder, as: RegularisedReference.self)
      let settings = try reference.regularisation()
      let parts = [
        settings.clipping.map { "clipping \($0)" },
        settings.labelSmoothing > 0 ? "smoothing \(settings.labelSmoothing)" : nil,
      ]
      table.add(
        parts.compactMap { $0 }.joined(separator: ", "), program(reference.maker), steps: reference.updates,
        float: try reference.differences(as: Float.self).largest,
        double: try reference.differences(as: Double.self).largest, allowed: RegularisedReference.tolerance)
    }
    return table
  }

  private static func load<T: Decodable>(_ name: String, in folder: String, as type: T.Type) throws -> T {
    let path = "\(folder)/\(name).json"
    return try RecordJSON.decode(type, from: DurableFile.read(path), path: path)
  }

  /// The program and its version, with which the maker of a stored value begins.
  private static func program(_ maker: String) -> String { String(maker.prefix { $0 != "," }) }

  private static func fail(_ message: String, status: Int32) -> Never {
    let line = Array((message + "\n").utf8)
    // Where nobody can be told, the status still tells.
    _ = Glibc.write(STDERR_FILENO, line, line.count)
    exit(status)
  }

  private struct Usage: Error, CustomStringConvertible {
    let description = "usage: parity-tables optimizers|schedules|losses|regularisers FOLDER"
  }
}
