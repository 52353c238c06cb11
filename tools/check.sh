#!/bin/sh
# Checks of the text that need no build: layers, banned functions, lengths, documentation, format.
# Each says its lines; exit 1 if any fails. tools/tidy.sh (clang-tidy) needs a build folder and stands apart.
set -u
cd "$(dirname "$0")/.." || exit 1
good=0 bad=0

run() {
    title=$1
    shift
    echo "== $title"
    if "$@"; then good=$((good + 1)); else bad=$((bad + 1)); fi
}

run "the checks themselves" python3 tools/selftest.py
run "layers" python3 tools/check_layers.py
run "banned functions" python3 tools/check_banned.py
run "query parameters" python3 tools/check_query.py
run "lengths" python3 tools/check_length.py
run "links in the documentation" python3 tools/check_docs.py
run "docs/retention.md" python3 tools/retention.py --check
run "docs/errors.md" python3 tools/errors_doc.py --check
if command -v clang-format-14 >/dev/null || command -v clang-format >/dev/null; then
    run "format" tools/format.sh --check
else
    echo "== format: skipped, no clang-format"
fi

echo "check: $good passed, $bad failed"
[ $bad -eq 0 ]
