#!/usr/bin/env bash
# The command line: exit statuses, publishing folders, devices, exports; also beside a running hub.
set -euo pipefail
hub=$GOCUA_BUILD/gocua-hub
[ -x "$hub" ] || exit 77
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
export GOCUA_HUB_DATA=$folder/data

fail() {
    echo "failed: $*" >&2
    exit 1
}
status_is() { # STATUS COMMAND…
    local want=$1 got=0
    shift
    "$@" >"$folder/out" 2>"$folder/err" || got=$?
    [ "$got" = "$want" ] || fail "$* ended with $got, not $want: $(cat "$folder/err")"
}

status_is 0 "$hub" --help
grep -q 'device add' "$folder/out" || fail "--help names no commands"
status_is 0 "$hub" --version
status_is 2 "$hub"
status_is 2 "$hub" dance
status_is 2 "$hub" publish
status_is 2 "$hub" status --colour
status_is 2 "$hub" export submissions --format xls
status_is 2 "$hub" export submissions --full
status_is 1 "$hub" publish "$folder/none.xml"
echo '<html/>' >"$folder/bad.xml"
status_is 1 "$hub" publish "$folder/bad.xml"
grep -q 'no form' "$folder/err" || fail "a bad form has no sentence"
status_is 1 "$hub" device revoke nobody

mkdir "$folder/forms" "$folder/forms/a-media"
for id in a b; do
    cat >"$folder/forms/$id.xml" <<XML
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Form $id</h:title><model><instance><data id="$id" version="1"><x/><meta><instanceID/>
</meta></data></instance><bind nodeset="/data/x" calculate="pulldata('wards','label','name','1')"/>
</model></h:head><h:body/></h:html>
XML
done
echo logo >"$folder/forms/a-media/logo.png"
status_is 0 "$hub" publish "$folder/forms"
grep -q 'a 1 published' "$folder/out" || fail "form a was not published"
grep -q 'wards.csv, which is not published yet' "$folder/err" || fail "the lack was not told"
status_is 0 "$hub" publish "$folder/forms/a.xml"
grep -q 'unchanged' "$folder/out" || fail "the same bytes were published twice"
printf 'name,label\n1,One\n' >"$folder/list.csv"
status_is 0 "$hub" publish-list wards "$folder/list.csv"
printf 'name,label\n1,"One\n' >"$folder/broken.csv"
status_is 1 "$hub" publish-list "$folder/broken.csv"
status_is 0 "$hub" form state b closed
status_is 2 "$hub" form state b shut
status_is 0 "$hub" form list
sed 's/id="a"/id="odd"/; s/pulldata(.*)"/wrong(("/' "$folder/forms/a.xml" >"$folder/odd.xml"
status_is 0 "$hub" publish "$folder/odd.xml"
grep -q 'cannot use it' "$folder/err" || fail "a form our engine cannot use was not told"

"$hub" serve --listen 127.0.0.1:0 >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    grep -q listening "$folder/log" && break
    kill -0 "$server" || fail "the hub did not start: $(cat "$folder/log")"
    sleep 0.1
done
url=$(sed -n 's/.*listening on \(http[^ ]*\)\/$/\1/p' "$folder/log")
status_is 1 "$hub" serve --listen 127.0.0.1:0
status_is 0 "$hub" device add 'Máy 1'
[ "$(wc -l <"$folder/out")" = 1 ] || fail "the code is not one line"
grep -q '^GOCUA1:' "$folder/out" || fail "the code is none"
short=$(grep -oE '([0-9A-Z]{4}-){2}[0-9A-Z]{4}' "$folder/err" | head -n 1)
python3 - "$url" "$short" "$folder" <<'PYTHON'
import json, sys, urllib.request as u
url, short, folder = sys.argv[1:]
enrol = u.Request(url + "/enrol", data=("code=%s&device=d1" % short.lower()).encode())
address = json.load(u.urlopen(enrol))["address"]
body = ('--BB\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="s"\r\n\r\n'
        '<data id="a" version="1"><x>001190000001</x><meta><instanceID>uuid:1</instanceID></meta>'
        '</data>\r\n--BB--\r\n')
answer = u.urlopen(u.Request(address + "/submission", data=body.encode(), headers={
    "X-OpenRosa-Version": "1.0", "Content-Type": "multipart/form-data; boundary=BB"}))
assert answer.status == 201
# sealed bundles that a device carries: what is none is refused, and strangers are not heard
version = {"X-OpenRosa-Version": "1.0"}
def status(address, data):
    try:
        return u.urlopen(u.Request(address, data=data, headers=version)).status
    except u.HTTPError as e:
        return e.code
head, token = address.rsplit("/", 1)
stranger = head + "/" + token[::-1] if token != token[::-1] else head + "/x"
for want, where, data in ((400, address, b"no bundle"), (400, address, b"GCB2" + bytes(500)),
                          (400, address, b"x"), (404, address, None), (403, stranger, b"GCB1")):
    got = status(where + "/bundle", data)
    assert got == want, (want, got, data and data[:8])
# too much is refused before it comes
import http.client, urllib.parse
to = urllib.parse.urlsplit(address)
line = http.client.HTTPConnection(to.hostname, to.port, timeout=20)
line.putrequest("POST", to.path + "/bundle")
for name, value in {**version, "Content-Length": str(1 << 30), "Expect": "100-continue"}.items():
    line.putheader(name, value)
line.endheaders()
got = line.getresponse().status
assert got == 413, got
PYTHON
status_is 0 "$hub" export submissions --form a
grep -q '•••••••••001' "$folder/out" || fail "the number is not masked"
status_is 0 "$hub" export submissions --format json --full --reason 'test of export'
python3 -c 'import json,sys; rows=json.load(open(sys.argv[1])); assert rows[0]["values"]["x"] == "001190000001", rows' "$folder/out"
status_is 0 "$hub" export submissions --from 2000-01-01 --to 2000-01-02
[ "$(wc -l <"$folder/out")" = 1 ] || fail "--to was not heeded"
status_is 2 "$hub" export submissions --format zip-folder
status_is 0 "$hub" export submissions --format zip-folder --full --reason 'test of zip' --out "$folder/a.zip"
python3 -c 'import sys,zipfile; assert zipfile.ZipFile(sys.argv[1]).namelist() == ["a/uuid_1/submission.xml"]' "$folder/a.zip"
status_is 0 "$hub" device list
grep -q "Máy 1.*in-use" "$folder/out" || fail "the device is not in use"
status_is 2 "$hub" record delete a uuid:1
status_is 0 "$hub" record delete a uuid:1 --reason 'test of delete'
status_is 0 "$hub" device revoke 'Máy 1'
status_is 0 "$hub" admin passphrase
status_is 0 "$hub" admin organisation 'Xã Thử Nghiệm'
status_is 0 "$hub" status
kill "$server"
wait "$server" || fail "the hub ended with $?: $(cat "$folder/log")"
server=
echo fine
