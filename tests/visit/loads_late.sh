#!/usr/bin/env bash
# What the handheld loads: without a network neither libcurl nor libcrypto nor what they pull in,
# however it is enrolled; with one, libcurl is loaded by the sending thread and it sends.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
late='/lib(curl|crypto|ssl|gnutls|p11-kit|krb5|ldap|microhttpd)[-.]'

# look NAME COMMAND…: starts the program that way, unlocks it, and lists at home what it has loaded.
look() {
    local name=$1 socket=$work/$1.socket
    shift
    # a window of its own would load what its display needs: here is none
    printf '%s\n' "$pin" >"$work/pin"
    "$@" "$build/gocua" --data "$work/handheld" --size 480x800 --headless --lang en \
        --log "$work/$name.log" --inspect "$socket" --pin-fd 3 $flags 3<"$work/pin" &
    handheld_pid=$!
    python3 - "$socket" "$handheld_pid" "$work/$name.maps" "$late" "$name" <<'PY' || fail "$name"
import json, re, socket, sys, time
path, pid, maps, late, name = sys.argv[1:]
s = socket.socket(socket.AF_UNIX)
for _ in range(1200):
    try:
        s.connect(path)
        break
    except OSError:
        time.sleep(0.1)
lines = s.makefile()
for line in ("wait idle", "expect screen home"):
    s.sendall(line.encode() + b"\n")
    answer = json.loads(lines.readline())
    if answer.get("ok") is False:
        sys.exit("%s: %s" % (line, answer))
# the news of the network come 300 ms after the start: a session would begin then
for _ in range(1 if name != "near" else 100):
    time.sleep(2 if name != "near" else 0.1)
    loaded = open("/proc/%s/maps" % pid).read()
    if re.search(late, loaded):
        break
open(maps, "w").write(loaded)
PY
    kill "$handheld_pid"
    wait "$handheld_pid" 2>/dev/null || true
    handheld_pid=
}

loads_nothing() {
    ! grep -E "$late" "$work/$1.maps" || fail "$1: loaded at home"
    echo "$1: $(grep -o '/[^ ]*\.so[^ ]*' "$work/$1.maps" | sort -u | wc -l) libraries"
}

prepare
flags=--no-sync look alone env
loads_nothing alone
flags='' look near env
grep -qE '/libcurl[-.]' "$work/near.maps" || fail "near: a session loads libcurl, and this has none"

# Where the library is gone the program says so, and says it in words.
curl=$(awk '/libcurl/ {print $NF; exit}' "$work/near.maps")
if unshare -rm mount --bind /dev/null "$curl" 2>/dev/null; then
    printf '%s\n' "$pin" | unshare -rm sh -c 'mount --bind /dev/null "$1" && shift && exec "$@"' sh \
        "$curl" "$build/gocuactl" sync --data "$work/handheld" --pin-stdin >"$work/gone.out" 2>&1 || true
    grep -q "A part of the program is missing on this device" "$work/gone.out" ||
        fail "without libcurl: $(cat "$work/gone.out")"
fi

# Enrolled at a server elsewhere, and no address but loopback's.
if ! unshare -rn true 2>/dev/null; then
    echo "no network namespaces: the last part is left out"
    exit 0
fi
code=$(hub device add away --url "http://portal.example:$port" 2>/dev/null)
printf '%s\n%s\n' "$pin" "$code" | ctl enrol >>"$work/enrol.log"
flags='' look away unshare -rn
loads_nothing away
