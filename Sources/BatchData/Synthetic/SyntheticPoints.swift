import BatchAlgebra

/// Examples made one after another, the classes taking turns.
enum SyntheticPoints {
  static func make(
    name: String, examples: Int, classes: [String], dimensions: Int, _ point: (_ label: Int) -> [Float]
  ) throws(DataError) -> Dataset {
    guard examples >= 1 else { throw .unusable("\(name): at least 1 example must be made, not \(examples)") }
    let labels = (0..<examples).map { Int32($0 % classes.count) }
    let elements = labels.flatMap { point(Int($0)) }
    do {
      let features = try Matrix(rows: examples, columns: dimensions, elements)
      return try Dataset(
        name: name, features: features, exampleShape: [dimensions], targets: .classes(labels: labels, names: classes))
    } catch let error as DataError {
      throw error
    } catch {
      throw .outOfMemory("\(error)")
    }
  }
}
