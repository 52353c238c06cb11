#!/bin/sh
# Formats the C sources, or with --check lists those that are not formatted (exit 1).
# Arguments after that: files; none: all of them.
#
# clang-format cannot tell headers from sources: in headers a short inline function stands on one line, in
# sources never. Hence one style with one change for headers.
set -eu
cd "$(dirname "$0")/.."
format=$(command -v clang-format-14 || command -v clang-format)
check=no
if [ "${1:-}" = --check ]; then
    check=yes
    shift
fi

headers=$(mktemp)
trap 'rm -f "$headers"' EXIT
sed 's/^AllowShortFunctionsOnASingleLine:.*/AllowShortFunctionsOnASingleLine: All/' .clang-format >"$headers"

if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046
    set -- $(git ls-files -co --exclude-standard '*.c' '*.h')
fi

bad=0
for file; do
    [ -f "$file" ] || continue
    case "$file" in
    *.h) style="file:$headers" ;;
    *) style="file:.clang-format" ;;
    esac
    if [ "$check" = no ]; then
        "$format" -i --style="$style" "$file"
    elif ! "$format" --style="$style" --dry-run -Werror "$file" >/dev/null 2>&1; then
        echo "$file: not formatted (tools/format.sh $file)"
        bad=1
    fi
done
exit $bad
