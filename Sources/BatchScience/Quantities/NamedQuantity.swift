public import BatchFoundation
public import BatchTraining

/// A quantity of the package by its name and when it observes, as text: `noise-scale`, `distance@every:10`.
///
/// | text | quantity |
/// |---|---|
/// | `noise-scale` | ``NoiseScale`` |
/// | `preconditioned-noise-scale` | ``PreconditionedNoiseScale`` |
/// | `norm-test` | ``NormTest`` |
/// | `inner-product-test` | ``InnerProductTest`` |
/// | `orthogonality-test` | ``OrthogonalityTest`` |
/// | `cabs` | ``CABS`` |
/// | `simigrad` | ``SimiGrad`` |
/// | `gsnr` | ``GradientSignal`` |
/// | `early-stopping` | ``EvidenceStopping`` |
/// | `alpha` | ``Alpha`` |
/// | `update-size` | ``UpdateSize`` |
/// | `distance` | ``InitialDistance`` |
/// | `norms` | ``Norms`` |
///
/// Behind an `@` stands an ``/BatchTraining/ObservationSchedule``; without one every update is observed.
public struct NamedQuantity: TextCoded {
  /// The quantities that have a name.
  public enum Name: String, Sendable, Hashable, CaseIterable {
    case noiseScale = "noise-scale"
    case preconditionedNoiseScale = "preconditioned-noise-scale"
    case normTest = "norm-test"
    case innerProductTest = "inner-product-test"
    case orthogonalityTest = "orthogonality-test"
    case cabs
    case simiGrad = "simigrad"
    case gradientSignal = "gsnr"
    case earlyStopping = "early-stopping"
    case alpha
    case updateSize = "update-size"
    case distance
    case norms
  }

  /// Which quantity it is.
  public let name: Name
  /// When it observes.
  public let schedule: ObservationSchedule

  /// A quantity that observes on a schedule; every update unless told otherwise.
  public init(_ name: Name, on schedule: ObservationSchedule = .everyUpdate) {
    self.name = name
    self.schedule = schedule
  }

  /// Reads a name, and a schedule behind an `@` where there is one.
  ///
  /// - Throws: ``QuantityError`` for a name that none has, or a schedule that is not understood.
  public init(_ text: String) throws(QuantityError) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = Name(rawValue: String(parts[0])) else { throw .unknown(String(parts[0])) }
    guard parts.count == 2 else {
      self.init(name)
      return
    }
    do {
      self.init(name, on: try ObservationSchedule(String(parts[1])))
    } catch {
      throw .schedule(error.diagnosis)
    }
  }

  /// Reads quantities with commas between them: `noise-scale,norm-test,distance@epochs`.
  ///
  /// - Throws: ``QuantityError`` for a part that is not understood, or that stands there twice.
  public static func list(_ text: String) throws(QuantityError) -> [NamedQuantity] {
    var quantities: [NamedQuantity] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let quantity = try NamedQuantity(String(part))
      if quantities.contains(where: { $0.name == quantity.name }) { throw .twice(quantity.name.rawValue) }
      quantities.append(quantity)
    }
    return quantities
  }

  public var description: String {
    schedule == .everyUpdate ? name.rawValue : "\(name.rawValue)@\(schedule)"
  }

  /// The quantity, before its first update.
  public func make() -> any StepQuantity {
    switch name {
    case .noiseScale: scheduled(NoiseScale())
    case .preconditionedNoiseScale: scheduled(PreconditionedNoiseScale())
    case .normTest: scheduled(NormTest())
    case .innerProductTest: scheduled(InnerProductTest())
    case .orthogonalityTest: scheduled(OrthogonalityTest())
    case .cabs: scheduled(CABS())
    case .simiGrad: scheduled(SimiGrad())
    case .gradientSignal: scheduled(GradientSignal())
    case .earlyStopping: scheduled(EvidenceStopping())
    case .alpha: scheduled(Alpha())
    case .updateSize: scheduled(UpdateSize())
    case .distance: scheduled(InitialDistance())
    case .norms: scheduled(Norms())
    }
  }

  private func scheduled(_ quantity: some StepQuantity) -> any StepQuantity {
    if schedule == .everyUpdate { quantity } else { Scheduled(quantity, on: schedule) }
  }
}

/// The text of a quantity that is not understood.
public enum QuantityError: DiagnosticError, Hashable {
  /// No quantity has the name.
  case unknown(String)
  /// A quantity is asked for twice.
  case twice(String)
  /// What is said of the schedule behind a name.
  case schedule(Diagnosis)

  public var diagnosis: Diagnosis {
    switch self {
    case .unknown(let name):
      Diagnosis(
        .usage, "'\(name.visible)' is no quantity that can be observed",
        hint: "write one of " + NamedQuantity.Name.allCases.map(\.rawValue).joined(separator: ", "))
    case .twice(let name):
      Diagnosis(.usage, "\(name) is to be observed twice", hint: "name each quantity once, with one schedule")
    case .schedule(let diagnosis): diagnosis
    }
  }
}
