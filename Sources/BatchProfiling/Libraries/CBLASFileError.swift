public import BatchFoundation

/// A file that cannot be used as a CBLAS.
public enum CBLASFileError: DiagnosticError, Equatable {
  /// A path at which nothing can be opened.
  case noSuchFile(path: String, reason: String)
  /// A file that the system does not load as a library.
  case notALibrary(path: String, reason: String)
  /// A library without a product; `prefix` is the one under which it has them, where it does.
  case lacksSymbol(path: String, symbol: String, prefix: String?)
  /// A build whose counts are 64-bit integers; `symbol` is the name of its product.
  case wideIntegers(path: String, symbol: String)
  /// A library whose products are those of the OpenBLAS that this process is linked with.
  case frontOfLinkedOpenBLAS(path: String, linked: String)
  /// The file of the linked OpenBLAS, when it cannot be copied.
  case cannotCopy(path: String, reason: String)

  public var diagnosis: Diagnosis {
    switch self {
    case .noSuchFile(let path, let reason):
      Diagnosis(
        .usage, "\(path): \(reason)",
        hint: "give the file of a shared library that has the CBLAS interface (ldconfig -p | grep -i blas lists those "
          + "that the system knows)")
    case .notALibrary(let path, let reason):
      Diagnosis(
        .usage, "\(path) cannot be loaded as a library: \(reason)",
        hint: "give a shared library (lib….so) for this processor, and the folders of the libraries that it needs in "
          + "LD_LIBRARY_PATH")
    case .lacksSymbol(let path, let symbol, nil):
      Diagnosis(
        .usage, "\(path) has no function \(symbol)",
        hint: "give a library that has the CBLAS interface, or the prefix that stands before cblas_sgemm and "
          + "cblas_dgemm in this one (nm -D lists its functions)")
    case .lacksSymbol(let path, let symbol, let prefix?):
      Diagnosis(
        .usage, "\(path) has no function \(symbol), but \(prefix)cblas_sgemm",
        hint: prefix.isEmpty ? "give no prefix" : "give the prefix \(prefix)")
    case .wideIntegers(let path, let symbol):
      Diagnosis(
        .usage, "\(path) is a build with 64-bit integers (its function is \(symbol)), which is not supported",
        hint: "give the build with 32-bit integers, whose function is cblas_sgemm, with or without a prefix")
    case .frontOfLinkedOpenBLAS(let path, let linked):
      Diagnosis(
        .usage, "\(path) stands before \(linked), which this program runs already and keeps at one thread",
        hint: "give that file, of which a copy with threads of its own is loaded")
    case .cannotCopy(let path, let reason):
      Diagnosis(
        .system, "\(path) cannot be copied into memory, to be loaded a second time: \(reason)",
        hint: "make it readable, and leave memory for a file of its size")
    }
  }
}
