#!/bin/bash
# Replays the public scripted fillings of the reference engines, when they stand beside the checkout.
# The gate is tier A (the two reference engines agree, or JavaRosa's own trace): at least 99 %.
set -u
cases="$GOCUA_SOURCE/../shared/conformance/scenario"
[ -d "$cases" ] || exit 77
ctl="$GOCUA_BUILD/gocuactl"
[ -x "$ctl" ] || exit 77
cd "$cases" || exit 1
python3 - > "$GOCUA_BUILD/scenario.list" <<'LIST'
import json
for case in json.load(open("index.json")):
    if case.get("tier") == "A":
        print(case["file"])
LIST
xargs -a "$GOCUA_BUILD/scenario.list" "$ctl" xform-run > "$GOCUA_BUILD/scenario.out" 2>&1
grep -v " passed, " "$GOCUA_BUILD/scenario.out" | cut -c1-300
# xargs may start the command more than once
awk '/^[0-9]+ passed, [0-9]+ failed$/ {passed += $1; failed += $3}
     END {
         printf "%d passed, %d failed\n", passed, failed
         exit !(passed > 700 && passed >= 0.99 * (passed + failed))
     }' "$GOCUA_BUILD/scenario.out"
