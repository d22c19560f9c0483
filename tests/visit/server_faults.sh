#!/usr/bin/env bash
# A server that answers HTML with 200, 401, 409, 413, 500 or nothing: each time a sentence says why
# in the language set, nothing is lost, and a bad record does not hold the others.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
stop_hub
{
    echo "wait idle"
    for house in 1 2 3; do
        printf 'tap new-visit\ntap commune\ntype "ba dinh"\ntap communes/0\n'
        printf 'tap address\ntype "Số %s Ngõ Thử"\ntap nobody\ntap not_now\n' $house
        printf 'tap end-visit\nexpect screen home\n'
    done
} >"$work/three.script"
handheld --lang vi --script "$work/three.script"

mkdir "$work/odd"
mode() {
    printf '%s\n' "$1" >"$work/odd/mode"
}
mode 500
python3 "$here/odd_server.py" "$port" "$work/odd" 2>"$work/odd.log" &
hub_pid=$!
for i in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.05
done

# says MODE TEXT…: a sending under that fault fails and says each text; all three are still here.
says() {
    local mode=$1 text status=0
    shift
    mode "$mode"
    printf '%s\n' "$pin" | ctl sync --send-only --verbose >"$work/said" 2>&1 || status=$?
    [ $status = 1 ] || fail "$mode: status $status"
    for text in "$@"; do
        grep -qF "$text" "$work/said" || { cat "$work/said"; fail "$mode: does not say: $text"; }
    done
    [ ! -s "$work/odd/taken" ] || fail "$mode: something counts as sent"
    rm -f "$work/shown.png"
    printf 'tap outbox\nwait for "%s" 20000\ndump %s\n' "$1" "$work/outbox.json" >"$work/look.script"
    if [ -n "${SHOTS:-}" ]; then
        mkdir -p "$SHOTS"
        printf 'shot %s/server-%s.png\ntap waiting/0\nshot %s/server-%s-one.png\n' \
            "$SHOTS" "$mode" "$SHOTS" "$mode" >>"$work/look.script"
    fi
    handheld --lang vi --script "$work/look.script"
}
says html "Mạng này yêu cầu đăng nhập trước."
says 500 "Máy chủ gặp lỗi."
says nothing "Mất kết nối khi đang gửi."
says 401 "Máy này không còn được máy chủ chấp nhận."
# A person asks again after the server came to its senses with a token that it knows.
mode ok
printf '%s\n' "$pin" | ctl sync --send-only >"$work/said" || { cat "$work/said"; fail "not sent after all"; }
