#!/usr/bin/env bash
# gocuactl xpath-run: files, the line protocol, exit statuses.
set -uo pipefail
gocuactl="$GOCUA_BUILD/gocuactl"
[ -x "$gocuactl" ] || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
wrong() {
    echo "wrong: $*"
    exit 1
}
doc='<d><a>1</a><a>2</a></d>'
cat >"$folder/good.json" <<EOF
[{"name": "sum", "expr": "sum(/d/a)", "doc": "$doc", "context": "/", "kind": "number", "expected": 3},
 {"name": "nodes", "expr": "../a", "doc": "$doc", "context": "/d[1]/a[2]", "kind": "nodeset",
  "expected": ["/d[1]/a[1]", "/d[1]/a[2]"]},
 {"name": "error", "expr": "nothing()", "doc": "$doc", "context": "/", "kind": "error", "expected": true}]
EOF
cat >"$folder/bad.json" <<EOF
[{"name": "off", "expr": "1 + 1", "doc": "$doc", "context": "/", "kind": "number", "expected": 3},
 {"name": "unsure", "expr": "1", "doc": "$doc", "context": "/", "kind": "number", "expected": 2,
  "verified": false}]
EOF
out=$("$gocuactl" xpath-run "$folder/good.json") || wrong "good cases end with $?"
[ "$out" = "3 passed, 0 failed" ] || wrong "$out"
out=$("$gocuactl" xpath-run "$folder/good.json" "$folder/bad.json")
[ $? -eq 1 ] || wrong "a failing case must end with 1"
[ "$(tail -n 1 <<<"$out")" = "3 passed, 2 failed" ] || wrong "$out"
grep -q '^off: 1 + 1: wanted 3, got 2$' <<<"$out" || wrong "$out"
out=$("$gocuactl" xpath-run --verified "$folder/bad.json")
[ "$(tail -n 1 <<<"$out")" = "0 passed, 1 failed" ] || wrong "$out"
day='{"name": "d", "expr": "today()", "doc": "<a/>", "kind": "string", "expected": "2026-11-05"}'
echo "[$day]" >"$folder/day.json"
"$gocuactl" xpath-run --clock 2026-11-05T09:30:00 "$folder/day.json" || wrong "the clock does not stand"
"$gocuactl" xpath-run --clock yesterday "$folder/day.json" 2>/dev/null
[ $? -eq 2 ] || wrong "a moment that is none must end with 2"
"$gocuactl" xpath-run "$folder/none.json" 2>/dev/null && wrong "a missing file must not pass"
out=$(printf '%s\n' "{\"name\": \"q\", \"expr\": \"count(//a)\", \"doc\": \"$doc\", \"kind\": \"number\"}" \
    'no json' | "$gocuactl" xpath-run)
[ "$(head -n 1 <<<"$out")" = '{"name":"q","passed":true,"wanted":null,"got":2}' ] || wrong "$out"
grep -q '^{"error":' <<<"$out" || wrong "$out"
"$gocuactl" no-such-command 2>/dev/null
[ $? -eq 2 ] || wrong "an unknown command must end with 2"
"$gocuactl" xpath-run --help | grep -q '^usage: gocuactl xpath-run' || wrong "help"
echo "ok"
