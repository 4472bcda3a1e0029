/// The processor's model name as Linux tells it; `unknown` where it does not.
package func processorName() -> String {
  for line in (SystemFile.lines("/proc/cpuinfo") ?? []) where line.hasPrefix("model name") {
    guard let name = line.split(separator: ":").last else { continue }
    return name.split(separator: " ").joined(separator: " ")
  }
  return "unknown"
}
