#!/usr/bin/env bash
# A whole visit on a card on which each sync takes 0.4 s more: whatever waits for it says so on the
# screen, nothing is skipped for it, and all arrives.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
mkdir "$work/shots"
sed -e "s|@SHOTS@|$work/shots|" -e '/^shot /d' "$here/visit.script" >"$work/visit.script"
LD_PRELOAD=$build/libslow_disk.so GOCUA_SLOW_SYNC_MS=400 ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0 \
    handheld --lang vi --clock 2026-11-05T09:30:00 --inspect "$work/socket" &
handheld_pid=$!
python3 "$here/slow_disk.py" "$work/visit.script" "$work/socket" || fail "not all was answered"
wait "$handheld_pid" || fail "the handheld failed"
handheld_pid=
[ "$(hub status | awk '/^records\t/ {print $2}')" = 3 ] || fail "the hub has not three records"
[ "$(hub status | awk '/^files missing\t/ {print $NF}')" = 0 ] || fail "files are missing"
