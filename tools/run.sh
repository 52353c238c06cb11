#!/bin/sh
# Starts the city in $DATA, walks one case through it (demonstration city, first time), stays up until Ctrl-C.
#   BUILD=build CITY=demo PORT=8080 DATA=var/demo tools/run.sh
#   YEAR=no      a demonstration city without its year of made-up cases (data/demo/README.md)
#   CITY=plan    departments, staff sign-ins and the action plan only, no service
#   CITY=empty   no demonstration data; prints the one-time links of the first administrator and security officer
#   STAY=no      stops after the walk
set -eu
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build} CITY=${CITY:-demo} PORT=${PORT:-8080}
DATA=${DATA:-$PWD/var/$CITY}
say() { printf '%s\n' "$*"; }
die() {
    printf '%s\n' "$*" >&2
    exit 1
}

case $CITY in
demo) flags=--demo ;;
plan) flags=--plan ;;
empty) flags= ;;
*) die "CITY=$CITY？应为 demo、plan 或 empty / CITY is demo, plan or empty" ;;
esac
case $PORT in
'' | *[!0-9]*) die "PORT=$PORT？应为端口号 / PORT is a number" ;;
esac
[ -x "$BUILD/tongban" ] || die "没有 $BUILD/tongban，请先运行 make build / no $BUILD/tongban: run make build first"
url=http://127.0.0.1:$PORT

# Nobody else may answer there: the walk would go through another city.
if python3 -c "import socket; socket.create_connection(('127.0.0.1', $PORT), 2)" 2>/dev/null; then
    die "端口 $PORT 已被占用（或本城市已在运行）；请停止它，或换用 make run PORT=… / port $PORT is taken (perhaps this city is up already): stop that, or make run PORT=…"
fi
mkdir -p "$(dirname "$DATA")" || die "无法建立 $(dirname "$DATA") / cannot make the folder; choose another with DATA=…"
if [ "$CITY" = demo ] && [ "${YEAR:-yes}" = yes ] && [ ! -f "$DATA/city.json" ]; then
    say "生成演示年度的办件（虚构）…… / making a year of made-up cases …"
    "$BUILD/tongban" --data "$DATA" demo-year >"$DATA.log" 2>&1 || {
        tail -n 3 "$DATA.log" >&2
        die "演示年度未能生成；删除 $DATA 后重试，或用 YEAR=no / no demonstration year: remove $DATA and try again, or YEAR=no"
    }
    tail -n 1 "$DATA.log"
    rm -f "$DATA.log"
fi
# shellcheck disable=SC2086
"$BUILD/tongban" --data "$DATA" serve --listen "127.0.0.1:$PORT" $flags &
server=$!
stop() {
    kill $server 2>/dev/null || true
    wait $server 2>/dev/null || true
}
trap 'stop; exit 0' INT TERM
healthy() { python3 -c "import urllib.request as u; u.urlopen('$url/healthz', timeout=5)" 2>/dev/null; }
i=0
until healthy; do
    i=$((i + 1))
    kill -0 $server 2>/dev/null || die "服务未能启动，原因见上 / the server did not start, see above"
    [ $i -le 300 ] || { stop; die "服务未就绪，日志见上 / the server does not get ready, see its log above"; }
    [ $((i % 25)) -ne 0 ] || say "正在启动…… / starting …"
    sleep 0.2
done

if [ "$CITY" = demo ]; then
    # the mark is made after the walk, so that one that was broken off is done again
    if [ ! -f "$DATA/walked" ]; then
        python3 tools/walk.py --url "$url" --signins "$DATA/demo-signins.json" --out "$DATA/walk" || {
            stop
            die "走查失败，原因见上；数据留在 $DATA，再次运行会重新走查 / the walk failed, see above; the data is kept in $DATA, running again walks again"
        }
        python3 tools/walk_hotline.py --url "$url" --signins "$DATA/demo-signins.json" || {
            stop
            die "企业专席走查失败，原因见上 / the walk of the enterprise seat failed, see above"
        }
        touch "$DATA/walked"
    fi
    python3 tools/signins.py "$url" "$DATA/demo-signins.json"
elif [ "$CITY" = plan ]; then
    python3 tools/signins.py "$url" "$DATA/demo-signins.json"
    say "行动方案 plan   $BUILD/tongban --data $DATA plan list        接口 API   $url/api/v1/plan"
else
    say ""
    say "门户 portal   $url/        工作台 desk   $url/desk"
    say "首次设置链接只在首次启动时显示；仍无管理员时可重新生成："
    say "The one-time links show at the first start; while nobody has used them, make new ones with:"
    say "  $BUILD/tongban --data $DATA admin link administrator"
    say ""
fi
[ "${STAY:-yes}" = yes ] || { stop; exit 0; }
say "按 Ctrl-C 停止 / Ctrl-C stops it"
code=0
wait $server || code=$?
[ $code -eq 0 ] || say "服务已退出（$code），原因见上 / the server ended ($code), see above" >&2
exit $code
