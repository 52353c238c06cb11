#!/bin/sh
# Builds into $1 (default build) with the pages; leaves $1/tongban, $1/tongban-signd and $1/tongban-witness.
set -eu
cd "$(dirname "$0")/.."
dir=${1:-build}
[ -f "$dir/build.ninja" ] || meson setup "$dir" -Dtests=false -Dbuildtype=release -Db_lto=false >"$dir.setup.log" 2>&1 || {
    cat "$dir.setup.log" >&2
    echo "配置失败，见上 / configuring failed, see above" >&2
    exit 1
}
rm -f "$dir.setup.log"
ninja -C "$dir" app/tongban/tongban app/signd/tongban-signd app/witness/tongban-witness
ln -sf app/tongban/tongban "$dir/tongban"
ln -sf app/signd/tongban-signd "$dir/tongban-signd"
ln -sf app/witness/tongban-witness "$dir/tongban-witness"
