#!/usr/bin/env bash
# The shipped table of dead keys: it is what its maker makes, a library that reads such files takes
# it, and every letter of Vietnamese comes of it.
set -euo pipefail
keys=$GOCUA_SOURCE/assets/keys
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$keys/make" "$work/make"
"$work/make"
cmp "$work/compose" "$keys/compose"
XCOMPOSEFILE=$keys/compose python3 - <<'PY'
import ctypes, itertools, sys, unicodedata
try:
    xkb = ctypes.CDLL("libxkbcommon.so.0")
except OSError:
    print("no libxkbcommon: skipped")
    sys.exit(77)
for name in ("xkb_context_new", "xkb_compose_table_new_from_locale", "xkb_compose_state_new"):
    getattr(xkb, name).restype = ctypes.c_void_p
context = ctypes.c_void_p(xkb.xkb_context_new(0))
table = ctypes.c_void_p(xkb.xkb_compose_table_new_from_locale(context, b"C.UTF-8", 0))
assert table.value, "the table is not read"
state = ctypes.c_void_p(xkb.xkb_compose_state_new(table, 0))
DEAD = {"\u0300": "grave", "\u0301": "acute", "\u0302": "circumflex", "\u0303": "tilde",
        "\u0306": "breve", "\u0309": "hook", "\u031b": "horn", "\u0323": "belowdot"}


def typed(keys):
    xkb.xkb_compose_state_reset(state)
    for key in keys:
        sym = xkb.xkb_keysym_from_name(key.encode(), 0)
        assert sym, key
        xkb.xkb_compose_state_feed(state, sym)
    text = ctypes.create_string_buffer(16)
    xkb.xkb_compose_state_get_utf8(state, text, 16)
    return text.value.decode()


count = 0
for base in "aeiouyAEIOUY":
    for shape in ["", "\u0302", "\u0306", "\u031b"]:
        for tone in ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]:
            letter = unicodedata.normalize("NFC", base + shape + tone)
            marks = [mark for mark in unicodedata.normalize("NFD", letter)[1:]]
            if len(letter) > 1 or not marks:
                continue
            for order in itertools.permutations(marks):
                keys = ["dead_" + DEAD[mark] for mark in order] + [base]
                assert typed(keys) == letter, (keys, typed(keys), letter)
            count += 1
assert count >= 120, count # and some that other languages have: a breve on e, a hook on y
assert typed(["dead_acute", "acircumflex"]) == "ấ"
assert typed(["dead_belowdot", "U01A1"]) == "ợ"
assert typed(["dead_tilde", "n"]) == "ñ" and typed(["dead_acute", "dead_acute"]) == "'"
print(count, "letters")
PY
