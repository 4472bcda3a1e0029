# What the scaling studies share: the release build, and where results go. Sourced, not run.
#
#   source lib/prepare.bash
#   prepare layers "$@"        builds; sets `tool` and `output`, and `options` to what is left of the arguments
#
# The first argument may be a folder for the results; without one they go to studies/scaling/<name>.

scaling=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repository=$(cd "$scaling/../.." && pwd)

prepare() {
  local name=$1
  shift
  output=$repository/studies/scaling/$name
  if [[ $# -gt 0 && $1 != -* ]]; then
    output=$1
    shift
  fi
  # shellcheck disable=SC2034
  options=("$@")
  swift build --package-path "$repository" --configuration release --product batchwise --quiet >&2
  # shellcheck disable=SC2034
  tool=$(swift build --package-path "$repository" --configuration release --show-bin-path)/batchwise
}
