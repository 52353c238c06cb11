#!/bin/sh
# Starts the city in $DATA, walks one case through it (demonstration city, first start), stays up until Ctrl-C.
set -eu
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build} CITY=${CITY:-demo} PORT=${PORT:-8080}
DATA=${DATA:-$PWD/var/$CITY}
mkdir -p "$(dirname "$DATA")"
case $CITY in
demo) flags=--demo ;;
empty) flags= ;;
*) echo "CITY=$CITY? demo 或 empty / demo or empty" >&2; exit 2 ;;
esac
fresh=yes
[ -f "$DATA/city.json" ] && fresh=no
"$BUILD/tongban" --data "$DATA" serve --listen "127.0.0.1:$PORT" $flags &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; exit 0' INT TERM
i=0
until curl -fs "http://127.0.0.1:$PORT/healthz" >/dev/null 2>&1; do
    i=$((i + 1))
    kill -0 $server 2>/dev/null || { echo "服务未能启动，原因见上 / the server did not start, see above" >&2; exit 1; }
    [ $i -gt 300 ] && { echo "服务 30 秒内未就绪 / not ready within 30 s" >&2; kill $server; exit 1; }
    sleep 0.1
done
if [ "$CITY" = demo ]; then
    if [ $fresh = yes ]; then
        python3 tools/walk.py --url "http://127.0.0.1:$PORT" --signins "$DATA/demo-signins.json" --out "$DATA/walk" || {
            echo "走查失败，见上 / the walk failed, see above" >&2
            kill $server
            wait $server || true
            exit 1
        }
    fi
    python3 tools/signins.py "http://127.0.0.1:$PORT" "$DATA/demo-signins.json"
fi
[ "${STAY:-yes}" = yes ] || { kill $server; wait $server || true; exit 0; }
echo "按 Ctrl-C 停止 / Ctrl-C stops it"
wait $server
