import BatchAlgebra
import BatchTestSupport
import Foundation
import Testing

/// Profiles from the command line, as short as they come: what is printed and kept, never how long anything took.
@Suite(.serialized) struct ProfileCommandTests {
  private static let quick = ["--seconds", "0", "--threads", "1", "--layer", "32x16", "--batch", "1,4"]

  private func gemm(_ arguments: String...) throws -> Tool.Outcome {
    try Tool.run(["gemm"] + Self.quick + arguments)
  }

  @Test func productsAreTimedAndKept() throws {
    let folder = TemporaryFolder()
    let run = try gemm("--format", "csv", "--quiet", "--output", "\(folder.path)/a")
    #expect(run.status == 0 && run.notes.isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 1 + 3 * 2 * 2)
    #expect(lines[0].hasPrefix("layer,pass,batch,threads,engine,"))
    #expect(folder.names(in: "a") == ["profile.json", "report.html", "results.csv"])
    #expect(String(decoding: folder.read("a/results.csv") ?? [], as: UTF8.self) == run.output)
    // The core that was used, which may be another than these tests have: the tool asks for the one that fits.
    let core = OpenBLASCore.current
    let used = core.requestedName == nil ? core.betterName ?? core.name : core.name
    #expect(String(decoding: folder.read("a/profile.json") ?? [], as: UTF8.self).contains("\"blasCore\":\"\(used)\""))

    let again = try Tool.run("report", "\(folder.path)/a", "--format", "csv", "--quiet")
    #expect(again.status == 0 && again.output == run.output)
    #expect(try Tool.run("report", "\(folder.path)/a/profile.json", "--format", "csv", "--quiet").output == run.output)

    let same = try Tool.run("compare", "\(folder.path)/a", "\(folder.path)/a/profile.json", "--fail-above", "0")
    #expect(same.status == 0 && same.output.contains("32x16 forward, batch 1, auto, 1 thread"))
    slow(folder, ["points"])
    let worse = try Tool.run("compare", "\(folder.path)/a", "\(folder.path)/slow.json", "--fail-above", "50")
    // Of a machine that never got quiet nothing is concluded.
    #expect(
      worse.status == 2 && worse.notes.contains("Regression: slower by more than 50 %")
        || worse.status == 0 && !worse.output.contains("SLOWER"))
    #expect(try Tool.run("compare", "\(folder.path)/a", "\(folder.path)/slow.json").status == 0)
    #expect(try Tool.run("compare", "\(folder.path)/slow.json", "\(folder.path)/a", "--fail-above", "50").status == 0)
    // Where the control is a hundred times as slow as well, it may be the machine.
    slow(folder, ["points", "controls"])
    let other = try Tool.run("compare", "\(folder.path)/a", "\(folder.path)/slow.json", "--fail-above", "50")
    #expect(other.status == 0 && other.notes.contains("The speed of the control, "))
  }

  /// The same profile with every time in some parts a hundredfold.
  private func slow(_ folder: TemporaryFolder, _ parts: Set<String>) {
    func slowed(_ value: Any, _ key: String?) -> Any {
      if let object = value as? [String: Any] {
        return object.mapValues { $0 }.reduce(into: [String: Any]()) {
          $0[$1.key] = slowed($1.value, $1.key)
        }
      }
      if let list = value as? [Any] { return list.map { slowed($0, key) } }
      if key == "seconds", let number = value as? Double { return number * 100 }
      return value
    }
    let bytes = Data(folder.read("a/profile.json") ?? [])
    guard var file = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any],
      let profile = file["profile"] as? [String: Any]
    else {
      Issue.record("the profile is no JSON")
      return
    }
    file["profile"] = profile.reduce(into: profile) { profile, part in
      if parts.contains(part.key) { profile[part.key] = slowed(part.value, nil) }
    }
    folder.write(Array((try? JSONSerialization.data(withJSONObject: file)) ?? Data()), to: "slow.json")
  }

  @Test func plansAreShownBeforeAnythingIsTimed() throws {
    let run = try gemm("--dry-run", "--alignment", "8", "--format", "csv")
    #expect(run.status == 0 && run.output.contains("compared with multiples of,8") && run.output.contains("memory,"))
    let model = try Tool.run("gemm", "--model", "mlp:64,64", "--inputs", "100", "--dry-run", "--format", "csv")
    #expect(model.output.contains("\"100x64, 64x64, 64x10\""))
  }

  /// A dry run refuses what the run refuses, in the same words.
  static let infeasible: [([String], Int32, String)] = [
    (["gemm", "--threads", "5000"], 64, "a thread count must lie between 1 and 1024, not be 5000"),
    (["gemm", "--layer", "999999x999999", "--batch", "1000000"], 1, "so nothing was allocated"),
    (["gemm", "--layer", "999999x999999", "--batch", "9223372036854775807"], 1, "so nothing was allocated"),
    (["gemm", "--library", "/no/such/library.so"], 64, "/no/such/library.so: "),
    (["gemm", "--engines", "nt-dot", "--pass", "forward"], 64, "there are no products that these engines compute"),
    (
      ["profile", "--data", "dots", "--model", "mlp:4", "--batch", "100000"], 64,
      "a batch of 100000 needs more examples than the 1400 that there are"
    ),
    (["profile", "--data", "dots", "--model", "mlp:4", "--threads", "5000"], 64, "a thread count must lie between"),
    (["profile", "--data", "dots", "--model", "mlp:900000,900000", "--batch", "8"], 1, "memory"),
  ]

  @Test(arguments: infeasible.indices)
  func aDryRunRefusesWhatTheRunRefuses(_ index: Int) throws {
    let (arguments, status, message) = Self.infeasible[index]
    let dry = try Tool.run(arguments + ["--dry-run"])
    #expect(dry.status == status && dry.output.isEmpty && dry.notes.contains(message), "\(dry.notes)")
    let run = try Tool.run(arguments + ["--seconds", "0"])
    #expect(run.status == status && run.notes.contains(message), "\(run.notes)")
  }

  @Test func otherStudiesAndEnginesRun() throws {
    #expect(try gemm("--profile-only", "--calls", "2").status == 0)
    let aligned = try gemm(
      "--alignment", "4", "--pass", "forward", "--engines", "auto", "--format", "csv", "--quiet")
    #expect(aligned.status == 0 && aligned.output.hasPrefix("dimension,engine,"))
    let engines = try gemm(
      "--engines", "auto,nt-dot,nt-packed,openblas-panels,openblas", "--precision", "double", "--weights", "cold",
      "--refine",
      "--format", "csv", "--quiet")
    #expect(engines.status == 0 && engines.output.contains(",nt-packed,"))
  }

  static let refused: [([String], Int32, String)] = [
    (["--batch", ""], 64, "'' is not a whole number"),
    (["--engines", "mkl"], 64, "is invalid for '--engines <names>'"),
    (["--precision", "bfloat16"], 64, "products are computed in float or double"),
    (["--layer", "784"], 64, "'784' is no layer"),
    (["--library", "/no/such/library.so"], 64, "/no/such/library.so: "),
    (["--alignment", "8", "--refine"], 64, "ask for one"),
    (["--layer", "1000000x1000000"], 1, "so nothing was allocated"),
    (["--threads", "0"], 64, "is invalid for '--threads <counts>'"),
    (["--seconds=-1"], 64, "--seconds must be at least 0"),
    (["--seconds", "1e300"], 64, "and at most 100000000"),
    (["--alignment", "9223372036854775807"], 64, "--alignment must lie between 2 and 1024"),
    (["--layer", "999999x8", "--alignment", "1024"], 64, "is wider than a layer may be"),
  ]

  @Test(arguments: refused)
  func whatMakesNoSenseIsRefused(arguments: [String], status: Int32, message: String) throws {
    let run = try Tool.run(["gemm"] + arguments)
    #expect(run.status == status && run.notes.contains(message), "\(run.notes)")
  }

  @Test func librariesThatAreNoneOrWrongAreTold() throws {
    let folder = TemporaryFolder()
    let text = folder.write("no library", to: "text.so")
    let none = try gemm("--library", text)
    #expect(none.status == 64 && none.notes.contains("cannot be loaded as a library"))
    let empty = try folder.compileLibrary("int nothing;", to: "empty.so")
    let lacking = try gemm("--library", empty)
    #expect(lacking.status == 64 && lacking.notes.contains("has no function cblas_sgemm"))
    let wrong = try folder.compileLibrary(
      "void cblas_sgemm(void) {}\nvoid cblas_dgemm(void) {}\n", to: "libwrong.so")
    let run = try gemm("--library", wrong, "--format", "csv")
    #expect(run.status == 0 && run.notes.contains("libwrong.so") && run.notes.contains("wrongly"))
    #expect(!run.output.contains("libwrong.so"))
  }

  @Test func trainingStepsAreTimedAndKept() throws {
    let folder = TemporaryFolder()
    let options = ["--data", "dots", "--model", "mlp:16", "--threads", "1", "--batch", "1,2,4,8,16", "--seconds", "0"]
    let run = try Tool.run(
      ["profile", "--format", "csv", "--quiet", "--output", folder.path] + options)
    #expect(run.status == 0 && run.notes.isEmpty && run.output.split(separator: "\n").count == 6)
    #expect(folder.names() == ["profile.json", "report.html", "results.csv"])
    #expect(try Tool.run(["profile", "--profile-only", "--calls", "2"] + options).status == 0)
    #expect(try Tool.run("compare", folder.path, folder.path).status == 0)
    let plan = try Tool.run(["profile", "--dry-run", "--precision", "double", "--format", "csv"] + options)
    #expect(plan.status == 0 && plan.output.contains("precision,double") && plan.output.contains("memory of a step,"))
    let foretold = try Tool.run(["profile", "--fit", "1,4,16", "--precision", "double", "--quiet"] + options)
    // What is foretold hangs on which sizes got quiet, of those fitted and of those held back.
    #expect(foretold.status == 0 && foretold.output.split(separator: "\n").count > 5, "\(foretold)")
    #expect(try Tool.run(["profile", "--fit", "1,5,16"] + options).notes.contains("--fit takes at least three"))
    let larger = try Tool.run("profile", "--data", "dots", "--batch", "1000000")
    #expect(larger.status == 64 && larger.notes.contains("needs more examples than"))
  }

  @Test func profilesOfTwoKindsAndDamagedOnesAreRefused() throws {
    let folder = TemporaryFolder()
    folder.write("{\"kind\": \"gemm\"}", to: "damaged.json")
    let run = try Tool.run("compare", "\(folder.path)/damaged.json", "\(folder.path)/damaged.json")
    #expect(run.status == 65 && run.notes.contains("damaged.json: 'profile' is missing"))
    #expect(try Tool.run("compare", "\(folder.path)/none.json", "\(folder.path)/none.json").status == 65)
  }
}
