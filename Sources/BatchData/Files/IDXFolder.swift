import BatchAlgebra

/// A folder with the four files of MNIST or of a data set in its form: images and labels, to train on and to test with.
struct IDXFolder {
  let path: String

  /// The examples to train on: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, each also with `.gz`.
  func training(name: String, classes: [String]) throws(DataError) -> Dataset {
    try dataset("train", name: name, classes: classes)
  }

  /// The examples to test with: `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each also with `.gz`.
  func test(name: String, classes: [String]) throws(DataError) -> Dataset {
    try dataset("t10k", name: name, classes: classes)
  }

  private func dataset(_ part: String, name: String, classes: [String]) throws(DataError) -> Dataset {
    let imagePath = try find("\(part)-images-idx3-ubyte")
    let labelPath = try find("\(part)-labels-idx1-ubyte")
    let labels = try IDXFile(labelPath, dimensions: 1)
    let images = try IDXFile(imagePath, dimensions: 3)
    guard images.shape[0] == labels.shape[0] else {
      throw .malformed(
        path: labelPath,
        reason: "it has \(labels.shape[0]) labels and \(imagePath) \(images.shape[0]) images; fetch both again")
    }
    if let example = labels.elements.firstIndex(where: { Int($0) >= classes.count }) {
      throw .malformed(
        path: labelPath,
        reason: "the label of example \(example - labels.elements.startIndex) is \(labels.elements[example]), "
          + "outside 0 … \(classes.count - 1)")
    }
    return try Dataset(
      name: name, features: try brightness(images), exampleShape: [images.shape[1], images.shape[2]],
      targets: .classes(labels: labels.elements.map(Int32.init), names: classes))
  }

  /// Pixels from 0 to 1.
  private func brightness(_ images: IDXFile) throws(DataError) -> Matrix<Float> {
    do {
      var features = try Matrix<Float>(rows: images.shape[0], columns: images.shape[1] * images.shape[2])
      features.withMutableView { view in
        images.elements.withUnsafeBufferPointer { pixels in
          for i in pixels.indices { view.baseAddress[i] = Float(pixels[i]) / 255 }
        }
      }
      return features
    } catch {
      throw .outOfMemory(error.description)
    }
  }

  private func find(_ file: String) throws(DataError) -> String {
    for candidate in ["\(path)/\(file)", "\(path)/\(file).gz"] where FileBytes.exists(candidate) { return candidate }
    throw .unreadable(
      path: "\(path)/\(file)[.gz]",
      reason: "there is no such file; install the data (apt-get install dataset-fashion-mnist) or name their folder "
        + "with --data-dir")
  }
}
