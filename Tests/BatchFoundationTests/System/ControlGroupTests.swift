import BatchFoundation
import BatchTestSupport
import Testing

@Suite struct ControlGroupTests {
  private let folder = TemporaryFolder()

  private func group(_ lines: [String], _ files: [String: String]) throws -> ControlGroup {
    for (name, text) in files {
      try DurableFile.makeFolder(DurableFile.parent(of: "\(folder.path)/\(name)"))
      _ = folder.write(text + "\n", to: name)
    }
    return ControlGroup(root: folder.path, membership: lines.map { $0[...] })
  }

  /// The least on the way up counts, and another group's limits do not.
  @Test func quotasOfTheSecondVersion() throws {
    let group = try group(
      ["0::/a/b"],
      [
        "cpu.max": "max 100000", "a/cpu.max": "150000 100000", "a/b/cpu.max": "400000 100000",
        "a/c/cpu.max": "1000 100000", "a/memory.max": "1048576", "a/b/memory.max": "max",
      ])
    #expect(group.processorQuota == 1.5 && group.memoryLimit == 1 << 20)
  }

  @Test func quotasOfTheFirstVersion() throws {
    let group = try group(
      ["4:memory:/job", "2:cpu,cpuacct:/job", "1:name=systemd:/job"],
      [
        "cpu,cpuacct/job/cpu.cfs_quota_us": "50000", "cpu,cpuacct/job/cpu.cfs_period_us": "100000",
        "cpu,cpuacct/cpu.cfs_quota_us": "-1", "cpu,cpuacct/cpu.cfs_period_us": "100000",
        "memory/job/memory.limit_in_bytes": "2097152", "memory/memory.limit_in_bytes": "9223372036854771712",
      ])
    #expect(group.processorQuota == 0.5 && group.memoryLimit == 2 << 20)
  }

  /// In a container the group's path is that of the host, and its limits stand at the root.
  @Test func theRootCountsWhereTheGroupCannotBeSeen() throws {
    let group = try group(["0::/docker/1234"], ["cpu.max": "200000 100000", "memory.max": "4096"])
    #expect(group.processorQuota == 2 && group.memoryLimit == 4096)
  }

  @Test(arguments: ["max 100000", "rubbish", "", "0 100000", "100000 0", "100000"])
  func whatIsNoQuotaLimitsNothing(_ text: String) throws {
    let group = try group(["0::/"], ["cpu.max": text])
    #expect(group.processorQuota == nil && group.memoryLimit == nil)
  }

  @Test func theTeamKeepsToTheQuota() {
    #expect(ControlGroup.processors(4, quota: nil) == 4 && ControlGroup.processors(4, quota: 1.5) == 1)
    #expect(ControlGroup.processors(4, quota: 0.25) == 1 && ControlGroup.processors(4, quota: 3) == 3)
    #expect(ControlGroup.processors(2, quota: 1e300) == 2)
  }
}
