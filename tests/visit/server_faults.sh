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
says 500 "Máy chủ gặp lỗi." "Máy chủ trả lời: database is down"
says nothing "Mất kết nối khi đang gửi."
says 401 "Máy này không còn được máy chủ chấp nhận."

# Two records that the server refuses are set aside, each with its reason; the third goes all the
# same, and a person who puts the two back brings them there too.
echo "409 413" >"$work/odd/refused"
mode ok
status=0
printf '%s\n' "$pin" | ctl sync --send-only --verbose >"$work/said" 2>&1 || status=$?
[ $status = 1 ] || fail "two are left, status $status"
[ "$(sort -u "$work/odd/taken" | wc -l)" = 1 ] || fail "the good record was held"
grep -qF "Máy chủ từ chối phiếu này." "$work/said" || fail "409 is not told"
grep -qF "Có tệp quá lớn so với giới hạn của máy chủ." "$work/said" || fail "413 is not told"
rm "$work/odd/refused"
{
    echo "wait idle"
    [ -z "${SHOTS:-}" ] || printf 'tap outbox\nshot %s/server-aside.png\nkey Back\n' "$SHOTS"
    for record in 1 2; do
        printf 'tap outbox\ntap waiting/0\n'
        [ -z "${SHOTS:-}" ] || printf 'shot %s/server-aside-%s.png\n' "$SHOTS" $record
        printf 'tap release\nwait 1500\nkey Back\n'
    done
    printf 'wait for "Đã gửi hết" 20000\n'
} >"$work/release.script"
handheld --lang vi --script "$work/release.script"
[ "$(sort -u "$work/odd/taken" | wc -l)" = 3 ] || fail "not all three arrived in the end"
echo "the server's moods cost nothing"
