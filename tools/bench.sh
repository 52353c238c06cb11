#!/bin/bash
# Measurements, ratios within one run: company openings a second in process against the raw rows, on SQLite and
# PostgreSQL; documents a second; openings a second over HTTP; the process engine alone.
#   CASES=400   openings of each measurement        HTTP_SECONDS=20   length of the HTTP load
set -u
cd "$(dirname "$0")/.." || exit 1
build=${BENCH_BUILD:-build-bench} cases=${CASES:-400}
work=$(mktemp -d /tmp/tongban-bench.XXXXXX)
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
echo "构建 / building $build"
ninja -C "$build" bench/openings_bench bench/engine_bench app/tongban/tongban app/signd/tongban-signd >"$work/log" 2>&1 || { tail -30 "$work/log" >&2; exit 1; }
export TONGBAN_SOURCE_ROOT=$PWD
status=0
TONGBAN_TEST_PG=$(tools/pg_test_server.sh start "$work/pg") || { echo "没有 PostgreSQL / no PostgreSQL" >&2; status=1; }
export TONGBAN_TEST_PG
"$build/bench/engine_bench" 2 || status=1
"$build/bench/openings_bench" --cases "$cases" || status=1
for kind in sqlite postgresql; do
    database=
    [ $kind = postgresql ] && database=$TONGBAN_TEST_PG
    rm -rf "$work/city"
    TONGBAN_DATABASE=$database TONGBAN_HTTP_RATE=10000000 TONGBAN_HTTP_RATE_COSTLY=10000000 \
        "$build/app/tongban/tongban" --data "$work/city" serve --demo --listen 127.0.0.1:18099 >"$work/server.log" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        curl -fs http://127.0.0.1:18099/healthz >/dev/null 2>&1 && break
        sleep 0.1
    done
    python3 tools/bench_http.py --url http://127.0.0.1:18099 --signins "$work/city/demo-signins.json" --seconds "${HTTP_SECONDS:-20}" --name "$kind" || {
        tail -5 "$work/server.log" >&2
        status=1
    }
    kill $server
    wait $server 2>/dev/null
    server=
done
exit $status
