#!/bin/bash
# The fault simulator, for long: MODELS random processes (default 10000) from SEED (default 1) on, STEPS steps each (60). First every
# deliberate defect must be found. Prints what went wrong, what was met, and the command that shows a failure again.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build-ci}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" -Dbuildtype=debugoptimized >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
ninja -C "$build" test/fault/fault_simulate >"$log" 2>&1 || { tail -30 "$log" >&2; exit 1; }
export TONGBAN_SOURCE_ROOT=$PWD
"$build/test/fault/fault_simulate" --defects --models 400 || exit 1
exec "$build/test/fault/fault_simulate" --models "${MODELS:-10000}" --seed "${SEED:-1}" --steps "${STEPS:-60}" --jobs "$(nproc)"
