#!/bin/bash
# clang-tidy over the sources of a build folder (it needs its compile_commands.json), on all cores.
#   tools/tidy.sh BUILD [files or folders…]      default: all that is compiled into the programs
#   NODES=225000 tools/tidy.sh BUILD …   how far the analyzer follows a function's paths (its own bound); by default 20000, which finds what is
#   within one function in an eighth of the time
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: tools/tidy.sh BUILD [files or folders]}
shift
tidy=$(command -v clang-tidy-14 || command -v clang-tidy) || { echo "没有 clang-tidy / no clang-tidy" >&2; exit 1; }
[ $# -gt 0 ] || set -- base engine store trust city areas http app
results=$(mktemp)
trap 'rm -f "$results"' EXIT
nodes=${NODES:-20000}
export tidy build results nodes
one() {
    grep -qF "/$1\"" "$build/compile_commands.json" || return 0
    if "$tidy" --quiet --extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes="$nodes" -p "$build" "$1" 2>/dev/null; then echo good >>"$results"; else echo bad >>"$results"; fi
}
export -f one
git ls-files -co --exclude-standard -- "$@" | grep '\.c$' | grep -vE '_(test|test_support|fuzz)\.c$' |
    xargs -P "$(nproc)" -I '{}' bash -c 'one "$1"' one '{}'
bad=$(grep -c bad "$results")
echo "tidy: $(grep -c good "$results") passed, $bad failed"
[ "$bad" -eq 0 ]
