#!/usr/bin/env bash
# What people do in the middle of a visit: two topics, a slip of the finger at the rating that is
# taken back, an end without the commune that says which answer is missing.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
cat >"$work/visit.script" <<'SCRIPT'
wait idle
tap new-visit
tap address
type "Số 7 Ngõ Thử"
tap nobody
tap not_now
tap end-visit
wait for "Xã" 10000
expect id notice-ok
tap notice-ok
key Back
tap commune
type "ba dinh"
tap communes/0
tap next
tap next
expect screen topics
tap vneid
key Back
tap public_service
key Back
tap safety
key Back
expect screen topics
tap next
tap guided
tap next
tap start
tap dissatisfied
tap waited_long
tap again
tap satisfied
tap again
tap satisfied
tap self
tap given-back
expect screen review
tap finish
expect screen receipt
SCRIPT
handheld --lang vi --script "$work/visit.script"
sleep 1
printf '%s\n' "$pin" | ctl export visits --format json >"$work/visits.json"
python3 - "$work/visits.json" <<'PY'
import json, sys
visits = json.load(open(sys.argv[1]))
visits = visits.get("visits", visits) if isinstance(visits, dict) else visits
assert len(visits) == 1, visits
text = json.dumps(visits, ensure_ascii=False)
assert all(topic in text for topic in ("vneid", "public_service", "safety")), text
assert "waited_long" not in text, text
PY
echo "second thoughts are welcome"
