#!/usr/bin/env bash
# What was answered with 201 is there after kill -9 at any moment, byte for byte; nothing is half.
set -euo pipefail
hub=$GOCUA_BUILD/gocua-hub
[ -x "$hub" ] || exit 77
command -v python3 >/dev/null || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - "$hub" "$folder" "${GOCUA_KILLS:-12}" <<'PYTHON'
import hashlib, http.client, os, random, re, signal, socket, subprocess, sys, threading, time

hub, folder, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
data = folder + "/data"
form = ('<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">'
        '<h:head><h:title>T</h:title><model><instance><data id="t" version="1"><photo/><meta>'
        '<instanceID/></meta></data></instance><bind nodeset="/data/photo" type="binary"/>'
        '</model></h:head><h:body/></h:html>')
open(folder + "/t.xml", "w").write(form)
run = lambda *words: subprocess.run([hub, *words, "--data", data], check=True,
                                    capture_output=True, text=True).stdout
run("publish", folder + "/t.xml")
code = run("device", "add", "one", "--url", "http://127.0.0.1:1").strip()
import base64, json
token = json.loads(base64.urlsafe_b64decode(code[7:].split(".")[0] + "==="))["t"]
random.seed(7)
acknowledged = {}
lock = threading.Lock()

def start():
    server = subprocess.Popen([hub, "serve", "--listen", "127.0.0.1:0", "--data", data],
                              stdout=subprocess.PIPE, text=True)
    for line in server.stdout:
        found = re.search(r"listening on http://127.0.0.1:(\d+)/", line)
        if found:
            return server, int(found.group(1))
    raise SystemExit("the hub did not start")

def send(port, number, stop):
    while not stop.is_set():
        photo = random.randbytes(random.randint(100, 60000))
        instance = "uuid:%d-%x" % (number, random.getrandbits(64))
        xml = ('<data id="t" version="1"><photo>p.png</photo><meta><instanceID>%s</instanceID>'
               '</meta></data>' % instance).encode()
        body = (b'--BB\r\nContent-Disposition: form-data; name="xml_submission_file"; '
                b'filename="s.xml"\r\n\r\n' + xml + b'\r\n--BB\r\nContent-Disposition: form-data; '
                b'name="p.png"; filename="p.png"\r\n\r\n' + photo + b'\r\n--BB--\r\n')
        try:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            c.request("POST", "/key/%s/submission" % token, body,
                      {"X-OpenRosa-Version": "1.0",
                       "Content-Type": "multipart/form-data; boundary=BB"})
            answer = c.getresponse()
            if answer.status == 201 and b"<file>" not in answer.read():
                with lock:
                    acknowledged[instance] = (xml, photo)
        except (OSError, http.client.HTTPException):
            return

for _ in range(kills):
    server, port = start()
    stop = threading.Event()
    threads = [threading.Thread(target=send, args=(port, n, stop)) for n in range(4)]
    for t in threads: t.start()
    time.sleep(random.uniform(0.05, 0.5))
    server.send_signal(signal.SIGKILL)
    server.wait()
    stop.set()
    for t in threads: t.join()

server, port = start()
server.terminate()
server.wait()
assert not os.listdir(data + "/incoming"), "a broken-off upload was left"
import io, zipfile
subprocess.run([hub, "export", "submissions", "--format", "zip-folder", "--full", "--reason",
                "test of kills", "--out", folder + "/all.zip", "--data", data], check=True,
               capture_output=True)
whole = zipfile.ZipFile(folder + "/all.zip")
assert whole.testzip() is None
names = whole.namelist()
assert len(names) == len(set(names)), "a record is there twice"
for instance, (xml, photo) in acknowledged.items():
    base = "t/" + instance.replace(":", "_")
    assert whole.read(base + "/submission.xml") == xml, instance
    assert whole.read(base + "/p.png") == photo, instance
assert len(acknowledged) > kills, "too few were acknowledged to prove anything"
print("%d kills, %d acknowledged records all there" % (kills, len(acknowledged)))
PYTHON
