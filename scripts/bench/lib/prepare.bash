# What the scripts beside this folder need before they measure: the worker built, and the peers installed. Sourced, not
# run, after `bench`, `repository` and `python` are set.
# shellcheck shell=bash disable=SC2154

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

# Builds the worker of the checkout in a folder and prints its path.
worker_of() {
  local build=(
    --package-path "$1/scripts/bench/worker" --scratch-path "$1/.build/bench-worker" --configuration release
  )
  say "building the worker of $1"
  swift build "${build[@]}" --product BenchWorker --quiet >&2
  printf '%s/BenchWorker\n' "$(swift build "${build[@]}" --show-bin-path)"
}

# Builds the workers and leaves the options that name them in `workers`: this checkout's, and with --before FOLDER among
# the arguments that of the checkout there.
build_workers() {
  local argument before=
  workers=(--worker "$(worker_of "$repository")")
  while [[ $# -gt 0 ]]; do
    argument=$1
    shift
    case $argument in
      --before=*) before=${argument#--before=} ;;
      --before) before=${1:-} ;;
    esac
  done
  [[ -z $before ]] && return
  [[ -d $before/scripts/bench/worker ]] || fail "--before $before is not a checkout of this package"
  # shellcheck disable=SC2034
  workers+=(--before-worker "$(worker_of "$before")")
}

# Whether the options name an engine that runs in Python; without --engines all run.
wants_peers() {
  local argument engines=torch,jax
  while [[ $# -gt 0 ]]; do
    argument=$1
    shift
    case $argument in
      --engines=*) engines=${argument#--engines=} ;;
      --engines) engines=${1:-} ;;
    esac
  done
  [[ ,$engines, == *,torch,* || ,$engines, == *,jax,* ]]
}

# Makes the Python environment of the peers where it is missing and leaves its interpreter in `peer_python`. Fails with
# a word, and no more: the engines that need no Python can still be timed.
make_peer_environment() {
  local venv=$repository/.build/bench-venv requirements=$bench/requirements.txt
  if ! cmp -s "$requirements" "$venv/requirements.txt"; then
    say "installing $(grep -v '^#' "$requirements" | paste -sd ' ') in $venv"
    if ! "$python" -m venv "$venv" >&2; then
      say "PyTorch and JAX are left out: $python cannot make a virtual environment." \
        "On Debian that takes: apt-get install python3-venv"
      return 1
    fi
    if ! "$venv/bin/pip" install --quiet --requirement "$requirements" >&2; then
      say "PyTorch and JAX are left out: pip could not install them, see above"
      return 1
    fi
    # Copied last: an installation that was cut short starts over.
    cp "$requirements" "$venv/requirements.txt"
  fi
  # shellcheck disable=SC2034
  peer_python=$venv/bin/python
}
