# Python environments with pinned packages. Sourced, not run.

# Whether the environment $1 has every package that the files after it pin, in that version.
has_packages() {
  local venv=$1
  shift
  [[ -x $venv/bin/python ]] && "$venv/bin/python" - "$@" <<'END'
import importlib.metadata
import sys

for path in sys.argv[1:]:
    for line in open(path):
        name, _, version = line.partition("#")[0].strip().partition("==")
        try:
            # A build for some processor has a version of its own behind a plus sign.
            if name and importlib.metadata.version(name).partition("+")[0] != version:
                sys.exit(1)
        except importlib.metadata.PackageNotFoundError:
            sys.exit(1)
END
}

# What the files pin, in one line.
package_names() {
  grep --no-filename --invert-match '^#' "$@" | paste -sd ' '
}

# Creates the environment $1, if there is none, and installs what the file $2 pins; options for pip follow.
install_packages() {
  local venv=$1 requirements=$2
  shift 2
  echo "installing $(package_names "$requirements") in $venv" >&2
  if [[ ! -x $venv/bin/pip ]]; then "${PYTHON:-python3}" -m venv "$venv" || return; fi
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" "$@"
}
