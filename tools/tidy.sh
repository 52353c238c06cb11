#!/bin/sh
# clang-tidy over the sources of a build folder (it needs its compile_commands.json).
#   tools/tidy.sh BUILD [files or folders…]      default: everything that was compiled
set -eu
cd "$(dirname "$0")/.."
build=${1:?usage: tools/tidy.sh BUILD [files or folders]}
shift
tidy=$(command -v clang-tidy-14 || command -v clang-tidy)
[ $# -gt 0 ] || set -- base engine store trust city areas http app
bad=0
for file in $(git ls-files -co --exclude-standard -- "$@" | grep '\.c$'); do
    grep -qF "/$file\"" "$build/compile_commands.json" || grep -qF "$file\"" "$build/compile_commands.json" || continue
    "$tidy" --quiet -p "$build" "$file" 2>/dev/null || bad=1
done
exit $bad
