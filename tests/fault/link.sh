#!/usr/bin/env bash
# A few visits through a bad link at packet level, the real programs at both ends: all arrive once.
# The whole day's work is build/bench/link; times are judged there and not here.
set -euo pipefail
link=${GOCUA_BUILD:?}/bench/link
[ -x "$link" ] || exit 77
exec "$link" --visits 8 --photo 2500 --rate 24000 --break 4 --silence 1000 --limit 600 --arrival 1
