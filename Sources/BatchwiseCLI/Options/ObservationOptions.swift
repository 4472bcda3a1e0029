import ArgumentParser
import Batchwise

/// What is measured in the steps of a training.
struct ObservationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Measure in the steps, with commas between: \(NamedQuantity.Name.allCases.map(\.rawValue).joined(separator: ", ")). "
        + "Behind an @ stands when, for each by itself: every:10, log:8, epochs:64 (the first 64 updates of each) or "
        + "shares:20; at every update without it. What was found is printed after the evaluations and, with --output, kept in "
        + "observations.csv.",
      valueName: "quantities"), transform: { try ObservedQuantities($0) })
  var observe: ObservedQuantities?

  /// The quantities, before their first update.
  func quantities() -> [any StepQuantity] { (observe?.quantities ?? []).map { $0.make() } }
}

/// Quantities with commas between them: `noise-scale,norm-test,distance@epochs`.
struct ObservedQuantities: Hashable, CustomStringConvertible, ConfigurationRepresentable {
  let quantities: [NamedQuantity]

  init(_ text: String) throws(QuantityError) { quantities = try NamedQuantity.list(text) }

  var description: String { quantities.map(\.description).joined(separator: ",") }
  var configurationValue: ConfigurationValue { .text(description) }
}

extension ObservationOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] { [ConfigurationEntry("observe", observe)] }
}
