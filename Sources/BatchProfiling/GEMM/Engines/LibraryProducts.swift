public import BatchAlgebra
import COpenBLAS

/// The products as plain calls of a CBLAS that was loaded from a file, on threads of its own.
public final class LibraryProducts<S: Scalar>: LayerProducts {
  public let operands: LayerOperands<S>
  private let library: CBLASFile
  private let threads: Int

  /// Products on `threads` threads, as far as the library can be told how many to use.
  public init(_ operands: LayerOperands<S>, library: CBLASFile, threads: Int) {
    precondition(operands.layout == .plain, "a library multiplies plain matrices, not \(operands.layout)")
    self.operands = operands
    self.library = library
    self.threads = threads
  }

  public func method(_ pass: GEMMPlan.Pass, batch: Int) -> ProductMethod {
    guard let core = library.coreName else {
      return ProductMethod(description: library.threadControl == nil ? "on threads of its choice" : "its own way")
    }
    return OpenBLASPath(coreName: core, threads: threads).method(
      BLASCall(pass, batch: batch, inputs: operands.inputs, outputs: operands.outputs))
  }

  /// Another number of threads may have been asked for since.
  public func prepare() { library.setThreads(threads) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ pass: GEMMPlan.Pass, batch: Int, copy: Int) {
    let call = BLASCall(pass, batch: batch, inputs: operands.inputs, outputs: operands.outputs)
    let (inputs, outputs) = (operands.inputs, operands.outputs)
    let weight = operands.weight(copy).baseAddress
    switch pass {
    case .forward:
      multiply(call, operands.input(batch).baseAddress, inputs, weight, outputs, operands.output(batch).baseAddress)
    case .backwardData:
      multiply(
        call, operands.outputGradient(batch).baseAddress, outputs, weight, outputs,
        operands.inputGradient(batch).baseAddress)
    case .backwardWeights:
      multiply(
        call, operands.input(batch).baseAddress, inputs, operands.outputGradient(batch).baseAddress, outputs,
        operands.gradient(copy).baseAddress)
    }
  }

  private func multiply(
    _ call: BLASCall, _ a: UnsafePointer<S>, _ aStride: Int, _ b: UnsafePointer<S>, _ bStride: Int,
    _ c: UnsafeMutablePointer<S>
  ) {
    library.gemm(
      call.transposeA == .none ? CblasNoTrans : CblasTrans, call.transposeB == .none ? CblasNoTrans : CblasTrans,
      call.m, call.n, call.k, 1, a, aStride, b, bStride, 0, c, call.n)
  }
}
