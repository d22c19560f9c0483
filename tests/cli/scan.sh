#!/usr/bin/env bash
# gocuactl scan: what pictures hold, as text, JSON and bytes, and its exit status.
set -euo pipefail
ctl=$GOCUA_BUILD/gocuactl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
data=$GOCUA_SOURCE/tests/data/scan
fail() {
    printf 'scan.sh: %s\n' "$*" >&2
    exit 1
}

"$ctl" scan "$data/card.png" >"$work/text" || fail "a card is not read"
grep -q '^.*card.png: qr cccd$' "$work/text" || fail "its kind is not told"
grep -q 'name *Nguyễn Thị Thử Nghiệm$' "$work/text" || fail "its name is not told"
grep -q 'birth *1990-05-08$' "$work/text" || fail "its birth date is not told"

"$ctl" scan --raw "$data/card.png" >"$work/bytes"
printf '%s\n' "001190000001|012345678|Nguyễn Thị Thử Nghiệm|08051990|Nữ|Số 5 Ngõ 12, Tổ 3, Phường Mẫu, Quận Thử, Hà Nội|25122021" |
    cmp - "$work/bytes" || fail "the bytes differ"

"$ctl" scan --json "$data/card.png" "$data/hand.jpg" >"$work/json" || fail "a photo is not read"
python3 - "$work/json" <<'PY' || fail "the JSON is not as told"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert len(lines) == 2
for line in lines:
    code, = line["codes"]
    assert code["kind"] == "cccd" and code["problem"] == "fine", code
    assert len(code["quad"]) == 8 and code["values"]["number"] == "001190000001"
PY

printf 'P5\n64 64\n255\n' >"$work/empty.pgm"
head -c 4096 /dev/zero >>"$work/empty.pgm"
status=0
"$ctl" scan "$data/card.png" "$work/empty.pgm" >"$work/text" || status=$?
[ $status = 1 ] || fail "an empty picture ends with $status"
grep -q 'empty.pgm: no code' "$work/text" || fail "nothing is said about the empty one"
status=0
"$ctl" scan "$work/missing.png" 2>"$work/errors" || status=$?
[ $status = 1 ] && [ -s "$work/errors" ] || fail "a missing file ends with $status"
status=0
"$ctl" scan --json --raw x 2>/dev/null >&2 || status=$?
[ $status = 2 ] || fail "misuse ends with $status"
status=0
"$ctl" scan 2>/dev/null >&2 || status=$?
[ $status = 2 ] || fail "no file ends with $status"
echo "scan.sh: ok"
