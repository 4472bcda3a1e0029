/// What batch each criterion would choose now, and why they differ.
///
/// They weigh the same scatter S against different things: McCandlish, SimiGrad and the tests against the gradient,
/// CABS against the loss; and each has a threshold of its own. None knows what a step costs on this machine.
///
/// ```swift
/// let readout = BatchReadout(noiseScale: quantity.estimate, batch: 128, learningRate: 0.1, loss: 0.4)
/// let batches = readout.choices.map { ($0.criterion, $0.batch, $0.reason) }
/// ```
public struct BatchReadout: Sendable, Hashable, Codable {
  /// What a criterion would choose.
  public struct Choice: Sendable, Hashable, Codable {
    /// The criterion with its threshold: `norm test, θ = 0.9`.
    public var criterion: String
    /// The batch; nil where the criterion names none, or there is not enough evidence.
    public var batch: Double?
    /// The 95 % interval of the batch; nil where there is none.
    public var interval: ClosedRange<Double>?
    /// What the criterion asks for, in one sentence.
    public var reason: String
  }

  /// The thresholds of the criteria.
  public struct Thresholds: Sendable, Hashable, Codable {
    /// SimiGrad's ρ.
    public var cosine = 0.5
    /// The norm test's θ.
    public var norm = 0.9
    /// The inner-product test's θ.
    public var innerProduct = 0.9

    /// Those of the papers.
    public init() {}
  }

  /// One choice a criterion.
  public let choices: [Choice]

  /// The choices for gradients of a noise scale, at a batch and a rate, with the mean loss of an example.
  ///
  /// `innerProductTest` is the value that ``InnerProductTest`` has measured at this batch; nil where it has not.
  public init(
    noiseScale: NoiseScaleEstimate, batch: Int, learningRate: Double, loss: Double, innerProductTest: Double? = nil,
    thresholds: Thresholds = Thresholds()
  ) {
    let present = Double(batch)
    /// A choice that is a multiple of φ.
    func multiple(_ factor: Double, _ criterion: String, _ reason: String) -> Choice {
      Choice(
        criterion: criterion, batch: noiseScale.value.map { factor * $0 },
        interval: noiseScale.interval.map { factor * $0.lowerBound...factor * $0.upperBound },
        reason: noiseScale.shortage.map { "\(reason): \($0)" } ?? reason)
    }
    // The efficiency (φ + B₀)/(φ + B) of Qiao et al. 2021 (Pollux, OSDI, eq. 5), from this batch to twice as much.
    let efficiency = noiseScale.value.map { ($0 + present) / ($0 + 2 * present) }
    choices = [
      multiple(
        1, "McCandlish, B = φ",
        "a step gains half of what the true gradient's would, for its noise S/B is as large as |G|²"),
      Choice(
        criterion: "Pollux, without the machine", batch: nil,
        reason: efficiency.map(Self.gain) ?? "how much an example gains in twice the batch needs a noise scale"),
      multiple(
        SimiGrad.batch(noiseScale: 1, cosine: thresholds.cosine), "SimiGrad, ρ = \(thresholds.cosine)",
        "the gradients of the batch's halves have a cosine of \(thresholds.cosine): each half's noise 2S/B counts"),
      multiple(
        1 / (thresholds.norm * thresholds.norm), "norm test, θ = \(thresholds.norm)",
        "the gradient's error √(S/B) is \(thresholds.norm) of its length: noise in every direction counts"),
      Choice(
        criterion: "inner-product test, θ = \(thresholds.innerProduct)",
        batch: innerProductTest.map {
          max(1, present * $0 * $0 / (thresholds.innerProduct * thresholds.innerProduct))
        },
        reason: "steps descend on average: noise counts only along the gradient, and is divided by |ḡ|⁴"),
      Choice(
        criterion: "CABS, B = ηS/L",
        batch: noiseScale.scatter.flatMap { loss > 0 ? max(1, learningRate * $0 / loss) : nil },
        reason: "the noise is weighed against the loss and not the gradient: it grows with the rate, as steps do"),
    ]
  }

  private static func gain(_ efficiency: Double) -> String {
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    return "in twice the batch an example gains \(percent(efficiency)) of what it does now, which pays where the "
      + "throughput grows by more than \(percent(1 / efficiency - 1)): the machine decides"
  }
}
