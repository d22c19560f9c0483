#!/usr/bin/env bash
# Wrong PINs: each is told, after the fifth a rest is shown that counts down, holds also after a restart and
# refuses even the right PIN; nothing is lost.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
locked() { # SCRIPT: the program without a PIN, in Vietnamese
    "$build/gocua" --data "$work/handheld" --size 480x800 --headless --lang vi --script "$1" \
        --log "$work/handheld.log"
}
{
    echo "wait idle"
    for try in 1 2 3 4; do
        printf 'tap pin\ntype "13579%s"\nkey Enter\nwait for "Mã PIN không đúng" 60000\n' $try
        printf 'tap pin\nclear\n'
    done
    printf 'tap pin\ntype "135790"\nkey Enter\nwait for "Nhập sai quá nhiều lần" 60000\n'
    [ -z "${SHOTS:-}" ] || echo "shot $SHOTS/wrong-pin.png"
    printf 'expect screen lock\nexpect screen lock\n'
} >"$work/wrong.script"
locked "$work/wrong.script"

# The rest is not shortened by a restart, and not by the right PIN.
printf 'wait for "Nhập sai quá nhiều lần" 20000\nexpect screen lock\nexpect screen lock\n' >"$work/again.script"
locked "$work/again.script"
status=0
printf '%s\n' "$pin" | ctl export visits --format csv >/dev/null 2>"$work/said" || status=$?
[ $status = 1 ] || fail "the right PIN opens before the rest is over"
grep -q "Nhập sai quá nhiều lần" "$work/said" || { cat "$work/said"; fail "the rest is not told"; }
echo "wrong PINs cost time, and say so"
