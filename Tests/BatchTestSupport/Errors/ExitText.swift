public import Testing

/// What a program wrote to its standard error before it ended; empty where an exit test failed.
public func errorText(of result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
