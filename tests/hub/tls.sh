#!/usr/bin/env bash
# TLS of our own: a client that trusts the certificate gets in, addresses say https, cookies are
# secure; a bad certificate is a sentence.
set -euo pipefail
hub=$GOCUA_BUILD/gocua-hub
[ -x "$hub" ] || exit 77
command -v openssl >/dev/null || exit 77
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
export GOCUA_HUB_DATA=$folder/data

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
echo rubbish >"$folder/bad.pem"
if "$hub" serve --listen 127.0.0.1:0 --tls-cert "$folder/bad.pem" --tls-key "$folder/key.pem" \
    2>"$folder/err"; then
    echo "a bad certificate was taken" >&2
    exit 1
fi
grep -q certificate "$folder/err"
"$hub" serve --listen 127.0.0.1:0 --tls-cert "$folder/cert.pem" --tls-key "$folder/key.pem" \
    >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    grep -q listening "$folder/log" && break
    kill -0 "$server"
    sleep 0.1
done
url=$(sed -n 's/.*listening on \(https[^ ]*\)\/$/\1/p' "$folder/log")
code=$("$hub" device add one 2>/dev/null)
passphrase=$("$hub" admin passphrase)
python3 - "$url" "$folder/cert.pem" "$code" "$passphrase" <<'PYTHON'
import base64, json, ssl, sys, urllib.error, urllib.parse, urllib.request as u
url, cert, code, passphrase = sys.argv[1:]
token = json.loads(base64.urlsafe_b64decode(code[7:].split(".")[0] + "==="))["t"]
trust = ssl.create_default_context(cafile=cert)
ask = u.Request(url + "/key/%s/formList" % token, headers={"X-OpenRosa-Version": "1.0"})
assert u.urlopen(ask, context=trust).status == 200
try:
    u.urlopen(ask, context=ssl.create_default_context())
    raise SystemExit("an unknown certificate was trusted")
except urllib.error.URLError:
    pass
old = ssl.create_default_context(cafile=cert)
old.maximum_version = ssl.TLSVersion.TLSv1_1
try:
    u.urlopen(ask, context=old)
    raise SystemExit("TLS 1.1 was spoken")
except (urllib.error.URLError, ssl.SSLError, ValueError):
    pass
class Stay(u.HTTPRedirectHandler):
    def redirect_request(self, *a): return None
opener = u.build_opener(u.HTTPSHandler(context=trust), Stay)
try:
    opener.open(url + "/login", urllib.parse.urlencode({"passphrase": passphrase}).encode())
except urllib.error.HTTPError as answer:
    assert answer.code == 303, answer.code
    assert "; Secure" in answer.headers["Set-Cookie"]
    page = u.Request(url + "/devices", headers={"Cookie": answer.headers["Set-Cookie"].split(";")[0]})
    text = u.urlopen(page, context=trust).read().decode()
    assert "Mã khóa của máy chủ này" in text or "Key code of this server" in text
    assert text.count("<svg") == 1
pins = json.loads(base64.urlsafe_b64decode(code[7:].split(".")[0] + "==="))["p"]
assert len(pins) == 1 and pins[0].startswith("sha256//"), pins
answer = u.urlopen(ask, context=trust)
assert answer.headers["X-GoCua-Pins"].startswith("GOCUAP1:")
PYTHON
echo fine
