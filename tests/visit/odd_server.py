"""A server that misbehaves: odd_server.py PORT FOLDER. FOLDER/mode says how: ok, html, 401, 409,
413, 500 or nothing. FOLDER/refused holds what the first records are answered ("409 413"); forms are
told from FOLDER/forms and FOLDER/files. What was taken is noted in FOLDER/taken."""
import http.server
import os
import re
import sys
import time

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
ANSWER = ('<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
          '<message>%s</message></OpenRosaResponse>')
PORTAL = "<html><body><h1>Welcome to the hotel</h1>Please log in.</body></html>"
REFUSED = {}
WORDS = {"401": "who are you", "409": "another record has this id", "413": "too large",
         "500": "database is down"}


def kept(name):
    path = os.path.join(FOLDER, name)
    return open(path).read().strip() if os.path.exists(path) else ""


class Odd(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def say(self, status, text, kind="text/xml; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("X-OpenRosa-Version", "1.0")
        self.send_header("X-OpenRosa-Accept-Content-Length", "100000000")
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def html(self):
        body = PORTAL.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def odd(self):
        """Answers out of order when the mode says so; True then."""
        mode = kept("mode")
        if mode == "nothing":
            self.close_connection = True
            time.sleep(0.2)
            return True
        if mode == "html":
            self.html()
            return True
        if mode == "401" or (mode in WORDS and self.command == "POST"):
            self.say(int(mode), ANSWER % WORDS[mode])
            return True
        return False

    def do_HEAD(self):
        if not self.odd():
            self.say(204, "")

    def do_GET(self):
        if self.odd():
            return
        name = self.path.split("?")[0].rsplit("/", 1)[-1]
        if name == "formList":
            self.say(200, kept("forms") or
                     '<xforms xmlns="http://openrosa.org/xforms/xformsList"></xforms>')
        elif os.path.exists(os.path.join(FOLDER, "files", name)):
            self.say(200, open(os.path.join(FOLDER, "files", name)).read())
        else:
            self.say(404, ANSWER % "no such thing")

    def body(self):
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        whole = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            whole += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return whole

    def do_POST(self):
        if self.headers.get("Expect", "").lower() == "100-continue":
            pass  # the base class answered already
        body = self.body()
        if self.odd():
            return
        found = re.search(rb"uuid:[0-9a-f-]{36}", body)
        record = found.group().decode() if found else "none"
        statuses = kept("refused").split()
        if statuses and record not in REFUSED and len(REFUSED) < len(statuses):
            REFUSED[record] = statuses[len(REFUSED)]
        if statuses and record in REFUSED:
            self.say(int(REFUSED[record]), ANSWER % WORDS[REFUSED[record]])
            return
        with open(os.path.join(FOLDER, "taken"), "a") as taken:
            taken.write(record + "\n")
        self.say(201, ANSWER % "taken")


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Odd).serve_forever()
