#!/usr/bin/env bash
# gocuactl receive and handover --near: records with photos go from one device to another on
# loopback, broken in the middle and again, and on to the hub, where each arrives once; its words
# come back the same way. Strangers, old codes and a full device are told, and nothing is lost.
set -euo pipefail
ctl=$GOCUA_BUILD/gocuactl
hub=$GOCUA_BUILD/gocua-hub
[ -x "$ctl" ] && [ -x "$hub" ] || exit 77
folder=$(mktemp -d)
receiver='' server='' mounted=''
finish() {
    for pid in $receiver $server; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    [ -z "$mounted" ] || umount "$mounted"
    rm -rf "$folder"
}
trap finish EXIT
export GOCUA_HUB_DATA=$folder/hub LC_ALL=C.UTF-8 GOCUA_NEAR=127.0.0.1

fail() {
    echo "failed: $*" >&2
    tail -n 20 "$folder"/out "$folder"/err "$folder"/*.log >&2
    exit 1
}
ctl() { # STATUS DEVICE ARGUMENT…
    local want=$1 device=$2 got=0
    shift 2
    printf '246813\n' | "$ctl" "$@" --data "$folder/$device" --pin-stdin \
        >"$folder/out" 2>"$folder/err" || got=$?
    [ "$got" = "$want" ] || fail "gocuactl $* on $device ended with $got, not $want"
}
says() {
    grep -qF "$1" "$folder/out" || fail "not said: $1"
}
complains() {
    grep -qF "$1" "$folder/err" || fail "no complaint: $1"
}
listen() { # DEVICE: sets code
    echo 246813 >"$folder/pin"
    "$ctl" receive --data "$folder/$1" --pin-stdin <"$folder/pin" >"$folder/code" \
        2>"$folder/receive.log" &
    receiver=$!
    for _ in $(seq 300); do
        code=$(head -n 1 "$folder/code")
        [ -z "$code" ] || return 0
        sleep 0.1
    done
    fail "no code"
}
deaf() {
    kill "$receiver"
    wait "$receiver" || fail "the receiver did not end well"
    receiver=
    cp "$folder/code" "$folder/out"
}
bundles() {
    find "$folder/$1/carried" -name '*.gcb' 2>/dev/null | wc -l
}
records() {
    "$hub" status | awk '/^records\t/ {print $2}'
}

cat >"$folder/film.xml" <<'XML'
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Film</h:title><model><instance><data id="film" version="1"><x/><meta><instanceID/>
</meta></data></instance><bind nodeset="/data/x"/></model></h:head><h:body/></h:html>
XML
"$hub" publish "$folder/film.xml" >"$folder/out" 2>"$folder/err" || fail "publish"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
for device in a b c stranger; do
    export GOCUA_HUB_DATA=$folder/hub-$device
    [ $device = stranger ] || GOCUA_HUB_DATA=$folder/hub
    code=$("$hub" device add $device --url "http://127.0.0.1:$port" 2>"$folder/err" |
        grep -o 'GOCUA1:[^ ]*')
    ctl 0 $device enrol "$code"
    echo language=en >"$folder/$device/display"
done
GOCUA_HUB_DATA=$folder/hub
"$GOCUA_BUILD/make_records" "$folder/a" 246813 1 4 1500 3000000
"$GOCUA_BUILD/make_records" "$folder/a" 246813 5 2 1500

# wrong use; nobody there; a code that is none
ctl 2 a handover --near
ctl 2 a receive --idle none
ctl 1 a handover --near GCN1:AAAA
complains 'no longer good'

# broken in the middle: the receiver goes after a part; what it has does not go again
listen b
old=$code
python3 "$GOCUA_SOURCE/tests/cli/near_proxy.py" "$code" 7000000 >"$folder/proxy" 2>"$folder/proxy.log" &
server=$!
for _ in $(seq 100); do [ -s "$folder/proxy" ] && break; sleep 0.1; done
ctl 1 a handover --near "$(cat "$folder/proxy")"
complains 'does not answer'
wait $server || fail "the proxy"
server=
some=$(bundles b)
[ "$some" -ge 1 ] && [ "$some" -lt 6 ] || fail "$some of 6 before it broke"
ctl 0 a handover --near "$code"
says '0 arrived, 6 copied'
[ "$(bundles b)" = 6 ] || fail "not six bundles"
ctl 0 a handover --near "$code"
says '0 arrived, 6 copied'
[ "$(bundles b)" = 6 ] || fail "a second time doubles"

# a stranger's organisation, and hostile asks without the key
ctl 1 stranger handover --near "$code"
complains 'another organisation'
python3 "$GOCUA_SOURCE/tests/cli/near_hostile.py" "$code" || fail "hostile asks"
[ "$(bundles b)" = 6 ] || fail "something was injected"
deaf
says '6 parcels kept'
grep -q 'from 2 devices' "$folder/out" || fail "not two devices"
[ -z "$(find "$folder/b/carried" -name 'coming-*')" ] || fail "something half stays"
if grep -qrE 'uuid:film|<data' "$folder/b/carried"; then fail "a record can be read"; fi

# the code is for one time
listen b
if [ "$code" = "$old" ]; then fail "the same code twice"; fi
wrong=$(python3 - "$old" "$code" <<'PYTHON'
import base64, sys
def cut(c):
    t = c[5:]
    return base64.urlsafe_b64decode(t + "=" * (-len(t) % 4))
old, new = (cut(c) for c in sys.argv[1:])
print("GCN1:" + base64.urlsafe_b64encode(old[:16] + new[16:]).decode().rstrip("="))
PYTHON
)
ctl 1 a handover --near "$wrong"
complains 'no longer good'

# what b carries goes on to c, and no device carries more than it has room for
deaf
listen c
ctl 0 b handover --near "$code"
[ "$(bundles c)" = 6 ] && [ "$(bundles b)" = 6 ] || fail "carried bundles do not go on"
deaf
mv "$folder/c/carried" "$folder/c/aside"
mkdir "$folder/c/carried"
for i in $(seq 1000); do : >"$folder/c/carried/full$i.gcb"; done
listen c
ctl 1 a handover --near "$code"
complains 'no room'
deaf
says '0 parcels kept'
# nor does it fill its disk with what others bring
mkdir "$folder/small"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=40m none "$folder/small" 2>/dev/null; then
    mounted=$folder/small
    small=$("$hub" device add small --url "http://127.0.0.1:$port" 2>"$folder/err" |
        grep -o 'GOCUA1:[^ ]*')
    ctl 0 small enrol "$small"
    listen small
    ctl 1 a handover --near "$code"
    complains 'no room'
    deaf
    [ "$(bundles small)" = 0 ] || fail "a small disk takes what others bring"
    umount "$mounted"
    mounted=
fi
rm -r "$folder/c/carried"
mv "$folder/c/aside" "$folder/c/carried"

# by the network to the hub, photos too, from both that carry it; each arrives once
"$hub" serve --listen "127.0.0.1:$port" >"$folder/hub.log" 2>&1 &
server=$!
for _ in $(seq 200); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.05; done
ctl 0 b sync
ctl 0 c sync
kill $server
wait $server || true
server=
[ "$(records)" = 6 ] || fail "$(records) records at the hub"
[ "$(bundles b)" = 0 ] && [ "$(bundles c)" = 0 ] || fail "what has arrived is still carried"
[ -z "$(find "$folder/b/carried" -name '*.gcn')" ] || fail "the name of a bundle that is gone stays"
[ "$(find "$folder/hub" -type f -size 3000000c | wc -l)" = 4 ] || fail "not four photos at the hub"

# the words of the hub travel back in the same connection
listen b
ctl 0 a handover --near "$code"
says '6 arrived, 0 copied'
ctl 0 a handover --near "$code"
says '0 arrived, 0 copied'
deaf
echo "six records with four photos by a hot-spot to the hub, and the words back"
