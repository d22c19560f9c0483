#!/usr/bin/env bash
# Hub stopped, visit finished, gocua killed with -9, started again, hub started: everything is sent
# within ten seconds with nobody touching it, exactly once.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
stop_hub
mkdir "$work/shots"
sed -e "s|@SHOTS@|$work/shots|" -e '/^tap home$/,$d' -e '/^shot /d' "$here/visit.script" \
    >"$work/visit.script"
echo "wait 600000" >>"$work/visit.script"
handheld --lang vi --script "$work/visit.script" &
handheld_pid=$!
for i in $(seq 600); do
    sleep 0.1
    grep -q "visit closed" "$work/handheld.log" 2>/dev/null && break
    kill -0 $handheld_pid 2>/dev/null || fail "the visit ended early"
done
grep -q "visit closed" "$work/handheld.log" || fail "the visit was not closed in time"
pkill -9 -f "$work/handheld " || fail "nothing to kill"
wait $handheld_pid 2>/dev/null || true

[ "$(hub status | awk '/^records\t/ {print $2}')" = 0 ] || fail "the hub was not stopped"

echo "wait 600000" >"$work/idle.script"
handheld --lang vi --script "$work/idle.script" &
handheld_pid=$!
sleep 4 # it unlocks, finds no server, and waits
start_hub
for i in $(seq 100); do
    [ "$(hub status 2>/dev/null | awk '/^records\t/ {print $2}')" = 3 ] && break
    sleep 0.1
done
[ "$(hub status | awk '/^records\t/ {print $2}')" = 3 ] || fail "not sent within ten seconds"
[ "$(hub status | awk '/^files missing\t/ {print $NF}')" = 0 ] || fail "files are missing"
pkill -f "$work/handheld " || true
wait $handheld_pid 2>/dev/null || true
handheld_pid=
printf '%s\n' "$pin" | ctl sync >"$work/again.log"
[ "$(hub status | awk '/^records\t/ {print $2}')" = 3 ] || fail "a record was doubled"
echo "sent by itself after the kill, once"
