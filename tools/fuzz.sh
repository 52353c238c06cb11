#!/bin/bash
# Every fuzz target (x_fuzz.c) as a libFuzzer program with AddressSanitizer: first over its stored corpus, then searching.
#   SECONDS_EACH=60   time of the search for each target; 0: the corpus only
#   TARGETS="json xml"   only these
# New inputs that reach more stay in BUILD/found/<target>; what breaks a target is left there as crash-…, with a line here.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build-ci-fuzz} each=${SECONDS_EACH:-60}
clang=$(command -v clang-14 || command -v clang) || { echo "没有 clang / no clang: apt-get install clang-14 libclang-rt-14-dev" >&2; exit 1; }
if [ ! -f "$build/build.ninja" ]; then
    CC=$clang meson setup "$build" -Dfuzz=true -Db_sanitize=address,undefined -Dbuildtype=debugoptimized \
        -Dmalloc_arena=true -Drooms=base,engine,store,trust,city,areas,http,app,test >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }
    rm -f "$build.log"
fi
programs=$(ninja -C "$build" -t targets all | sed -n 's/^\([a-z_/]*_fuzz\): .*LINKER.*/\1/p' | sort)
[ -n "$programs" ] || { echo "没有模糊测试目标 / no fuzz targets" >&2; exit 1; }
# shellcheck disable=SC2086
ninja -C "$build" $programs >"$build/ninja.log" 2>&1 || { tail -30 "$build/ninja.log" >&2; exit 1; }
passed=0 failed=0

one() {
    program=$1
    name=$(basename "$program" _fuzz)
    found=$build/found/$name
    mkdir -p "$found" test/corpus/"$name"
    options="-timeout=25 -rss_limit_mb=2048 -artifact_prefix=$found/ -print_final_stats=1 -verbosity=0"
    supp="suppressions=$PWD/trust/lsan.supp:print_suppressions=0"
    # shellcheck disable=SC2086
    if ! LSAN_OPTIONS=$supp "$build/$program" $options -runs=0 test/corpus/"$name" >"$found.log" 2>&1; then
        echo "FAIL  fuzz $name: the stored corpus"
        grep -E 'ERROR|SUMMARY|runtime error' "$found.log" | head -5
        return 1
    fi
    [ "$each" -eq 0 ] && { echo "ok    fuzz $name: $(find test/corpus/"$name" -type f | wc -l) stored inputs"; return 0; }
    # shellcheck disable=SC2086
    if ! LSAN_OPTIONS=$supp "$build/$program" $options -max_total_time="$each" "$found" test/corpus/"$name" >"$found.log" 2>&1; then
        echo "FAIL  fuzz $name: see $found"
        grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$found.log" | head -5
        return 1
    fi
    echo "ok    fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log") runs"
}

results=$(mktemp)
trap 'rm -f "$results"' EXIT
running=0
for p in $programs; do
    name=$(basename "$p" _fuzz)
    case " ${TARGETS:-$name} " in *" $name "*) ;; *) continue ;; esac
    { one "$p" && echo good >>"$results" || echo bad >>"$results"; } &
    running=$((running + 1))
    [ $((running % 2)) -eq 0 ] && wait
done
wait
passed=$(grep -c good "$results")
failed=$(grep -c bad "$results")
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
