/// The limits that the control groups of this process set, as containers and batch systems do (cgroup v1 and v2).
///
/// A group's limit holds for all groups beneath it, so that the least on the way up counts. In a container the group's own
/// folder often cannot be seen, and what stands at the root is the container's.
package struct ControlGroup: Sendable {
  /// The processors that the process may use on average, such as 1.5; nil without a quota.
  package let processorQuota: Double?
  /// The bytes of memory that the process may use; nil without a limit.
  package let memoryLimit: Int?

  /// The limits of this process when they were first asked for.
  package static let current = ControlGroup(
    root: "/sys/fs/cgroup", membership: SystemFile.lines("/proc/self/cgroup") ?? [])

  /// The limits of groups that are mounted at `root`, with lines as in /proc/self/cgroup: `4:cpu,cpuacct:/a/b`, `0::/a/b`.
  package init(root: String, membership: [Substring]) {
    func folders(_ controller: String) -> [String] {
      let unified = Self.folders(root, membership) { $0.isEmpty }
      return unified + Self.folders(root, membership) { $0.split(separator: ",").contains(controller[...]) }
    }
    processorQuota = folders("cpu").compactMap(Self.quota).min()
    memoryLimit = folders("memory").compactMap(Self.memory).min()
  }

  /// The whole processors of `count` that a quota leaves, at least one.
  ///
  /// A thread too many would be stopped for the rest of each period, and the others of its team would wait for it.
  package static func processors(_ count: Int, quota: Double?) -> Int {
    quota.map { max(1, min(count, Int(min($0, Double(count))))) } ?? count
  }

  /// A group's folder and those above it, wherever its controllers may be mounted; at least the roots.
  private static func folders(_ root: String, _ membership: [Substring], _ isWanted: (Substring) -> Bool) -> [String] {
    membership.flatMap { line -> [String] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, isWanted(fields[1]) else { return [] }
      let names = fields[1].isEmpty ? [] : [fields[1]] + fields[1].split(separator: ",")
      let mounts = names.isEmpty ? [root] : names.map { "\(root)/\($0)" }
      let steps = fields[2].split(separator: "/")
      return mounts.flatMap { mount in
        (0...steps.count).map { count in steps.prefix(count).reduce(mount) { "\($0)/\($1)" } }
      }
    }
  }

  /// `50000 100000` in cpu.max, or quota and period in files of their own; `max` and -1 are none.
  private static func quota(_ folder: String) -> Double? {
    var numbers = SystemFile.lines("\(folder)/cpu.max")?.first?.split(separator: " ").map { Double($0) } ?? []
    if numbers.isEmpty {
      numbers = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map { name in
        SystemFile.lines("\(folder)/\(name)")?.first.flatMap { Double($0) }
      }
    }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
    return quota / period
  }

  /// A number of bytes; `max` is none, and v1 writes a number near 2⁶³ for it.
  private static func memory(_ folder: String) -> Int? {
    for name in ["memory.max", "memory.limit_in_bytes"] {
      guard let limit = SystemFile.lines("\(folder)/\(name)")?.first.flatMap({ Int($0) }) else { continue }
      return limit < 1 << 60 ? limit : nil
    }
    return nil
  }
}
