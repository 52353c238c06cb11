#!/bin/sh
# Installs the Debian packages that are missing (tools/packages.txt). `setup.sh build` takes only what building and
# running need. Without root or sudo it prints the command to run.
set -eu
cd "$(dirname "$0")/.."
what=${1:-all}
list=$(awk -v what="$what" '/^# build/ {take=1; next} /^# test/ {take=(what == "all"); next} /^#/ {next} take' tools/packages.txt)
missing=
for p in $list; do
    case $p in
    # another source of node and npm serves as well
    nodejs) command -v node >/dev/null 2>&1 && continue ;;
    npm) command -v npm >/dev/null 2>&1 && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
command="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as=sudo
else
    echo "缺少以下软件包；请以 root 运行 / These packages are missing; run as root:" >&2
    echo "  apt-get update && $command" >&2
    exit 1
fi
echo "安装 / installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -q >/tmp/tongban-apt.$$ 2>&1 || { cat /tmp/tongban-apt.$$ >&2; echo "apt-get update 失败，请检查网络 / failed: check the network" >&2; exit 1; }
# shellcheck disable=SC2086
$as $command >/tmp/tongban-apt.$$ 2>&1 || { tail -20 /tmp/tongban-apt.$$ >&2; echo "安装失败，见上 / the installation failed, see above" >&2; exit 1; }
rm -f /tmp/tongban-apt.$$
