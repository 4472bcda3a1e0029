public import BatchAlgebra
public import BatchTraining

/// A convolution of 3×3 pixels with zeros around the picture, in plain loops: what the layer contract must carry for
/// convolutions.
///
/// y[t, k] = b[k] + Σ_{d, c} x[t + d, c]·w[d, c, k]. Positions of the output have a gap of one element behind their
/// channels.
public struct PlainConvolution: Layer {
  /// The number of output channels.
  public let channels: Int
  /// Whether the layer updates its parameters itself as soon as it has their gradient.
  public let updates: Bool

  /// A layer with `channels` output channels.
  public init(_ channels: Int, updates: Bool = false) {
    self.channels = channels
    self.updates = updates
  }

  public var description: String { "plain convolution \(channels)" }

  public func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    guard input.dimensions.count == 3 else { throw .invalidLayer("a convolution takes [H, W, C], not \(input)") }
    let taps = 9 * input.channels
    let output = ActivationShape(Array(input.dimensions.dropLast()) + [channels], channelStride: channels + 1)
    let operations = 2 * input.positions * taps * channels
    var plan = LayerPlan(
      output: output,
      parameters: [
        Parameter(name: "weight", shape: [taps, channels], initialisation: .heNormal, fanIn: taps, fanOut: channels),
        Parameter(name: "bias", shape: [channels], initialisation: .heNormal, fanIn: taps, fanOut: channels),
      ],
      operations: LayerPlan.PassCounts(
        forward: operations, backwardData: operations, backwardWeights: operations))
    // The pixels under the window, gathered: memory for a moment in the forward pass, too.
    let patch = taps * (context.precision == .float ? 4 : 8)
    plan.scratchBytes = LayerPlan.PassCounts(forward: patch, backwardWeights: patch)
    plan.backwardReads = .input
    plan.fusesUpdate = updates
    return plan
  }

  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let (weight, bias) = (pass.parameter(0), pass.parameter(1))
    let patch = pass.scratch.part(thread: 0).assumingMemoryBound(to: S.self)
    let stride = channels + 1
    for i in 0..<pass.batch {
      for t in 0..<pass.inputShape.positions {
        gather(pass.input.row(i), t, pass.inputShape, into: patch)
        for k in 0..<channels {
          var sum = bias[k]
          for j in 0..<9 * pass.inputShape.channels { sum += patch[j] * weight[j * channels + k] }
          pass.output.row(i)[t * stride + k] = sum
        }
      }
    }
  }

  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient else { preconditionFailure("no gradient of the output") }
    let (dw, db) = (pass.parameterGradient(0), pass.parameterGradient(1))
    let weight = pass.parameter(0)
    let patch = pass.scratch.part(thread: 0).assumingMemoryBound(to: S.self)
    let shape = pass.inputShape
    let stride = channels + 1
    let taps = 9 * shape.channels
    dw.update(repeating: 0, count: taps * channels)
    db.update(repeating: 0, count: channels)
    for i in 0..<pass.batch {
      pass.inputGradient?.row(i).update(repeating: 0, count: shape.storedCount)
      for t in 0..<shape.positions {
        gather(pass.input.row(i), t, shape, into: patch)
        for k in 0..<channels {
          let slope = dy.row(i)[t * stride + k]
          db[k] += slope
          for j in 0..<taps { dw[j * channels + k] += patch[j] * slope }
          guard let dx = pass.inputGradient?.row(i) else { continue }
          for d in 0..<9 {
            guard let s = Self.neighbour(t, d, shape) else { continue }
            for c in 0..<shape.channels {
              dx[s * shape.channelStride + c] += slope * weight[(d * shape.channels + c) * channels + k]
            }
          }
        }
      }
    }
    guard let update = pass.update, let gradient = pass.gradient else { return }
    for index in 0..<2 {
      let slot = pass.slot(index)
      update.apply(
        to: slot.kind, at: slot.offset, count: slot.count, parameters: pass.parameters,
        gradient: UnsafePointer(gradient))
    }
  }

  private func gather<S: Scalar>(
    _ x: UnsafePointer<S>, _ t: Int, _ shape: ActivationShape, into patch: UnsafeMutablePointer<S>
  ) {
    for d in 0..<9 {
      let s = Self.neighbour(t, d, shape)
      for c in 0..<shape.channels { patch[d * shape.channels + c] = s.map { x[$0 * shape.channelStride + c] } ?? 0 }
    }
  }

  /// The position d of nine around position t; nil beyond the picture.
  private static func neighbour(_ t: Int, _ d: Int, _ shape: ActivationShape) -> Int? {
    let (height, width) = (shape.dimensions[0], shape.dimensions[1])
    let (row, column) = (t / width + d / 3 - 1, t % width + d % 3 - 1)
    return (0..<height).contains(row) && (0..<width).contains(column) ? row * width + column : nil
  }
}

/// The largest of 2×2 pixels, in plain loops; keeps which one it was in a byte an output.
public struct PlainPooling: Layer {
  /// The layer.
  public init() {}

  public var description: String { "plain pooling" }

  public func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    let extents = input.dimensions
    guard extents.count == 3, extents[0] % 2 == 0, extents[1] % 2 == 0 else {
      throw .invalidLayer("pooling takes [even, even, C], not \(input)")
    }
    var plan = LayerPlan(output: ActivationShape([extents[0] / 2, extents[1] / 2, extents[2]]))
    plan.savedBytesPerExample = plan.output.count
    plan.backwardReads = []
    return plan
  }

  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let (from, to) = (pass.inputShape, pass.plan.output)
    for i in 0..<pass.batch {
      let kept = (pass.savedPerExample + i * to.count).assumingMemoryBound(to: UInt8.self)
      for t in 0..<to.positions {
        for c in 0..<to.channels {
          var best = 0
          for d in 1..<4 where pass.input.row(i)[place(t, d, c, from)] > pass.input.row(i)[place(t, best, c, from)] {
            best = d
          }
          kept[t * to.channels + c] = UInt8(best)
          pass.output.row(i)[t * to.channelStride + c] = pass.input.row(i)[place(t, best, c, from)]
        }
      }
    }
  }

  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient, let dx = pass.inputGradient else { return }
    let (from, to) = (pass.inputShape, pass.plan.output)
    for i in 0..<pass.batch {
      let kept = (pass.savedPerExample + i * to.count).assumingMemoryBound(to: UInt8.self)
      dx.row(i).update(repeating: 0, count: from.storedCount)
      for t in 0..<to.positions {
        for c in 0..<to.channels {
          dx.row(i)[place(t, Int(kept[t * to.channels + c]), c, from)] = dy.row(i)[t * to.channelStride + c]
        }
      }
    }
  }

  /// The element of channel c at pixel d of four under output position t.
  private func place(_ t: Int, _ d: Int, _ c: Int, _ shape: ActivationShape) -> Int {
    let width = shape.dimensions[1]
    let (row, column) = (t / (width / 2) * 2 + d / 2, t % (width / 2) * 2 + d % 2)
    return (row * width + column) * shape.channelStride + c
  }
}

/// Batch normalisation in plain loops (Ioffe & Szegedy 2015, algorithm 1): y = γ·(x − μ)/√(σ² + ε) + β for each channel,
/// with the mean and variance of the batch in training and running ones outside.
public struct PlainBatchNorm: Layer {
  /// The layer.
  public init() {}

  public var description: String { "plain batch norm" }

  private static var epsilon: Double { 1e-5 }
  private static var share: Double { 0.1 }

  public func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    let channels = input.channels
    var plan = LayerPlan(
      output: input,
      parameters: [
        Parameter(name: "weight", shape: [channels], initialisation: .ones, fanIn: 1, fanOut: 1),
        Parameter(name: "bias", shape: [channels], initialisation: .zeros, fanIn: 1, fanOut: 1),
      ],
      exampleNorms: .undefined(reason: "it takes its mean and variance from the whole batch"))
    plan.buffers = [
      RunningBuffer(name: "running_mean", count: channels),
      RunningBuffer(name: "running_var", count: channels, initialValue: 1),
    ]
    plan.savedBytesPerBatch = 2 * channels * (context.precision == .float ? 4 : 8)
    plan.couplesExamples = true
    return plan
  }

  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let shape = pass.inputShape
    let kept = pass.savedPerBatch.assumingMemoryBound(to: S.self)
    let count = S(pass.batch * shape.positions)
    for c in 0..<shape.channels {
      var (mean, variance) = (pass.buffer(0)[c], pass.buffer(1)[c])
      if pass.isTraining {
        mean = sum(pass, c) { x, _, _ in x } / count
        variance = sum(pass, c) { x, _, _ in (x - mean) * (x - mean) } / count
        pass.buffer(0)[c] += S(Self.share) * (mean - pass.buffer(0)[c])
        pass.buffer(1)[c] += S(Self.share) * (variance - pass.buffer(1)[c])
      }
      let factor = 1 / (variance + S(Self.epsilon)).squareRoot()
      (kept[2 * c], kept[2 * c + 1]) = (mean, factor)
      for i in 0..<pass.batch {
        for t in 0..<shape.positions {
          let place = t * shape.channelStride + c
          pass.output.row(i)[place] =
            pass.parameter(0)[c] * (pass.input.row(i)[place] - mean) * factor + pass.parameter(1)[c]
        }
      }
    }
  }

  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient else { preconditionFailure("no gradient of the output") }
    let shape = pass.inputShape
    let kept = pass.savedPerBatch.assumingMemoryBound(to: S.self)
    let count = S(pass.batch * shape.positions)
    for c in 0..<shape.channels {
      let (mean, factor, gamma) = (kept[2 * c], kept[2 * c + 1], pass.parameter(0)[c])
      let slopes = sum(pass, c) { _, i, place in dy.row(i)[place] }
      let products = sum(pass, c) { x, i, place in dy.row(i)[place] * (x - mean) * factor }
      pass.parameterGradient(0)[c] = products
      pass.parameterGradient(1)[c] = slopes
      guard let dx = pass.inputGradient else { continue }
      for i in 0..<pass.batch {
        for t in 0..<shape.positions {
          let place = t * shape.channelStride + c
          let normal = (pass.input.row(i)[place] - mean) * factor
          dx.row(i)[place] = gamma * factor * (dy.row(i)[place] - slopes / count - normal * products / count)
        }
      }
    }
  }

  /// The sum over the batch and all positions of one channel.
  private func sum<S: Scalar>(
    _ pass: LayerPass<S>, _ c: Int, _ term: (_ x: S, _ example: Int, _ place: Int) -> S
  ) -> S {
    var sum: S = 0
    for i in 0..<pass.batch {
      for t in 0..<pass.inputShape.positions {
        let place = t * pass.inputShape.channelStride + c
        sum += term(pass.input.row(i)[place], i, place)
      }
    }
    return sum
  }
}

/// The same numbers without the gaps between positions: what a dense layer takes.
public struct PlainFlatten: Layer {
  /// The layer.
  public init() {}

  public var description: String { "plain flatten" }

  public func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    var plan = LayerPlan(output: ActivationShape([input.count]))
    plan.backwardReads = []
    return plan
  }

  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let shape = pass.inputShape
    for i in 0..<pass.batch {
      for t in 0..<shape.positions {
        for c in 0..<shape.channels {
          pass.output.row(i)[t * shape.channels + c] = pass.input.row(i)[t * shape.channelStride + c]
        }
      }
    }
  }

  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient, let dx = pass.inputGradient else { return }
    let shape = pass.inputShape
    for i in 0..<pass.batch {
      for t in 0..<shape.positions {
        for c in 0..<shape.channels {
          dx.row(i)[t * shape.channelStride + c] = dy.row(i)[t * shape.channels + c]
        }
      }
    }
  }
}
