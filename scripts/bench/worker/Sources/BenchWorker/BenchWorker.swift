import BatchAlgebra
import BatchProfiling

// Answers requests, one a line on standard input, with one JSON object a line on standard output;
// scripts/bench/README.md lists them. Between requests it waits, blocked, and may be stopped by a signal.
@main
struct BenchWorker {
  static func main() throws {
    // Plain OpenBLAS is timed as fast as it can be, as in the tool.
    OpenBLASCore.restartIfShort()
    try BLASLibrary.prepare()
    let arguments = CommandLine.arguments.dropFirst()
    let threads = arguments.first.flatMap { Int($0) } ?? ThreadTeam.availableProcessors
    let team = try ThreadTeam(threads: threads)
    let ceilings = CeilingsBench(team: team)
    let step = StepBench(team: team)
    let products = ProductBench(team: team)
    // A new command is a line here and a method that turns its arguments into an answer.
    let commands: [String: ([String]) throws -> Answer] = [
      "hello": { _ in hello(threads: threads) },
      "peak": ceilings.peak,
      "bandwidth": ceilings.bandwidth,
      "prepare": step.prepare,
      "step": step.step,
      "product": products.product,
    ]
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard let name = words.first else { continue }
      if name == "quit" { return }
      do {
        guard let command = commands[name] else { throw RequestError.unsupported("no command \(name)") }
        try command(Array(words.dropFirst())).send()
      } catch RequestError.unsupported(let reason) {
        Answer(["unsupported": .text(reason)]).send()
      } catch {
        Answer(["error": .text("\(error)")]).send()
      }
    }
  }

  private static func hello(threads: Int) -> Answer {
    let machine = MachineEnvironment.current(Machine.context(Float.self, threads: threads))
    return Answer([
      "version": .text("batchwise \(machine.version)"), "threads": .number(Double(threads)),
      "processor": .text(machine.processor), "processors": .number(Double(machine.processors)),
      "instructions": .text(machine.instructionSet), "system": .text(machine.system),
      "blas": .text("\(machine.blas), core \(machine.blasCore), \(machine.blasThreading)"),
      "load": .number(machine.load), "date": .text(machine.date),
    ])
  }
}
