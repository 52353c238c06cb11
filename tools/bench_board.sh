#!/bin/bash
# The board over many cases: a demonstration city is made, filled with the measures of CASES/100 cases and of CASES, and its leader's pages
# are timed over HTTP each time. One line each; the last column is the ratio of the two.
#   CASES=10000000 SERVICES=300 DEPARTMENTS=30 MONTHS=24 REQUESTS=100
#   BENCH_BUILD=build-bench   a build with bench/board_bench, tongban and tongban-signd
#   TONGBAN_TEST_PG           a PostgreSQL server; without it SQLite alone
set -eu
cd "$(dirname "$0")/.."
build=${BENCH_BUILD:-build-bench} cases=${CASES:-10000000}
work=$(mktemp -d "${TMPDIR:-/tmp}/tongban-board.XXXXXX")
chmod 755 "$work"
export TONGBAN_SOURCE_ROOT=${TONGBAN_SOURCE_ROOT:-$PWD}
url=http://127.0.0.1:18098 server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "${name:-}" ] || psql -qd "$TONGBAN_TEST_PG" -c "DROP DATABASE IF EXISTS $name" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
start() { # database
    TONGBAN_DATABASE=$1 TONGBAN_HTTP_RATE=10000000 TONGBAN_HTTP_RATE_COSTLY=10000000 \
        "$build/app/tongban/tongban" --data "$work/city" serve --demo --listen "${url#http://}" >"$work/server.log" 2>&1 &
    server=$!
    for _ in $(seq 6000); do
        curl -fs $url/healthz >/dev/null 2>&1 && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    tail -5 "$work/server.log" >&2
    return 1
}
stop() {
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
}
fill() { # database, cases
    "$build/bench/board_bench" --database "$1" --cases "$2" --services "${SERVICES:-300}" --departments "${DEPARTMENTS:-30}" --months "${MONTHS:-24}"
}
ask() { # what it is called, database, further words
    local called=$1
    start "$2"
    shift 2
    python3 tools/bench_board.py --url $url --signins "$work/city/demo-signins.json" --requests "${REQUESTS:-100}" --name "$called" --pid "$server" "$@"
    stop
}
for kind in sqlite postgresql; do
    database=sqlite:$work/city/city.db
    if [ $kind = postgresql ]; then
        [ -n "${TONGBAN_TEST_PG:-}" ] || continue
        name=tongban_board_$$
        psql -qd "$TONGBAN_TEST_PG" -c "CREATE DATABASE $name" >/dev/null
        database=${TONGBAN_TEST_PG/\/postgres\?/\/$name?}
    fi
    rm -rf "$work/city"
    start "$database"
    stop
    few=$((cases / 100))
    fill "$database" $few
    ask "$kind, $few cases" "$database" --out "$work/few.json"
    fill "$database" $((cases - few))
    ask "$kind, $cases cases" "$database" --against "$work/few.json"
    echo "$kind: load $(cut -d' ' -f1-3 /proc/loadavg)"
done
