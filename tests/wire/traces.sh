#!/usr/bin/env bash
# The server program of the tests answers as the notes of ODK Central tell, trace by trace.
set -euo pipefail
here=$GOCUA_SOURCE/tests/wire
port=$(mktemp)
python3 -u "$here/portal.py" central >"$port" &
portal=$!
trap 'kill "$portal" 2>/dev/null || true; rm -f "$port"' EXIT
for _ in $(seq 200); do
    [ ! -s "$port" ] || break
    kill -0 "$portal"
    sleep 0.05
done
python3 "$here/traces.py" "$(cat "$port")"
