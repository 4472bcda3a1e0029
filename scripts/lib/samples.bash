# Type-checks the Swift samples of the documentation against built modules. Sourced, not run.
#
# The samples of one page are one program: what a block declares, the next one may use. A block begins with the line
# ```swift and nothing behind it. What a reader need not see stands in a comment before the block:
#
#   <!-- sample
#   let network = try Network<Float>(…)
#   -->

# The program of a page on standard output: its blocks, with `import Batchwise` before them. The lines in between are
# empty, so that the compiler's line numbers are those of the page.
sample_of_page() {
  awk '
    /^```swift$/ { inside = 1; print ""; next }
    /^<!-- sample$/ { inside = 2; print ""; next }
    inside == 1 && /^```$/ || inside == 2 && /^-->$/ { inside = 0; print ""; next }
    { print inside ? $0 : (NR == 1 ? "import Batchwise" : "") }
  ' "$1"
}

# check_samples BIN WORK PAGE…: type-checks the pages against the modules that were built into BIN. Needs builds.bash.
check_samples() {
  local bin=$1 work=$2 page count=0 failed=0 flags
  shift 2
  c_module_flags "$bin" .
  flags+=(-swift-version 6 -module-name Sample)
  mkdir -p "$work"
  for page in "$@"; do
    grep --quiet '^```swift$' "$page" || continue
    # A single file is read as a program with statements of its own.
    sample_of_page "$page" >"$work/$(basename "$page" .md).swift"
    swiftc -typecheck "${flags[@]}" "$work/$(basename "$page" .md).swift" || {
      echo "docs: a sample in $page does not compile; the lines are those of the page" >&2
      failed=1
    }
    count=$((count + 1))
  done
  [[ $failed == 0 ]] || return 1
  echo "docs: the samples of $count pages compile" >&2
}
