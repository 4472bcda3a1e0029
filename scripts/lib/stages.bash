# Stages of a script: each has a name and a duration, and a failing one is named. Sourced, not run.
#
#   source lib/stages.bash
#   stage "debug build"
#   swift build
#   stage "tests"
#   swift test
#   end_stages
#
# The commands of a stage stand in the open, not in a function called with `||`: there bash would ignore `set -e`.

current_stage=
stage_started=0
durations=()

stage() {
  finish_stage
  current_stage=$1
  stage_started=$SECONDS
  printf '\n== %s\n' "$current_stage" >&2
}

finish_stage() {
  if [[ -n $current_stage ]]; then
    local seconds=$((SECONDS - stage_started))
    durations+=("$(printf '%-28s %4d s' "$current_stage" "$seconds")")
    printf '== %s: done in %d s\n' "$current_stage" "$seconds" >&2
    current_stage=
  fi
}

# Ends the last stage and lists the durations of all.
end_stages() {
  finish_stage
  printf '\n' >&2
  printf '  %s\n' "${durations[@]}" "$(printf '%-28s %4d s' total "$SECONDS")" >&2
}

name_failed_stage() {
  local status=$?
  if [[ $status -ne 0 && -n $current_stage ]]; then
    printf '\n%s: FAILED in the stage "%s" after %d s (exit code %d)\n' \
      "$(basename "$0")" "$current_stage" "$((SECONDS - stage_started))" "$status" >&2
  fi
}
trap name_failed_stage EXIT
