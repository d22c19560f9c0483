#!/usr/bin/env bash
# gocuactl handover --film and --watch: records go through pictures of codes from one device to
# another, by a stick to the hub, and its word comes back as a film. Lost, doubled, foreign and
# hostile pictures change nothing; nothing arrives twice; nothing is sent before the hub says so.
set -euo pipefail
ctl=$GOCUA_BUILD/gocuactl
hub=$GOCUA_BUILD/gocua-hub
[ -x "$ctl" ] && [ -x "$hub" ] || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/stick" "$folder/seen" "$folder/answer"
export GOCUA_HUB_DATA=$folder/hub LC_ALL=C.UTF-8

fail() {
    echo "failed: $*" >&2
    cat "$folder/out" "$folder/err" >&2
    exit 1
}
ctl() { # STATUS DEVICE ARGUMENT…
    local want=$1 device=$2 got=0
    shift 2
    printf '246813\n' | "$ctl" "$@" --data "$folder/$device" --pin-stdin \
        >"$folder/out" 2>"$folder/err" || got=$?
    [ "$got" = "$want" ] || fail "gocuactl $* on $device ended with $got, not $want"
}
says() {
    grep -qF "$1" "$folder/out" || fail "not said: $1"
}

cat >"$folder/film.xml" <<'XML'
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Film</h:title><model><instance><data id="film" version="1"><x/><meta><instanceID/>
</meta></data></instance><bind nodeset="/data/x"/></model></h:head><h:body/></h:html>
XML
"$hub" publish "$folder/film.xml" >"$folder/out" 2>"$folder/err" || fail "publish"
for device in a b stranger; do
    export GOCUA_HUB_DATA=$folder/hub-$device
    [ $device = stranger ] || GOCUA_HUB_DATA=$folder/hub
    code=$("$hub" device add $device --url http://127.0.0.1:1 2>"$folder/err" | grep -o 'GOCUA1:[^ ]*')
    ctl 0 $device enrol "$code"
    echo language=en >"$folder/$device/display"
done
GOCUA_HUB_DATA=$folder/hub
"$GOCUA_BUILD/make_records" "$folder/a" 246813 1 6 1500
"$GOCUA_BUILD/make_records" "$folder/stranger" 246813 101 1 1500

ctl 2 a handover --film "$folder/x" --watch "$folder/y"
ctl 2 a handover "$folder/stick" --answers
ctl 1 a handover --watch "$folder/seen"
ctl 0 b handover --film "$folder/none"
says '0 records in 0 pictures'
[ ! -e "$folder/none" ] || fail "a film of nothing"

# Two films of the same records; a fifth of the first gets lost, the rest comes in any order, with
# doubles, pictures of another film, of no code at all, and packets that lie.
ctl 0 a handover --film "$folder/film"
says '6 records in'
ctl 0 stranger handover --film "$folder/other"
if grep -qaE 'uuid:film|<data' "$folder"/film/*; then fail "a record can be read in a picture"; fi
python3 - "$folder" <<'PYTHON'
import os, random, shutil, sys
folder = sys.argv[1]
chance = random.Random(20)
films = {name: sorted(os.listdir(folder + "/" + name)) for name in ("film", "other")}
kept = [n for n in films["film"] if chance.random() >= .2]
order = [("film", n) for n in kept] + [("film", n) for n in kept[:4]]
chance.shuffle(order)
for i, name in enumerate(films["other"][:3]):
    order.insert(2 + 3 * i, ("other", name))
for i, (film, name) in enumerate(order):
    shutil.copy("%s/%s/%s" % (folder, film, name), "%s/seen/%04d.png" % (folder, 10 * i))
open(folder + "/seen/0005.png", "wb").write(b"no picture")
open(folder + "/seen/0015.pgm", "wb").write(b"P5 64 64 255\n" + bytes(chance.randrange(256) for _ in range(4096)))
print(len(films["film"]), "pictures,", len(kept), "not lost")
PYTHON
ctl 0 b handover --watch "$folder/seen" --answer "$folder/answer/1.png"
says 'kept'
[ "$(ls "$folder/b/carried" | wc -l)" = 1 ] || fail "not kept once"

# "I have it": the records say so and wait; another device's records do not.
ctl 0 stranger handover --watch "$folder/answer"
says 'not from here'
ctl 0 a handover --watch "$folder/answer"
says '6 records are with your colleague'
ctl 0 a handover --film "$folder/again"
says '6 records in'

# By stick to the hub, twice, and its word back as a film. A list of another organisation is none.
ctl 0 b handover "$folder/stick"
"$hub" import "$folder/stick" >"$folder/out" 2>"$folder/err" || fail "import"
says '6 taken'
"$hub" import "$folder/stick" >"$folder/out" 2>"$folder/err" || fail "import again"
"$hub" status >"$folder/out"
grep -qP '^records\t6$' "$folder/out" || fail "not six records at the hub"
ctl 0 b handover "$folder/stick"
[ "$(ls "$folder"/stick/*.gcb | wc -l)" = 1 ] || fail "a bundle lies on the stick twice"
if ls "$folder"/b/carried/*.gcb >/dev/null 2>&1; then fail "what has arrived is still carried"; fi
ctl 0 b handover --film "$folder/word" --answers
ctl 1 stranger handover --watch "$folder/word"
ctl 0 a handover --watch "$folder/word"
says '6 records have arrived and count as sent'
ctl 0 a handover --film "$folder/end"
says '0 records in 0 pictures'
echo "six records by film, stick and film"
