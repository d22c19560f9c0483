#!/usr/bin/env bash
# gocuactl shot: names, languages, themes, sizes on a device that is still empty; what makes no
# sense is refused, and the device is not touched. tests/visit/shots.sh walks all the ways.
set -euo pipefail
ctl=$GOCUA_BUILD/gocuactl
[ -x "$ctl" ] && [ -x "$GOCUA_BUILD/gocua" ] || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GOCUA_LANG_DIR=$GOCUA_BUILD/lang GOCUA_ASSETS=$GOCUA_SOURCE/assets TMPDIR=$folder

fail() {
    echo "failed: $*" >&2
    cat "$folder/err" >&2
    exit 1
}
shot() { # STATUS ARGUMENT…
    local want=$1 got=0
    shift
    "$ctl" shot --data "$folder/device" --clock 2026-11-05T09:30:00 "$@" \
        >"$folder/out" 2>"$folder/err" </dev/null || got=$?
    [ "$got" = "$want" ] || fail "gocuactl shot $* ended with $got, not $want"
}
size() {
    python3 -c 'import struct, sys
head = open(sys.argv[1], "rb").read(24)
assert head[:8] == b"\x89PNG\r\n\x1a\n"
print("%dx%d" % struct.unpack(">II", head[16:24]))' "$1"
}

# A screen that nobody can take a picture of is one that nobody looks at.
shot 0 --list
# (compare wants a server with a newer version of a record.)
for screen in $(grep -oE 'X\([a-z_]+\)' "$GOCUA_SOURCE/app/screen/screens.h" | tr -d 'X()'); do
    [ "$screen" = compare ] || grep -qx "$screen" "$folder/out" || fail "no way leads to $screen"
done

shot 0 home "$folder/light.png"
shot 0 home "$folder/again.png"
cmp "$folder/light.png" "$folder/again.png" || fail "the same picture twice"
[ "$(size "$folder/light.png")" = 480x800 ] || fail "the usual size"
shot 0 --theme dark --lang ar --size 800x480 --text 115 home "$folder/dark.png"
[ "$(size "$folder/dark.png")" = 800x480 ] || fail "the size"
shot 0 --theme sun --size 800x480 home "$folder/sun.png"
cmp -s "$folder/dark.png" "$folder/sun.png" && fail "all themes are one"
[ ! -e "$folder/device" ] || fail "the device was touched"
[ -z "$(find "$folder" -name 'gocua-shot-*')" ] || fail "a copy was left behind"

shot 1 nowhere "$folder/none.png"
grep -q nowhere "$folder/err" || fail "it does not say what is missing"
shot 1 filler "$folder/none.png" # no forms yet
[ ! -e "$folder/none.png" ] || fail "a picture of nothing"
shot 2
shot 2 home
shot 2 --list home
shot 2 --size 3x3 home "$folder/none.png"
shot 2 --theme pink home "$folder/none.png"
shot 2 --text 40 home "$folder/none.png"
"$ctl" shot --help | grep -q -- '--list' || fail "no help"
echo "pictures are taken"
