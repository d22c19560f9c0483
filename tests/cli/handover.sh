#!/usr/bin/env bash
# gocuactl handover: wrong use, a device of no organisation, and a folder that comes back.
set -euo pipefail
ctl=$GOCUA_BUILD/gocuactl
hub=$GOCUA_BUILD/gocua-hub
[ -x "$ctl" ] && [ -x "$hub" ] || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/stick"

fail() {
    echo "failed: $*" >&2
    cat "$folder/out" "$folder/err" >&2
    exit 1
}
ctl() { # STATUS ARGUMENT…
    local want=$1 got=0
    shift
    printf '246813\n' | "$ctl" "$@" --data "$folder/device" --pin-stdin \
        >"$folder/out" 2>"$folder/err" || got=$?
    [ "$got" = "$want" ] || fail "gocuactl $1 ended with $got, not $want"
}

"$hub" device add lan --url http://127.0.0.1:1 --data "$folder/hub" >"$folder/code" 2>"$folder/err" ||
    { cp "$folder/code" "$folder/out"; fail "device add"; }
code=$(grep -o 'GOCUA1:[^ ]*' "$folder/code")
ctl 0 enrol "$code"
ctl 2 handover
ctl 2 handover "$folder/stick" "$folder/stick"
ctl 0 handover "$folder/stick"
grep -qE '0[^0-9]+0[^0-9]+0' "$folder/out" || fail "no count"
ctl 1 handover "$folder/nowhere"
GOCUA_HUB_DATA=$folder/hub "$hub" import "$folder/stick" >"$folder/out"
grep -q '^0 taken' "$folder/out" || fail "import of an empty stick"
