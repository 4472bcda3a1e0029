import BatchAlgebra

/// Uses the algebra as a stranger's program does, or breaks one of its contracts, which has to stop the program.
@main
struct Contracts {
  static func main() throws {
    try BLASLibrary.prepare()
    let matrix = try Matrix<Float>([[4, 2], [2, 5]])
    switch CommandLine.arguments.dropFirst().first {
    case "work": try work(matrix)
    case "element": print(matrix[2, 0])
    case "block": print(matrix.withView { $0.block(rows: 0..<3, columns: 0..<1) })
    case "view": matrix.withView { print(MatrixView($0.baseAddress, rows: 2, columns: 2, rowStride: 1)) }
    case "array": [Float](repeating: 1, count: 3).withMatrixView(rows: 2, columns: 2) { print($0) }
    case "team":
      let team = try ThreadTeam(threads: 2)
      team.run(Nested(team: team))
    default: print("say which contract")
    }
  }

  private static func work(_ matrix: Matrix<Float>) throws {
    let x = try solve(matrix, [8, 9])
    let residual = try product(matrix, times: x)
    print(matrix, "times", x, "is", residual)
    guard try squaredDistance(residual, [8, 9]) < 1e-10 else { fatalError("the solution does not solve the equations") }
  }
}

/// A task that gives its own team another one: what two callers do that share a team.
private struct Nested: TeamTask {
  let team: ThreadTeam
  func run(thread: Int, of threads: Int) { team.run(Nested(team: team)) }
}
