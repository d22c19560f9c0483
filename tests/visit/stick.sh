#!/usr/bin/env bash
# To a stick and back by the screen alone: no stick, one that is full, one that cannot be written
# to, two to choose from; the hub takes in what lies there, its words come back on the stick, and
# nothing is sent twice. KEEP=1 keeps the pictures.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
cat >"$work/stick.xml" <<'XML'
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Film</h:title><model><instance><data id="film" version="1"><x/><meta><instanceID/>
</meta></data></instance><bind nodeset="/data/x"/></model></h:head><h:body/></h:html>
XML
hub publish "$work/stick.xml" >"$work/publish.log"
code=$(hub device add handheld --url http://127.0.0.1:1 2>/dev/null)
printf '%s\n%s\n' "$pin" "$code" | ctl enrol >"$work/enrol.log"
"$build/make_records" "$work/handheld" $pin 1 6 40000
mkdir -p "$work/stick" "$work/other" "$work/shots"

at_stick() { # LANG SIZE STICKS, the script on stdin
    {
        printf 'tap outbox\ntap handover\ntap stick\ncheck\n'
        cat
    } >"$work/stick.script"
    GOCUA_STICKS=$3 "$build/gocua" --data "$work/handheld" --size "$2" --lang "$1" --headless \
        --no-sync --pin-fd 3 --script "$work/stick.script" 3< <(echo "$pin")
}
bundles() {
    find "$1" -name '*.gcb' | wc -l
}

# none; then one is plugged in, and appears by itself
{
    printf 'expect no id write\nshot %s/none.png\nkey Back\nexpect screen handover\n' "$work/shots"
} | at_stick vi 480x800 "$work/nothing"
ln -s "$work/late" "$work/plugged"
(sleep 2 && mkdir "$work/late") &
plug=$!
at_stick vi 480x800 "$work/plugged" <<<'wait for "plugged" 20000'
wait $plug
[ "$(bundles "$work/late/")" = 0 ] || fail "it was written without being asked"

# a full one: some fit, the others wait, no half one lies there, and it is said
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=100k none "$work/other" 2>/dev/null; then
    {
        printf 'tap write\nwait for "USB đã đầy" 20000\nexpect "rút USB ra được rồi"\ncheck\n'
        printf 'shot %s/full.png\ntap again\nexpect id write\n' "$work/shots"
    } | at_stick vi 480x800 "$work/other" || { umount "$work/other"; fail "a full stick"; }
    some=$(bundles "$work/other")
    half=$(find "$work/other" -name '*.part*' | wc -l)
    hub import "$work/other" >"$work/import.log" || some=0
    mount -o remount,ro "$work/other"
    printf 'expect state write disabled\ncheck\nshot %s/locked.png\n' "$work/shots" |
        at_stick vi 480x800 "$work/other" || some=0
    umount "$work/other"
    [ "$some" -ge 1 ] && [ "$some" -lt 6 ] && [ "$half" = 0 ] || fail "full: $some whole, $half half"
    echo "a full stick: $some of 6"
fi

# two to choose from, by keys; in Arabic on a wide window
{
    printf 'expect focus other\nkey Down 2\nexpect focus stick\nkey Enter\n'
    printf 'shot %s/ready.png\ntap write\nwait for "6 سجلات على" 30000\ncheck\n' "$work/shots"
    printf 'shot %s/written.png\ntap done\nexpect screen handover\n' "$work/shots"
} | at_stick ar 800x480 "$work/other:$work/stick"
[ "$(bundles "$work/stick")" = 6 ] && [ "$(bundles "$work/other")" = 0 ] || fail "not the chosen one"

# the hub, and the way back
hub import "$work/stick" >"$work/import.log"
[ "$(hub status | awk '/^records\t/ {print $2}')" = 6 ] || fail "the hub has not six records"
{
    printf 'tap write\nwait for "6 phiếu" 30000\nexpect "rút USB ra được rồi"\n'
    printf 'shot %s/arrived.png\ntap done\n' "$work/shots"
} | at_stick vi 480x800 "$work/stick"
printf 'expect "0 phiếu"\ntap write\nwait for "Không có gì mới" 30000\ncheck\n' |
    at_stick vi 480x800 "$work/other"
[ "$(bundles "$work/other")" = 0 ] || fail "what has arrived went again"
[ -z "${SHOTS:-}" ] || cp "$work"/shots/*.png "$SHOTS"
echo "six records to a stick, to the hub, and the word back"
