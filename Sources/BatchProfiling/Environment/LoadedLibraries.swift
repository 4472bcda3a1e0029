import BatchAlgebra
import BatchFoundation

/// The linear-algebra libraries that are mapped into this process.
///
/// LAPACKE brings in BLAS and LAPACK through Debian's alternatives, which may point at the slow reference versions
/// beside OpenBLAS: the resolved paths tell.
public enum LoadedLibraries {
  /// The file paths of the mapped libraries whose names start with `lib` and one of the given stems, sorted.
  public static func paths(stems: [String] = ["openblas", "blas", "lapack", "lapacke"]) -> [String] {
    var paths: Set<String> = []
    for line in SystemFile.lines("/proc/self/maps") ?? [] {
      guard let start = line.firstIndex(of: "/") else { continue }
      let path = line[start...]
      let name = path.split(separator: "/").last ?? ""
      if stems.contains(where: { name.hasPrefix("lib\($0).") || name.hasPrefix("lib\($0)p-") }) {
        paths.insert(String(path))
      }
    }
    return paths.sorted()
  }
}
