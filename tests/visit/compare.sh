#!/usr/bin/env bash
# A record is sent, returned by the supervisor, corrected; meanwhile somebody else corrected it too:
# both versions stand side by side, once by touch and once by keys alone, and mine goes as the newest.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
command -v curl >/dev/null || exit 77
prepare
cat >"$work/talk.xml" <<'XML'
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Hỏi thăm</h:title><model><itext>
<translation lang="Tiếng Việt (vi)" default="true()"><text id="n"><value>Tên chủ hộ?</value></text>
<text id="w"><value>Ai mở cửa?</value></text><text id="m"><value>Người mẹ</value></text>
<text id="f"><value>Người cha</value></text><text id="d"><value>Ngày nào?</value></text></translation>
<translation lang="English (en)"><text id="n"><value>Name of the householder?</value></text>
<text id="w"><value>Who opened the door?</value></text><text id="m"><value>The mother</value></text>
<text id="f"><value>The father</value></text><text id="d"><value>On which day?</value></text>
</translation></itext><instance><data id="talk" version="1"><name/><who/><day/><meta><instanceID/>
<instanceName/></meta></data></instance><bind nodeset="/data/name" type="string"/>
<bind nodeset="/data/day" type="date"/><bind nodeset="/data/meta/instanceID" type="string"
jr:preload="uid"/><bind nodeset="/data/meta/instanceName" type="string" calculate="/data/name"/>
</model></h:head><h:body><input ref="/data/name"><label ref="jr:itext('n')"/></input>
<select1 ref="/data/who"><label ref="jr:itext('w')"/><item><label ref="jr:itext('m')"/>
<value>m</value></item><item><label ref="jr:itext('f')"/><value>f</value></item></select1>
<input ref="/data/day"><label ref="jr:itext('d')"/></input></h:body></h:html>
XML
hub publish "$work/talk.xml" >>"$work/publish.log"
printf '%s\n' "$pin" | ctl sync --fetch-only >>"$work/sync.log"
# A second device, by the token in its code: what another volunteer's handheld would send.
second=$(hub device add second --url "http://127.0.0.1:$port" 2>/dev/null | python3 -c '
import base64, json, sys
text = sys.stdin.read().split("GOCUA1:")[1].split(".")[0]
print(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))["t"])')

newest() { # the instance id of the only current record at the hub
    rm -f "$work/out.zip"
    hub export submissions --format zip-folder --full --reason "the test of corrections" \
        --out "$work/out.zip" >/dev/null
    python3 - "$work/out.zip" <<'PY'
import re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    text = b"".join(z.read(name) for name in z.namelist() if name.endswith(".xml"))
print(re.search(rb"instanceID>(uuid:[0-9a-f-]{36})", text).group(1).decode())
PY
}

edit_there() { # edit_there OLD NEW NAME
    printf '%s' "<data id=\"talk\" version=\"1\"><name>$3</name><who>f</who><day>2026-11-07</day><meta>\
<instanceID>$2</instanceID><deprecatedID>$1</deprecatedID></meta></data>" >"$work/edit.xml"
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H 'X-OpenRosa-Version: 1.0' \
        -F "xml_submission_file=@$work/edit.xml;type=text/xml" \
        "http://127.0.0.1:$port/key/$second/submission")" = 201 ] || fail "the other edit was refused"
}

mkdir "$work/shots"
cat >"$work/first.script" <<'SCRIPT'
wait idle
tap forms
wait for "Hỏi thăm" 10000
tap "Hỏi thăm"
tap "Tên chủ hộ?"
type "Nguyễn Thị Lan"
tap next
tap "Người mẹ"
tap next
wait idle
tap next
tap finish
wait 1500
SCRIPT
handheld --lang vi --script "$work/first.script"
printf '%s\n' "$pin" | ctl sync >>"$work/sync.log" 2>&1 || true
original=$(newest)
edit_there "$original" "uuid:11111111-1111-4111-8111-111111111111" "Nguyễn Thị Lan Hương"

# a correction of what was sent: it comes too late
cat >"$work/correct.script" <<'SCRIPT'
wait idle
tap outbox
tap "Đã gửi"
tap sent/0
tap correct
tap next
tap next
tap next
tap finish
wait 1500
SCRIPT
handheld --lang vi --script "$work/correct.script"
printf '%s\n' "$pin" | ctl sync --verbose >>"$work/sync.log" 2>&1 || true
printf '%s\n' "$pin" | ctl sync --fetch-only >>"$work/sync.log" 2>&1 || true

cat >"$work/look.script" <<'SCRIPT'
wait idle
tap outbox
tap waiting/0
tap compare
expect screen compare
check
SCRIPT
wrong=0
for lang in vi en ar; do
    { cat "$work/look.script"; echo "shot $work/shots/$lang.png"; } >"$work/shot.script"
    handheld --lang $lang --script "$work/shot.script"
    kept=$here/pictures/compare/$lang.png
    # other versions of the text renderer draw a little differently
    if [ -n "${KEEP:-}" ]; then
        mkdir -p "${kept%/*}"
        cp "$work/shots/$lang.png" "$kept"
    elif [ "$(pkg-config --modversion pango)" = 1.50.12 ] &&
        ! "$build/compare_pictures" "$work/shots/$lang.png" "$kept"; then
        cp "$work/shots/$lang.png" "${kept%.png}.got.png"
        wrong=$((wrong + 1))
    fi
done
[ $wrong = 0 ] || fail "$wrong pictures differ"

# the decision, by keys alone: down through all differences to their end, then mine
{ cat "$work/look.script"; echo "tap mine"; echo "wait 1500"; } >"$work/keys.script"
handheld --lang vi --inspect "$work/socket" &
handheld_pid=$!
python3 "$here/by_keys.py" "$work/keys.script" "$work/socket" || fail "not by keys alone"
wait "$handheld_pid" || fail "the handheld failed"
handheld_pid=
printf '%s\n' "$pin" | ctl sync >>"$work/sync.log" 2>&1 || true
mine=$(curl -s -H 'X-OpenRosa-Version: 1.0' "http://127.0.0.1:$port/key/$second/records/$original")
grep -q '<deprecatedID>uuid:11111111' <<<"$mine" || fail "mine does not replace theirs: $mine"
grep -q '<name>Nguyễn Thị Lan</name>' <<<"$mine" || fail "it is not mine: $mine"
[ "$(hub status | awk '/^records\t/ {print $2}')" = 1 ] || fail "a record was doubled"
printf 'wait idle\ntap outbox\nexpect no id waiting/0\n' >"$work/end.script"
handheld --lang vi --script "$work/end.script"
echo "both versions were compared, mine is the newest, theirs in the history"
