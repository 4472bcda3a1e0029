import BatchTestSupport
import Foundation
import Testing

/// What the tool tells of gradients: while it trains, of one checkpoint, and as a study.
@Suite struct GradientStatisticsTests {
  private let folder = TemporaryFolder()

  private func train(_ more: String...) throws -> Tool.Outcome {
    try Tool.run(
      ["train", "--data", "dots", "--model", "mlp:8", "--epochs", "2", "--output", "\(folder.path)/r"] + more)
  }

  private func json(_ text: String) throws -> [String: [[String: Any]]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [[String: Any]]])
  }

  @Test func aRunTellsWhatItObserves() throws {
    let run = try train("--observe", "noise-scale,norm-test,distance@epochs", "--tensorboard", "--format", "json")
    try #require(run.status == 0, "\(run.notes)")
    let tables = try json(run.output)
    #expect(tables["evaluations"]?.count == 3)
    let names = Set((tables["observations"] ?? []).compactMap { $0["quantity"] as? String })
    #expect(names.isSuperset(of: ["noise_scale", "norm_test", "distance"]))
    let layers = Set((tables["observations"] ?? []).compactMap { $0["layer"] as? String })
    #expect(layers == ["layers.0", "layers.1"])
    let rows = try #require(folder.read("r/observations.csv")).split(separator: UInt8(ascii: "\n"))
    #expect(
      String(decoding: rows[0], as: UTF8.self)
        == "epoch,update,examples,first_update,last_update,quantity,layer,value,low,high,probes,note")
    #expect(rows.count > 20)
    #expect(
      String(decoding: try #require(folder.read("r/config.json")), as: UTF8.self).contains("noise-scale,norm-test"))
    let events = folder.names(in: "r").filter { $0.hasPrefix("events") }
    #expect(
      String(decoding: try #require(folder.read("r/\(events[0])")), as: UTF8.self).contains("quantities/norm_test"))
    // The same weights as without.
    let plain = try Tool.run(
      "train", "--data", "dots", "--model", "mlp:8", "--epochs", "2", "--output", "\(folder.path)/p", "--quiet")
    #expect(plain.status == 0)
    let (observed, unobserved) = (folder.read("r/metrics.csv"), folder.read("p/metrics.csv"))
    func losses(_ bytes: [UInt8]?) -> [Substring] {
      String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").map { $0.split(separator: ",")[3] }
    }
    #expect(losses(observed) == losses(unobserved) && losses(observed).count > 3)
  }

  @Test(arguments: [
    ("noise", "'noise' is no quantity that can be observed"), ("cabs,cabs", "cabs is to be observed twice"),
    ("cabs@often", "'often' is no schedule of observations"),
  ])
  func whatCannotBeObservedIsNamed(_ text: String, _ message: String) throws {
    let run = try train("--observe", text)
    #expect(run.status == 64 && run.notes.contains(message) && folder.names().isEmpty)
  }

  @Test func aCheckpointsGradientsAreMeasured() throws {
    #expect(try train("--quiet").status == 0)
    let run = try Tool.run(
      "gradient", "\(folder.path)/r", "--probes", "60", "--batch", "256", "--exact", "--format", "json")
    try #require(run.status == 0, "\(run.notes)")
    let tables = try json(run.output)
    let scales = try #require(tables["noise_scale"])
    #expect(scales.compactMap { $0["layer"] as? String } == ["all", "layers.0", "layers.1"])
    let all = try #require(scales.first)
    #expect(all["probes"] as? Int == 60 && all["enough"] as? Bool == true)
    let value = try #require(all["noise_scale"] as? Double), exact = try #require(all["exact"] as? Double)
    let low = try #require(all["low"] as? Double), high = try #require(all["high"] as? Double)
    #expect(low < value && value < high && low < exact && exact < high)
    #expect((tables["readout"] ?? []).count >= 5 && (tables["quantities"] ?? []).count >= 8)
    #expect(run.notes.contains("60 probes of 256 examples of the training part"))
  }

  @Test func curvatureIsToldOnRequest() throws {
    #expect(try train("--quiet").status == 0)
    let run = try Tool.run(
      "gradient", "\(folder.path)/r", "--probes", "9", "--curvature", "--curvature-examples", "200", "--format", "json")
    try #require(run.status == 0, "\(run.notes)")
    let rows = try #require(try json(run.output)["curvature"])
    #expect(
      rows.compactMap { $0["quantity"] as? String } == [
        "hessian_largest", "hessian_smallest", "gauss_newton_largest", "hessian_trace", "sharpness",
        "subspace_sharpness",
      ])
    let values = rows.compactMap { $0["value"] as? Double }
    #expect(values.count == 6 && values[0] > values[1] && values[2] > 0 && values[4] > 0)
    #expect(run.notes.contains("Sharpness depends on how a network is written down"))
  }

  @Test func tooFewProbesAreNoNumber() throws {
    #expect(try train("--quiet").status == 0)
    let run = try Tool.run("gradient", "\(folder.path)/r", "--probes", "3", "--format", "json", "--quiet")
    let all = try #require(try json(run.output)["noise_scale"]?.first)
    #expect(run.status == 0 && all["enough"] as? Bool == false && all["noise_scale"] is NSNull)
    #expect((all["note"] as? String)?.contains("about 5 more probes") == true)
    let large = try Tool.run("gradient", "\(folder.path)/r", "--batch", "5000")
    #expect(large.status == 64 && large.notes.contains("a batch of 5000 cannot be drawn; give one of 1 to 1400"))
    let one = try Tool.run("gradient", "\(folder.path)/r", "--batch", "1", "--probes", "10")
    #expect(one.status == 0 && one.output.contains("does not scatter"))
  }

  @Test func aStudyOfTheNoiseScaleIsReported() throws {
    let arguments = [
      "study", "noise-scale", "--data", "dots", "--model", "mlp:8", "--batch", "16", "--rates", "0.02,0.1", "--seeds",
      "1",
      "--epochs", "4", "--exact", "2", "--output", "\(folder.path)/s",
    ]
    let run = try Tool.run(arguments)
    try #require(run.status == 0, "\(run.notes)")
    #expect(run.notes.contains("[2/2] rate 0.1, batch 16, seed 1: on the test part accuracy"))
    #expect(folder.names(in: "s/trials").contains("lr0.02-b16-s1.jsonl"))
    #expect(run.notes.contains("Of batches at fixed weights, the interval holds the exact noise scale at "))
    let rows = String(decoding: try #require(folder.read("s/results.csv")), as: UTF8.self).split(separator: "\n")
    #expect(rows[0].hasPrefix("learning_rate,batch_size,seed,layer,of,epoch,training_loss,noise_scale,low,high"))
    #expect(rows.count > 2 * 3 * 4)
    let again = try Tool.run(arguments)
    #expect(again.status == 0 && again.output == run.output)
    #expect(try Tool.run("report", "\(folder.path)/s").output == run.output)
    let other = try Tool.run(arguments.dropLast(2) + ["--exact", "3", "--output", "\(folder.path)/s"])
    #expect(other.status == 64 && other.notes.contains("exact noise scales (here 2, asked for 3)"))
  }

  @Test(arguments: [
    (["--rates", "0.1,x"], "--rates takes numbers above 0"), (["--batch", "1"], "leave batch 1 out"),
    (["--observe-at", "daily"], "'daily' is no schedule"), (["--exact", "-1"], "--exact must be at least 0"),
  ])
  func studiesThatMakeNoSenseAreRefused(_ more: [String], _ message: String) throws {
    let run = try Tool.run(
      ["study", "noise-scale", "--data", "dots", "--model", "mlp:8", "--output", "\(folder.path)/s"] + more)
    #expect(run.status == 64 && run.notes.contains(message) && folder.names().isEmpty, "\(run.notes)")
  }
}
