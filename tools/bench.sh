#!/bin/bash
# Measurements, ratios within one run: company openings a second in process against the raw rows, on SQLite and
# PostgreSQL; documents a second; entries of the log a second; openings a second and latencies over HTTP; memory, start, first page; growth; the process
# engine, decisions and FEEL alone; the reference process, beside it bpmn-engine and DBOS from npm; bytes of a closed case; timers after an outage. The lines of the end are one table.
#   CASES=1024 ROUNDS=3  openings at once, rounds        HTTP_SECONDS=20   length of each HTTP load
#   GROWTH=100000                    cases of the reference process the city grows to (0: left out; 10000000 with --large)
#   TIMERS=100000                    timers that are due after an outage
#   ARCHIVE=100000 ARCHIVE_OPENINGS=500  closed cases that are folded
#   BOARD=200000                     cases behind the leader's pages (0: left out; 10000000 with --large)
set -u
cd "$(dirname "$0")/.." || exit 1
build=${BENCH_BUILD:-build-bench} cases=${CASES:-1024} rounds=${ROUNDS:-3} growth=${GROWTH:-100000} board=${BOARD:-200000}
[ "${1:-}" = --large ] && growth=10000000 board=10000000
work=$(mktemp -d "${TMPDIR:-/tmp}/tongban-bench.XXXXXX")
chmod 755 "$work"
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -d "$work/pg" ] && tools/pg_test_server.sh stop "$work/pg" >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" -Dbuildtype=release >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
fi
echo "构建 / building $build" >&2
ninja -C "$build" bench/openings_bench bench/archive_bench bench/timers_bench bench/engine_bench bench/seal_bench bench/decision_bench bench/board_bench bench/log_bench app/tongban/tongban app/signd/tongban-signd app/witness/tongban-witness \
    >"$work/log" 2>&1 ||
    { tail -30 "$work/log" >&2; exit 1; }

# ---- the machine names itself ----
device=$(df --output=source "$work" | tail -1)
name=$(basename "$(readlink -f "$device")")
base=$(lsblk -no pkname "/dev/$name" 2>/dev/null | head -1)
rotates=$(cat "/sys/block/${base:-$name}/queue/rotational" 2>/dev/null)
kind=disk
[ "$rotates" = 0 ] && kind="solid-state or virtual disk"
[ "$rotates" = 1 ] && kind="rotating or virtual disk"
echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GB", $2 / 1e6}' /proc/meminfo) memory, $kind with $(df --output=fstype "$work" | tail -1), Linux $(uname -r | cut -d- -f1), load $(cut -d' ' -f1 /proc/loadavg) before the run"

export TONGBAN_SOURCE_ROOT=$PWD
status=0
TONGBAN_TEST_PG=$(tools/pg_test_server.sh start "$work/pg") || { echo "没有 PostgreSQL / no PostgreSQL" >&2; status=1; }
export TONGBAN_TEST_PG
"$build/bench/engine_bench" 2 || status=1
"$build/bench/decision_bench" 2 || status=1
"$build/bench/seal_bench" 3 || status=1
for load in "" "--rate 20000"; do
    # shellcheck disable=SC2086
    "$build/bench/log_bench" --witness "$build/app/witness/tongban-witness" $load || status=1
done
if [ -d web/node_modules/feelin ]; then node bench/decision_feelin.mjs 2 || status=1; fi
"$build/bench/openings_bench" --cases "$cases" --rounds "$rounds" || status=1
"$build/bench/openings_bench" --reference --cases $((2 * cases)) --rounds $((5 * rounds)) || status=1
if (cd bench/peers && npm ci --ignore-scripts --no-audit --no-fund) >"$work/npm.log" 2>&1; then
    node bench/peers/bpmn_engine.mjs 5 || status=1
    if [ -n "$TONGBAN_TEST_PG" ]; then
        psql -q "$TONGBAN_TEST_PG" -c 'CREATE DATABASE dbos_bench' &&
            node bench/peers/dbos.mjs "postgresql://postgres@localhost:$(sed 's/.*port=\([0-9]*\).*/\1/' <<<"$TONGBAN_TEST_PG")/dbos_bench?host=$work/pg" 5 ||
            status=1
    fi
else
    echo "没有 npm 的对照引擎 / no peers from npm: $(tail -1 "$work/npm.log")" >&2
fi
"$build/bench/archive_bench" --cases "${ARCHIVE:-100000}" --openings "${ARCHIVE_OPENINGS:-500}" || status=1
"$build/bench/timers_bench" --timers "${TIMERS:-100000}" || status=1
if [ "$growth" -gt 0 ]; then
    "$build/bench/openings_bench" --reference --cases 512 --rounds 9 --growth "$growth" || status=1
fi
if [ "$board" -gt 0 ]; then
    BENCH_BUILD=$build CASES=$board tools/bench_board.sh || status=1
fi

# ---- over HTTP ----
url=http://127.0.0.1:18099
start() { # database
    TONGBAN_DATABASE=$1 TONGBAN_HTTP_RATE=10000000 TONGBAN_HTTP_RATE_COSTLY=10000000 \
        "$build/app/tongban/tongban" --data "$work/city" serve --demo --listen 127.0.0.1:18099 >"$work/server.log" 2>&1 &
    server=$!
    for _ in $(seq 3000); do
        curl -fs $url/healthz >/dev/null 2>&1 && return 0
        sleep 0.01
    done
    return 1
}
stop() {
    kill "$server"
    wait "$server" 2>/dev/null
    server=
}
for kind in sqlite postgresql; do
    database=
    [ $kind = postgresql ] && database=$TONGBAN_TEST_PG
    rm -rf "$work/city"
    start "$database" && stop # the first start makes the city
    from=$(date +%s%N)
    start "$database" || { tail -5 "$work/server.log" >&2; status=1; continue; }
    echo "$kind: start of an existing city: $((($(date +%s%N) - from) / 1000000)) ms to the first answer"
    python3 tools/bench_http.py --url $url --signins "$work/city/demo-signins.json" --seconds "${HTTP_SECONDS:-20}" \
        --name "$kind" --pid "$server" || {
        tail -5 "$work/server.log" >&2
        status=1
    }
    stop
done
exit $status
