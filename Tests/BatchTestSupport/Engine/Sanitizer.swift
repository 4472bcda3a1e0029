import Glibc

/// Whether the program was built with one of the compiler's sanitizers, which take the place of the allocator.
public enum Sanitizer {
  /// With the address sanitizer (`--sanitize=address`).
  public static let isAddress = dlsym(nil, "__asan_init") != nil
  /// With the thread sanitizer (`--sanitize=thread`).
  public static let isThread = dlsym(nil, "__tsan_init") != nil
  /// With either.
  public static let isOn = isAddress || isThread
}
