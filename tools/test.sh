#!/bin/bash
# Everything CI runs, stage by stage; the last line is "N passed, N failed, N skipped". Exit 0 when nothing failed.
#   STAGES="check unit"   only these
# Stages go in two lanes side by side once the build stands: the compilers' and the running city's, which mostly waits.
# Test data that may not be shipped lies in TONGBAN_SHARED_DATA (default ../shared/data): absent, its tests are skipped and
# counted; under CI=true that is a failure. Logs stay in build-ci/logs.
set -u
cd "$(dirname "$0")/.." || exit 1
LANES=("check web unit conformance fuzz asan tsan tidy" "start walk newcomer browser")
stages=" ${STAGES:-${LANES[*]}} "
logs=$PWD/build-ci/logs
mkdir -p "$logs"
export TONGBAN_SOURCE_ROOT=$PWD
export TONGBAN_BIN=$PWD/build-ci/app/tongban/tongban
work=$(mktemp -d /tmp/tongban-test.XXXXXX)
chmod 755 "$work"
lanes=()
exec 9>build-ci/lock
flock -n 9 || { echo "这里已有一轮测试在运行 / another run of the tests goes on here" >&2; exit 1; }

finish() {
    for lane in "${lanes[@]}"; do kill -- -"$lane" 2>/dev/null; done
    [ ! -d "$work/pg" ] || tools/pg_test_server.sh stop "$work/pg" >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

postgres() { # a server of our own, unless one is named
    [ -z "${TONGBAN_TEST_PG:-}" ] || return 0
    TONGBAN_TEST_PG=$(tools/pg_test_server.sh start "$work/pg" 9>&-) || return 1
    export TONGBAN_TEST_PG
}

setup() { # folder, meson options: configured once
    dir=$1
    shift
    [ -f "$dir/build.ninja" ] || meson setup "$dir" "$@"
}

# A meson build and its tests; the last line says the counts.
meson_tests() { # folder, arguments of meson test
    dir=$1
    shift
    ninja -C "$dir" || return 1
    meson test -C "$dir" --no-rebuild --print-errorlogs "$@"
    code=$?
    read -r p f s < <(python3 tools/count_tests.py "$dir/meson-logs/testlog.json")
    echo "meson: $p passed, $f failed, $s skipped"
    return $code
}

stage_check() { tools/check.sh; }
stage_web() {
    ninja -C build-ci web/web.stamp && (cd web && npm run --silent typecheck && npx vitest run --reporter=json --outputFile="$work/vitest.json") || return 1
    node -e 'const r=JSON.parse(require("fs").readFileSync(process.argv[1])); console.log(`web: ${r.numPassedTests} passed, ${r.numFailedTests} failed, ${r.numPendingTests} skipped`)' "$work/vitest.json"
}
stage_unit() { # what is sealed by SM4 is the same on both databases
    meson_tests build-ci --no-suite conformance --no-suite sm4 --timeout-multiplier 2 &&
        TONGBAN_TEST_SKIP='*/postgres' meson_tests build-ci --suite sm4 --timeout-multiplier 2
}
stage_conformance() { BUILD=build-ci tools/conformance.sh; }
stage_fuzz() { BUILD=build-ci-fuzz SECONDS_EACH=0 tools/fuzz.sh; }
stage_asan() { # the fuzz targets' build: clang with the address and undefined behaviour sanitizers
    # The drivers on both databases. What stands on them is the same code whatever is below: here on SQLite, on both in unit.
    export LSAN_OPTIONS="suppressions=$PWD/test/lsan.supp"
    meson_tests build-ci-fuzz --suite store --timeout-multiplier 6 &&
        TONGBAN_TEST_SKIP='*/postgres' meson_tests build-ci-fuzz --no-suite store --no-suite conformance --no-suite fuzz \
            --no-suite fault --no-suite sm4 --timeout-multiplier 6
}
stage_tsan() { # what runs in several threads
    setup build-ci-tsan -Db_sanitize=thread -Doptimization=1 -Drooms=base,engine,store,trust,city,areas,http,test || return 1
    export TSAN_OPTIONS="halt_on_error=1 suppressions=$PWD/test/tsan.supp"
    meson_tests build-ci-tsan --suite store --suite http --timeout-multiplier 10 &&
        meson_tests build-ci-tsan cases_race cases_jobs cases_idempotency hashing --timeout-multiplier 10
}
stage_tidy() { tools/tidy.sh build-ci; }
stage_start() { python3 test/start/run.py; }
stage_walk() { # built and started as `make run` does
    tools/build.sh build-ci-run && BUILD=build-ci-run CITY=demo PORT=18191 DATA=$work/walk STAY=no tools/run.sh && echo "walk: 1 passed, 0 failed"
}
stage_newcomer() { python3 test/newcomer/run.py; }
stage_browser() { (cd test/browser/reader && npm ci --ignore-scripts --no-audit --no-fund) >/dev/null && node test/browser/run.mjs; }

# Counts are the sums of all "name: N passed, N failed[, N skipped]" lines; a stage that fails without one counts as one.
run() {
    name=$1 log=$logs/$1.log from=$(date +%s)
    ("stage_$name") >"$log" 2>&1
    code=$?
    read -r p f s < <(grep -aoE '^[a-z-]+: [0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$log" |
        sed -E 's/^[a-z-]+: ([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?/\1 \2 \4/' | awk '{p += $1; f += $2; s += $3} END {print p + 0, f + 0, s + 0}')
    [ $code -eq 0 ] || [ "$f" -gt 0 ] || f=1
    [ $code -ne 0 ] || [ $((p + f + s)) -gt 0 ] || f=1 # a stage that counted nothing ran nothing
    echo "$name $p $f $s" >>"$work/results"
    { # in one piece, for two lanes print
        printf '── %s: %s passed, %s failed, %s skipped (%s s)\n' "$name" "$p" "$f" "$s" "$(($(date +%s) - from))"
        if [ "$f" -gt 0 ]; then
            grep -aE 'FAILED|FAIL |error:|ERROR|not ok|✗|×' "$log" | head -30
            tail -n 25 "$log" | tr -d '\000'
            echo "   全部输出 / all of it: $log    重跑 / again: STAGES=$name make test"
        fi
    } >"$work/said.$name"
    cat "$work/said.$name"
}

lane() { for s in $1; do [[ $stages != *" $s "* ]] || run "$s"; done; }

echo "构建 / building build-ci"
setup build-ci >"$logs/setup.log" 2>&1 && ninja -C build-ci >"$logs/build.log" 2>&1 || {
    tail -n 40 "$logs/setup.log" "$logs/build.log" 2>/dev/null
    echo "构建失败，见上 / the build failed, see above"
    echo "0 passed, 1 failed"
    exit 1
}
postgres || { echo "没有 PostgreSQL / no PostgreSQL server could be started"; echo "0 passed, 1 failed"; exit 1; }
for s in $stages; do
    [[ " ${LANES[*]} " == *" $s "* ]] || { echo "没有这一步 / no such stage: $s"; echo "0 passed, 1 failed"; exit 1; }
done
: >"$work/results"
set -m # a process group for each lane, so that all of it can be stopped
for l in "${LANES[@]}"; do
    lane "$l" 9>&- &
    lanes+=($!)
done
set +m
wait "${lanes[@]}"
lanes=()
# A stage without a result did not come to its end: that is a failure too.
awk -v stages="$stages" '{seen[$1] = 1; p += $2; f += $3; s += $4; if ($3 > 0) bad = bad " " $1}
    END {
        n = split(stages, name, " ")
        for (i = 1; i <= n; i++) if (!(name[i] in seen)) { f++; bad = bad " " name[i] }
        if (bad) print "失败 / failed:" bad
        print p + 0 " passed, " f + 0 " failed, " s + 0 " skipped"
        exit (n == 0 || f > 0)
    }' "$work/results"
