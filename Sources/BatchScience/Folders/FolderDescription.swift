import BatchFoundation

/// Reads what a folder's JSON file says of it: the version of the format first, without which the rest means nothing.
func readDescription<Description: Decodable>(
  _ type: Description.Type, from path: String, format expected: Int, _ kind: (FileError) -> StudyError
) throws(StudyError) -> Description {
  let bytes = try filing(kind) { () throws(FileError) in try DurableFile.read(path) }
  let found = try filing(kind) { () throws(FileError) in try RecordJSON.format(of: bytes, path: path) }
  guard found == expected else { throw .otherFormat(path: path, found: found, expected: expected) }
  return try filing(kind) { () throws(FileError) in try RecordJSON.decode(type, from: bytes, path: path) }
}
