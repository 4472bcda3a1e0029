import Glibc

extension TemporaryFolder {
  /// Compiles C source into a shared library in the folder, linked with the other libraries given; its path.
  ///
  /// Its functions call one another as a program's would that another library may replace.
  public func compileLibrary(
    _ source: String, to name: String, with libraries: [String] = []
  ) throws(CompilerError)
    -> String
  {
    let input = write(source, to: "\(name).c")
    let output = "\(path)/\(name)"
    let others = libraries.isEmpty ? "" : "-Wl,--no-as-needed " + libraries.joined(separator: " ")
    for compiler in ["cc", "clang", "gcc"] where Self.run("command -v \(compiler)").succeeded {
      let result = Self.run("\(compiler) -O0 -fPIC -shared -o \(output) \(input) \(others)")
      guard result.succeeded else { throw .failed("\(compiler): \(result.output)") }
      return output
    }
    throw .notFound
  }

  private static func run(_ command: String) -> (succeeded: Bool, output: String) {
    guard let pipe = popen("\(command) 2>&1", "r") else { return (false, String(cString: strerror(errno))) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(byte)) }
    return (pclose(pipe) == 0, String(decoding: bytes, as: UTF8.self))
  }
}

/// A C library that a test needs and cannot have.
public enum CompilerError: Error, CustomStringConvertible {
  /// There is no compiler.
  case notFound
  /// The compiler refused the source.
  case failed(String)

  public var description: String {
    switch self {
    case .notFound: "no C compiler: put the Swift toolchain's clang, or cc, on PATH (apt-get install clang)"
    case .failed(let output): "the C compiler failed: \(output)"
    }
  }
}
