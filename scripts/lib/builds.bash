# The builds that scripts/test and scripts/docs share, so that one does not undo the other's work. Sourced, not run.
# They have a folder of their own: what a developer has in .build stays as it is.

# Debug, every Swift warning of ours an error. Dependencies compile without a warning, too.
# shellcheck disable=SC2034
strict_debug=(--scratch-path .build-test -Xswiftc -warnings-as-errors)

# Release, as it is measured and used, with the internals open to tests.
# shellcheck disable=SC2034
release_tests=(--scratch-path .build-test --configuration release -Xswiftc -enable-testing)
