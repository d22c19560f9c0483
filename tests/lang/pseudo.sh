#!/bin/bash
# The pseudo-locale of the picture tests can be made: its placeholders fit and its texts are longer than the English ones.
set -u
command -v msgfilter >/dev/null || { echo "gettext's tools are not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${GOCUA_SOURCE:?}/tests/lang/pseudo" "$work" || exit 1
msgunfmt --no-wrap "$work/qps/LC_MESSAGES/gocua.mo" >"$work/qps.po" || exit 1
grep -q '^msgstr "rtl"' "$work/qps.po" || { echo "the pseudo-locale is not right-to-left"; exit 1; }
grep -A1 '^msgid "Monday"' "$work/qps.po" | grep -q 'Monday ẵặ' || { echo "Monday did not get longer"; exit 1; }
