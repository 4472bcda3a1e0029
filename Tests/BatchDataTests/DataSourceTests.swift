import BatchData
import BatchFormats
import BatchTestSupport
import Testing

@Suite("Naming data")
struct DataSourceTests {
  @Test("Names stand for their sources")
  func parsing() throws {
    #expect(try DataSource(parsing: "fashion-mnist") == .fashionMNIST(directory: nil))
    #expect(try DataSource(parsing: "mnist", directory: "/d") == .fashionMNIST(directory: "/d"))
    #expect(try DataSource(parsing: "dots") == .dots(Dots()))
    #expect(try DataSource(parsing: "dots:examples=50,distance=1.5") == .dots(examples: 50, distance: 1.5))
    #expect(try DataSource(parsing: "spirals:arms=3,examples=9") == .spirals(examples: 9, arms: 3))
    #expect(try DataSource(parsing: "teacher:noise=0.25") == .teacher(Teacher(labelNoise: 0.25)))
    #expect(try DataSource(parsing: "a/b.csv", label: "y") == .csv(path: "a/b.csv", label: "y"))
    #expect(try DataSource(parsing: "b.csv.gz", directory: "/d") == .csv(path: "/d/b.csv.gz", label: nil))
    #expect(try DataSource(parsing: "/b.csv", directory: "/d") == .csv(path: "/b.csv", label: nil))
    #expect(try DataSource(parsing: "a/b.npz", directory: "/d") == .npz(path: "/d/a/b.npz"))
    #expect(try DataSource(parsing: "/tmp") == .fashionMNIST(directory: "/tmp"))
  }

  @Test(
    "A synthetic source's description is a name for it", arguments: ["dots", "spirals:arms=5", "teacher:noise=0.1"])
  func roundTrip(name: String) throws {
    let source = try DataSource(parsing: name)
    #expect(try DataSource(parsing: source.description) == source)
  }

  @Test(
    "What cannot be parsed is answered with what can",
    arguments: [
      (
        "cifar",
        "there is no data set 'cifar'; choose one of fashion-mnist, mnist, dots, spirals, teacher, PATH.csv, "
          + "PATH.npz, or give a folder with IDX files"
      ),
      ("mnist", "mnist is looked for in no folder of its own; give the folder with its IDX files"),
      ("dots:size=3", "dots has no option 'size'; its options are examples, distance"),
      ("dots:examples=many", "dots: examples cannot be 'many'; give a whole number"),
      ("dots:distance=far", "dots: distance cannot be 'far'; give a number"),
      (
        "dots:examples",
        "'examples' behind dots: is no option, or there twice; write options as in dots:examples=500,distance=3"
      ),
    ])
  func refused(name: String, expected: String) throws {
    let error = try #require(thrownError { () throws(DataError) in try DataSource(parsing: name) })
    #expect(error.description == expected)
  }

  @Test("Sources without a test part are split 70/15/15, or with the validation part asked for")
  func proportions() throws {
    let usual = try DataSource.dots(examples: 200).load(seed: 1)
    #expect([usual.train.count, usual.validation.count, usual.test.count] == [140, 30, 30])
    let asked = try DataSource.dots(examples: 200).load(validation: 50, seed: 1)
    #expect([asked.train.count, asked.validation.count, asked.test.count] == [120, 50, 30])
    #expect(usual.standardisation.mode == .none)
  }

  @Test("A table is loaded and standardised by its training rows")
  func table() throws {
    let folder = TemporaryFolder()
    let rows = (0..<100).map { "\($0),\($0 % 3 == 0 ? "yes" : "no")\n" }.joined()
    let data = try DataSource(parsing: folder.write("x,answer\n" + rows, to: "t.csv")).load(seed: 2)
    #expect(data.train.name == "t.csv")
    #expect(data.train.targets.classCount == 2)
    let train = data.train.features.elements.map { Double($0) }
    #expect(abs(train.reduce(0, +)) < 1e-4)
    #expect(abs(train.reduce(0) { $0 + $1 * $1 } / Double(train.count) - 1) < 1e-5)
  }

  @Test("The catalogue tells what is there")
  func catalogue() {
    let here = DataSource.catalogue(directory: "/nowhere")
    #expect(here.map(\.name) == ["fashion-mnist", "mnist", "dots", "spirals", "teacher", "PATH.csv", "PATH.npz"])
    #expect(here.map(\.isPresent) == [false, false, true, true, true, false, false])
    #expect(here[0].location == "/nowhere")
  }
}
