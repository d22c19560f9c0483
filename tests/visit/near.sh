#!/usr/bin/env bash
# From one device to another over loopback as over a hot-spot, by the screens alone: the receiver
# shows a code, the giver's camera reads it, photos go along; given once more nothing doubles; the
# hub gets each once, and its word goes back the same way. SHOTS=DIR copies the pictures there.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
cat >"$work/film.xml" <<'XML'
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Film</h:title><model><instance><data id="film" version="1"><x/><meta><instanceID/>
</meta></data></instance><bind nodeset="/data/x"/></model></h:head><h:body/></h:html>
XML
hub publish "$work/film.xml" >"$work/publish.log"
port=$(free_port)
for device in a b; do
    code=$(hub device add $device --url "http://127.0.0.1:$port" 2>/dev/null)
    printf '%s\n%s\n' "$pin" "$code" |
        "$build/gocuactl" enrol --data "$work/$device" --pin-stdin >"$work/enrol.log"
done
"$build/make_records" "$work/a" $pin 1 3 1500 300000
mkdir "$work/shots"
export GOCUA_NEAR=127.0.0.1

device() { # DEVICE LANG SIZE CAMERA, the script on stdin
    cat >"$work/$1.script"
    "$build/gocua" --data "$work/$1" --size "$3" --lang "$2" --headless --no-sync --pin-fd 3 \
        --camera "fake:$4" --script "$work/$1.script" 3< <(echo "$pin")
}
receive() { # what the receiver waits for
    rm -f "$work/code.png"
    {
        printf 'tap outbox\ntap handover\ntap near\ncheck\ntap near-receive\ncheck\n'
        printf 'shot %s/code.png\n%s\ncheck\nshot %s/received.png\n' "$work" "$1" "$work/shots"
        printf 'wait 3000\ntap done\n' # the giver hears the last answer
    } | device b vi 480x800 "$here/card.jpg" &
    handheld_pid=$!
    local i
    for i in $(seq 300); do
        [ ! -s "$work/code.png" ] || return 0
        kill -0 "$handheld_pid" 2>/dev/null || fail "the receiver ended"
        sleep 0.1
    done
    fail "no code"
}
received() {
    wait "$handheld_pid" || fail "the receiver"
    handheld_pid=
}
bundles() {
    find "$work/b/carried" -name '*.gcb' | wc -l
}
records() {
    hub status | awk '/^records\t/ {print $2}'
}
to_give="tap outbox
tap handover
tap near
tap near-give"
ready='wait for "Số trên cả hai màn hình" 60000'
over='wait for "Đã bàn giao xong" 60000'

receive 'wait for "Đã nhận 3 gói" 60000'
{
    printf '%s\n%s\nexpect "3 phiếu"\ncheck\nshot %s/ready.png\ntap give\n' "$to_give" "$ready" \
        "$work/shots"
    printf '%s\nexpect "3 phiếu"\ncheck\nshot %s/given.png\n' "$over" "$work/shots"
    printf 'tap done\nexpect screen near\n'
} | device a vi 480x800 "$work/code.png"
received
[ "$(bundles)" = 3 ] || fail "not three bundles"

# once more, in Arabic on a wide window: known already
receive 'wait for "3 gói đã có sẵn" 60000'
printf '%s\nwait for "الرقم على الشاشتين" 60000\ncheck\ntap give\nwait for "انتهى" 60000\ncheck\n' "$to_give" |
    device a ar 800x480 "$work/code.png"
received
[ "$(bundles)" = 3 ] || fail "kept twice"

# the code of before is no longer good: that screen is closed
{
    printf '%s\n%s\ntap give\nwait for "Máy kia không trả lời" 60000\ncheck\n' "$to_give" "$ready"
    printf 'shot %s/nobody.png\n' "$work/shots"
} | device a vi 480x800 "$work/code.png"

start_hub
echo $pin | "$build/gocuactl" sync --data "$work/b" --pin-stdin >"$work/sync.log"
[ "$(records)" = 3 ] || fail "the hub has not three records"
[ "$(bundles)" = 0 ] || fail "what has arrived is still carried"
stop_hub

receive 'wait for "từ 1 máy" 60000'
{
    printf '%s\n%s\ntap give\n%s\nexpect "3 phiếu đã đến"\ncheck\n' "$to_give" "$ready" "$over"
    printf 'shot %s/arrived.png\ntap done\n' "$work/shots"
} | device a vi 480x800 "$work/code.png"
received
[ "$(bundles)" = 0 ] || fail "what has arrived went again"
[ -z "${SHOTS:-}" ] || cp "$work"/shots/*.png "$work/code.png" "$SHOTS"
echo "three records with photos from screen to screen, to the hub, and the word back"
