# The build that scripts/test, scripts/docs and the other checks share, so that everything is compiled once. Sourced, not
# run. It has a folder of its own: what a developer has in .build stays as it is.

# Release, as it is measured and used, with the internals open to tests and every Swift warning an error. There is no
# debug build beside it: the sources hold no assertions that only a debug build would check, and scripts/check-package
# compiles all libraries in debug, as a user's package does.
test_build=(--scratch-path .build-test --configuration release -Xswiftc -enable-testing -Xswiftc -warnings-as-errors)

# Where its programs and modules are.
test_build_folder() { swift build "${test_build[@]}" --show-bin-path; }

# c_module_flags BIN SOURCES: the flags with which a Swift compiler finds the C modules beneath the libraries, in `flags`,
# for modules built into BIN from the package in the folder SOURCES.
c_module_flags() {
  local map library
  # shellcheck disable=SC2034
  flags=(-I "$1/Modules")
  for map in "$1"/*.build/module.modulemap "$2"/CSystemLibs/*/module.modulemap; do
    flags+=(-Xcc "-fmodule-map-file=$map")
  done
  for library in openblas lapacke zlib; do
    # Words to be split: pkg-config answers with options.
    # shellcheck disable=SC2207
    flags+=($(pkg-config --cflags-only-I "$library"))
  done
}
