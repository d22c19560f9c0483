#!/usr/bin/env bash
# From one device's screen to another's camera and back, in real programs: what is shown is taken as
# pictures, most of them twice, and a fifth of the codes gets lost; the answer on the receiver's
# screen is watched by the sender. The receiver meets the server, and its word goes back to the
# sender, who sends nothing twice. KEEP=1 keeps the pictures.
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
"$build/make_records" "$work/a" $pin 1 6 1500
mkdir "$work/shown" "$work/seen" "$work/answer" "$work/shots"

device() { # DEVICE CAMERA SCRIPT
    "$build/gocua" --data "$work/$1" --size 480x800 --lang vi --headless --pin-fd 3 \
        --camera "fake:$2" --script "$3" 3< <(echo "$pin")
}
to_film="tap outbox
tap handover
tap film-show"

# The sender: the film is filmed at fifteen pictures a second for some four seconds.
{
    # by keys alone, behind six rows of the outbox
    printf 'wait idle\ntap outbox\nkey Down 8\nexpect focus handover\nkey Enter\ncheck\n'
    printf 'expect focus film-show\nkey Enter\ncheck\nexpect "6 "\nexpect focus play\nkey Enter\n'
    printf 'check\ntap menu\ntap faster\n'
    for i in $(seq 100 149); do printf 'shot %s/%s.png\nwait 40\n' "$work/shown" $i; done
    printf 'key Back\nexpect screen film_show\ncheck\nshot %s/film-sent.png\n' "$work/shots"
} >"$work/show.script"
device a "$here/card.jpg" "$work/show.script"
cp "$work/shown/110.png" "$work/shots/film-shown.png"

python3 - "$work" "$here/card.jpg" <<'PYTHON'
import os, random, shutil, sys
work = sys.argv[1]
chance = random.Random(6)
names = sorted(os.listdir(work + "/shown"))
distinct = {open("%s/shown/%s" % (work, n), "rb").read() for n in names}
assert len(distinct) >= 12, "the film stands: %d pictures" % len(distinct)
lost = {picture for picture in sorted(distinct) if chance.random() < .2}
kept = [n for n in names if open("%s/shown/%s" % (work, n), "rb").read() not in lost]
for i, name in enumerate(kept):
    shutil.copy("%s/shown/%s" % (work, name), "%s/seen/%04d.png" % (work, i))
for i in (0, 7, 8, 15):  # a card comes between
    shutil.copy(sys.argv[2], "%s/seen/%04d-card.jpg" % (work, i))
print(len(names), "pictures of", len(distinct), "codes;", len(lost), "codes lost")
PYTHON

# The receiver; then the sender watches its answer.
cat >"$work/watch.script" <<END
tap outbox
tap handover
tap film-watch
wait for "Đã nhận đủ" 60000
check
shot $work/shots/film-received.png
tap done
check
shot $work/shots/film-carried.png
END
device b "$work/seen" "$work/watch.script"
cp "$work/shots/film-received.png" "$work/answer/1.png"
{
    printf '%s\ntap play\nkey Back\ntap answer\nwait for "6 phiếu" 20000\n' "$to_film"
    printf 'check\nshot %s/film-taken.png\ntap done\nkey Back\nkey Back\n' "$work/shots"
    printf 'wait for "Đã trao"\ndump %s/outbox.json\n' "$work"
} >"$work/taken.script"
device a "$work/answer" "$work/taken.script"
[ "$(find "$work/b/carried" -name '*.gcb' | wc -l)" = 1 ] || fail "not kept once"

# The receiver meets the server; the word about it goes back as pictures of the same kind.
cli() { # DEVICE ARGUMENT…
    local device=$1
    shift
    echo "$pin" | "$build/gocuactl" "$@" --data "$work/$device" --pin-stdin
}
records() {
    hub status | awk '/^records\t/ {print $2}'
}
[ "$(records)" = 0 ] || fail "the hub has records too early"
start_hub
for foreign in 0 7 f; do # what another organisation must open stays, and holds up nothing
    { printf GCB2; head -c 600 /dev/urandom; } >"$work/b/carried/${foreign}000.gcb"
done
cli b sync >"$work/sync.log"
[ "$(records)" = 6 ] || fail "the server has not six records: $(cat "$work/hub.log")"
[ "$(find "$work/b/carried" -name "*000.gcb.no" | wc -l)" = 3 ] || fail "a foreign bundle has no mark"
[ "$(find "$work/b/carried" -name '*.gcb' | wc -l)" = 3 ] || fail "what has arrived is still carried"
cli b handover --film "$work/word" --answers >"$work/sync.log"
cli a handover --watch "$work/word" | grep -q '^6 ' || fail "the word makes nothing sent"
cli a sync >"$work/sync.log"
[ "$(records)" = 6 ] || fail "a record was doubled"
cli a handover --film "$work/end" | grep -q '^0 ' || fail "something still waits"
for got in "$work"/shots/*.png; do
    [ -z "${KEEP:-}" ] || cp "$got" "$here/pictures/$(basename "$got")"
    [ -f "$here/pictures/$(basename "$got")" ] || fail "no picture of it is kept"
done
echo "six records from screen to camera, and the answer back"
