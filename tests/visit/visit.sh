#!/usr/bin/env bash
# The scripted visit in a real window: what the citizen said is on the hub byte for byte, once, and
# stands nowhere in clear on the device.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
start_display
prepare
mkdir "$work/shots"
sed "s|@SHOTS@|$work/shots|" "$here/visit.script" >"$work/visit.script"
handheld --lang vi --clock 2026-11-05T09:30:00 --script "$work/visit.script"

[ "$(hub status | awk '/^records\t/ {print $2}')" = 3 ] || fail "the hub has not three records"
[ "$(hub status | awk '/^files missing\t/ {print $NF}')" = 0 ] || fail "files are missing"
hub export submissions --format zip-folder --full --reason "the test of a visit" --out "$work/out" >/dev/null
python3 "$here/check_arrived.py" "$work/out" "$work/handheld" "$work/shots"
python3 "$here/canaries.py" "$work/handheld" "$work/xdg"

# The visit log on the command line: a byte-order mark, no name or number in full, then with a reason.
printf '%s\n' "$pin" | ctl export visits --format csv >"$work/visits.csv"
head -c 3 "$work/visits.csv" | od -An -tx1 | grep -q "ef bb bf" || fail "no byte-order mark"
! grep -q "Thử Nghiệm\|001190000001" "$work/visits.csv" || fail "the export names the person"
printf '%s\n' "$pin" | ctl export visits --format json --full --reason "kiểm thử" |
    grep -q "Nguyễn Thị Thử Nghiệm" || fail "the full export does not name the person"
status=0
printf '%s\n' "$pin" | ctl export visits --full >/dev/null 2>&1 || status=$?
[ $status = 2 ] || fail "a full export without a reason is a misuse"
echo "the visit arrived whole"
