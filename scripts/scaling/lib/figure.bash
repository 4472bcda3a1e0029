# Copies a chart of a study to where a documentation article has it. Sourced, not run, after lib/prepare.bash.
#
#   charts FOLDER                       draws the charts of the study in FOLDER, each as a file
#   figure FOLDER QUESTION TARGET.svg   copies the one that asks QUESTION

charts() {
  rm -f "$1"/chart-*.svg
  "$tool" report "$1" --charts --quiet >/dev/null
}

figure() {
  local study=$1 question=$2 target=$3 chart
  chart=$(grep --files-with-matches --fixed-strings "$question" "$study"/chart-*.svg | sort -V | head -n 1) || true
  if [[ -z $chart ]]; then
    echo "${0##*/}: no chart of $study asks '$question'; was the study made with other options, or cut short?" >&2
    exit 65
  fi
  cp "$chart" "$target"
}
