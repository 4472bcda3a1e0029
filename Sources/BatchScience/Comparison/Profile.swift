public import BatchFoundation
public import BatchProfiling

/// A profile of products or of training steps, as a file holds it.
public enum Profile: Sendable, Hashable {
  /// Of products.
  case gemm(GEMMProfile)
  /// Of training steps.
  case step(StepProfile)

  /// Reads a profile, and refuses one that cannot be what a profiler wrote.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` with what is wrong with the file.
  public init(path: String) throws(FileError) {
    self = try RecordJSON.decode(Profile.self, from: try DurableFile.read(path), path: path)
    if let reason = fault { throw .damaged(path: path, line: nil, reason: reason) }
  }

  private var fault: String? {
    switch self {
    case .gemm(let profile): profile.fault
    case .step(let profile): profile.fault
    }
  }

  /// Writes the profile: whole, or not at all.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when it cannot be written.
  public func write(to path: String) throws(FileError) { try DurableFile.write(json, to: path) }

  /// The profile as JSON.
  public var json: [UInt8] { RecordJSON.line(self) }

  /// What the machine could do at most.
  public var ceilings: MachineCeilings {
    switch self {
    case .gemm(let profile): profile.ceilings
    case .step(let profile): profile.ceilings
    }
  }

  /// Whether it was stopped before it was done.
  public var wasStopped: Bool {
    switch self {
    case .gemm(let profile): profile.wasStopped
    case .step(let profile): profile.wasStopped
    }
  }

  /// The machine and the software.
  public var environment: MachineEnvironment {
    switch self {
    case .gemm(let profile): profile.environment
    case .step(let profile): profile.environment
    }
  }
}

extension Profile: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind
    case profile
  }

  private enum Kind: String, Codable {
    case gemm
    case step
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Kind.self, forKey: .kind) {
    case .gemm: self = .gemm(try container.decode(GEMMProfile.self, forKey: .profile))
    case .step: self = .step(try container.decode(StepProfile.self, forKey: .profile))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .gemm(let profile):
      try container.encode(Kind.gemm, forKey: .kind)
      try container.encode(profile, forKey: .profile)
    case .step(let profile):
      try container.encode(Kind.step, forKey: .kind)
      try container.encode(profile, forKey: .profile)
    }
  }
}
