"""A portal of the tests that answers as ODK Central v2026.2.2 was seen to answer (traces.md beside
this file) or as KoboToolbox does by its source: portal.py central|kobo [PORT]. It prints its port,
keeps everything in memory and tells what it holds at /_/ledger; POST /_/set changes its mood."""
import base64
import gzip
import json
import re
import sys
import threading
import uuid
import xml.etree.ElementTree as tree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

sys.dont_write_bytecode = True  # the folder belongs to the sources
from portal_books import (CLOSED, DIFFERENT, FULL, HTML, JSON, LIMITS, NGINX, NO_AUTH, NO_HEADER,
                          NO_RIGHTS, NOT_FOUND, OUT_OF_DATE, XML, Answer, Dataset, Form, Record,
                          escape, local, md5, said, told, weak_etag)


class Portal:
    def __init__(self, mode):
        self.mode, self.lock = mode, threading.RLock()
        self.forms, self.records, self.datasets = {}, {}, {}
        self.tokens, self.revoked = {"T" * 62 + "$!"}, set()
        self.user, self.password = "field@example.org", "mật khẩu 1"
        self.mood = {"nginx": False, "down": "", "quota": False, "busy": 0, "lose_answers": 0,
                     "project": "1", "challenge": "Digest", "limit": LIMITS[mode], "users": ""}
        self.busy, self.log, self.largest = set(), [], 0
        self.nonce = uuid.uuid4().hex

    # ---- what is in a record ------------------------------------------------------------------
    def read(self, xml):
        """id, version, instanceID, deprecatedID, named files, entities: as far as it reads."""
        try:
            xml.decode("utf-8")
        except UnicodeDecodeError:
            raise Answer(500, '{"message":"Internal Server Error"}', JSON, openrosa=False)
        try:
            root = tree.fromstring(xml.decode("utf-8-sig").encode())
        except tree.ParseError:
            head = re.search(rb"<[A-Za-z][^>]*>", xml)
            marks = dict(re.findall(r'(\w+)="([^"]*)"', head.group().decode())) if head else {}
            return marks.get("id"), marks.get("version"), None, None, set(), [], False
        marks = {local(k): v for k, v in root.attrib.items()}
        meta = next((e for e in root if local(e.tag) == "meta"), tree.Element("none"))
        ids = {local(e.tag): e.text or "" for e in meta}
        form = self.forms.get(marks.get("id"))
        named = {e.text for e in root.iter() if form and local(e.tag) in form.binary and e.text}
        named |= {e.text for e in root.iter() if local(e.tag) in ("encryptedXmlFile",) and e.text}
        for media in (e for e in root if local(e.tag) == "media"):
            named |= {f.text for f in media if f.text}
        entities = []
        for e in (e for e in meta if local(e.tag) == "entity"):
            label = next((c.text or "" for c in e if local(c.tag) == "label"), "")
            entities.append({"list": e.get("dataset"), "id": e.get("id", ""), "label": label,
                             "create": e.get("create") in ("1", "true"),
                             "update": e.get("update") in ("1", "true"),
                             "base": e.get("baseVersion", ""), "trunk": e.get("trunkVersion", ""),
                             "branch": e.get("branchId", ""),
                             "data": {local(c.tag): c.text or "" for c in root
                                      if local(c.tag) not in ("meta", "tree")}})
        return (marks.get("id"), marks.get("version"), ids.get("instanceID"),
                ids.get("deprecatedID"), named, entities, True)

    def submit(self, parts):
        xml = next((b for name, filename, b in parts
                    if name == "xml_submission_file" and filename is not None), None)
        if xml is None:
            raise said(400, "Required multipart POST field xml_submission_file missing.")
        form_id, version, instance, old, named, entities, whole = self.read(xml)
        kobo = self.mode == "kobo"
        if kobo and (not whole or not instance):
            raise said(400, "Instance ID is required" if whole else "Improperly formatted XML.")
        if not form_id:
            raise said(400, "Required parameter form ID xml attribute missing.")
        form = self.forms.get(form_id)
        if not form or form.state == "deleted":
            raise said(404, NOT_FOUND)
        if not form.allowed:
            raise said(401, NO_AUTH)
        if form.state == "closed":
            raise said(405, "Form is not active") if kobo else said(409, CLOSED)
        if not kobo and (version or "") not in form.versions:
            raise said(404, "The form version specified in this submission '%s' does not exist."
                       % (version or ""))
        key = (form_id, instance or str(uuid.uuid4()))
        record = self.records.get(key)
        if record:
            self.refuse_known(record, xml, parts)
        elif old:
            self.supersede(form_id, old)
        is_new = record is None
        if is_new:
            record = self.records[key] = Record(xml, named, old)
            for e in entities:
                if e["list"] in self.datasets:
                    self.datasets[e["list"]].apply(e)
        new_files = self.keep(record, parts)
        record.posts += 1
        if kobo:
            more = ('<submissionMetadata xmlns="http://www.w3.org/2002/xforms" id="%s" '
                    'instanceID="%s"/>' % (form_id, instance))
            if not is_new and not new_files:
                raise said(202, "Duplicate Instance", more=more)
            raise said(201, "Successful submission.", more=more)
        raise said(201, FULL)

    def refuse_known(self, record, xml, parts):
        if record.deleted:
            raise said(409, "This submission has been deleted. You may not resubmit it.")
        if record.superseded and self.mode == "central":
            raise said(409, OUT_OF_DATE % "undefined")
        if record.xml != xml:
            raise said(409, DIFFERENT if self.mode == "central" else
                       "Submission with this instance ID already exists")
        if self.mode == "kobo":
            for name, filename, data in parts:
                kept = record.files.get((filename or "").rsplit("/", 1)[-1])
                if kept is not None and name != "xml_submission_file" and kept != data:
                    raise said(409, "Attachment with same name already exists")

    def supersede(self, form_id, old):
        before = self.records.get((form_id, old))
        if not before:
            raise said(404, "You tried to update an existing submission, but we can't find that "
                            "submission to update (%s)" % old)
        if before.superseded:
            raise said(409, OUT_OF_DATE % old) if self.mode == "central" else said(
                410, "The instance has been edited meanwhile")
        before.superseded = True

    def keep(self, record, parts):
        """Central goes by the part name and drops what the XML does not name; Kobo by filename."""
        added = False
        for name, filename, data in parts:
            if name == "xml_submission_file" or filename is None:
                continue
            place = name if self.mode == "central" else filename.rsplit("/", 1)[-1]
            if self.mode == "kobo" or place in record.expected:
                added = added or place not in record.files
                record.files[place] = data
        return added

    def ledger(self):
        return {"records": [{"form": f, "instance": i, "md5": md5(r.xml), "posts": r.posts,
                             "superseded": r.superseded, "deleted": r.deleted,
                             "missing": sorted(r.expected - set(r.files)),
                             "files": {n: md5(b) for n, b in r.files.items()}}
                            for (f, i), r in self.records.items()],
                "log": self.log, "largest": self.largest}


PORTAL = None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    # ---- answering ----------------------------------------------------------------------------
    def answer(self, a):
        nginx = PORTAL.mood["nginx"]
        body, fields = a.body, [("Content-Type", a.kind)] if a.kind else []
        if a.openrosa:
            fields += [("X-OpenRosa-Version", "1.0"),
                       ("X-OpenRosa-Accept-Content-Length", str(PORTAL.mood["limit"]))]
        fields += a.fields
        if nginx:
            fields.append(("Server", "nginx"))
            if "gzip" in self.headers.get("Accept-Encoding", "") and a.status == 200:
                body = gzip.compress(body)
                fields.append(("Content-Encoding", "gzip"))
        fields += [("Cache-Control", "private, no-cache" if self.command == "GET" else "no-store"),
                   ("Content-Language", "en")]
        self.send_response_only(a.status)
        self.send_header("Date", self.date_time_string())
        for name, value in fields:
            self.send_header(name, value)
        if a.status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and a.status not in (204, 304):
            self.wfile.write(body)

    def tagged(self, body, kind, etag, fields=(), openrosa=True):
        fields = [("ETag", etag)] + list(fields)
        if self.headers.get("If-None-Match") == etag:
            return Answer(304, b"", None, [("ETag", etag)], openrosa)
        return Answer(200, body, kind, fields, openrosa)

    def serve(self):
        body = self.body()
        if body is None:
            return
        url = urlsplit(self.path)
        try:
            if url.path.startswith("/_/"):
                self.control(url.path[3:], body)
            PORTAL.log.append([self.command, re.sub("/key/[^/]*", "/key/TOKEN", url.path),
                               self.headers.get("Authorization", "")[:6]])
            self.route(url, body)
        except Answer as a:
            is_lost = url.path.endswith("/submission") and self.command == "POST"
            if is_lost and PORTAL.mood["lose_answers"] > 0 and a.status < 300:
                PORTAL.mood["lose_answers"] -= 1
                self.close_connection = True
                return
            self.answer(a)

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = serve

    def handle_expect_100(self):
        return self.is_too_large() or super().handle_expect_100()

    def is_too_large(self):
        limit = 100 << 20 if PORTAL.mode == "central" else PORTAL.mood["limit"]
        is_limited = PORTAL.mood["nginx"] or PORTAL.mode == "kobo"
        return is_limited and int(self.headers.get("Content-Length") or 0) > limit + (1 << 16)

    def body(self):
        if self.is_too_large():
            self.close_connection = True
            text = "413 Request Entity Too Large"
            self.answer(Answer(413, NGINX % (text, text), HTML, [("Connection", "close")], False))
            return None
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            whole = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                whole += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return whole
        n = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(n)
        if self.command == "POST" and not self.path.startswith("/_/"):
            PORTAL.largest = max(PORTAL.largest, n)
        return data if len(data) == n else None

    def control(self, what, body):
        with PORTAL.lock:
            if what == "ledger":
                raise Answer(200, json.dumps(PORTAL.ledger()), JSON, openrosa=False)
            wish = json.loads(body)
            for key, value in wish.items():
                if key == "form":
                    form = Form(value["id"], value.get("title", value["id"]), value["xml"].encode(),
                                {n: b.encode() for n, b in value.get("media", {}).items()},
                                value.get("lists", ()))
                    PORTAL.forms[form.id] = form
                elif key == "state":
                    for ident, state in value.items():
                        PORTAL.forms[ident].state = state
                elif key == "access":
                    for ident, allowed in value.items():
                        PORTAL.forms[ident].allowed = allowed
                elif key == "publish":
                    PORTAL.forms[value["id"]].publish(value["xml"].encode())
                elif key == "media":
                    PORTAL.forms[value["id"]].media[value["name"]] = value["bytes"].encode()
                elif key == "dataset":
                    PORTAL.datasets[value["name"]] = Dataset(value["properties"])
                elif key == "delete":
                    PORTAL.records[tuple(value)].deleted = True
                elif key == "supersede":
                    PORTAL.records[tuple(value)].superseded = True
                elif key == "record":
                    PORTAL.records[tuple(value[:2])] = Record(value[2].encode(), set(), None)
                elif key == "file":
                    PORTAL.records[tuple(value[:2])].files[value[2]] = value[3].encode()
                elif key == "forget":
                    PORTAL.records.pop(tuple(value), None)
                elif key == "revoke":
                    PORTAL.revoked |= PORTAL.tokens if value else set()
                    PORTAL.revoked = PORTAL.revoked if value else set()
                else:
                    PORTAL.mood[key] = value
            raise Answer(200, "{}", JSON, openrosa=False)

    # ---- who is asking ------------------------------------------------------------------------
    def needs_version(self):
        if self.headers.get("X-OpenRosa-Version") != "1.0":
            raise said(400, NO_HEADER, openrosa=False)

    def needs_token(self, token):
        token = unquote(token)
        if not re.fullmatch("[A-Za-z0-9!$]{64}", token):
            raise said(401, NO_AUTH, openrosa=False)
        if token not in PORTAL.tokens or token in PORTAL.revoked:
            raise said(403, NO_RIGHTS, openrosa=False)

    def needs_basic(self):
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            raise said(401, NO_AUTH, openrosa=False)
        if self.headers.get("X-Forwarded-Proto") != "https":
            raise said(401, "This authentication method is only available over HTTPS",
                       openrosa=False)
        if base64.b64decode(text).decode() != "%s:%s" % (PORTAL.user, PORTAL.password):
            raise said(401, NO_AUTH, openrosa=False)

    def needs_user(self):
        """Kobo: a challenge, answered by Digest (or Basic, which a client gives over TLS only)."""
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        if kind == "Digest":
            f = dict(re.findall(r'(\w+)="?([^",]+)"?', text))
            one = md5(("%s:%s:%s" % (PORTAL.user, f.get("realm"), PORTAL.password)).encode())
            two = md5(("%s:%s" % (self.command, f.get("uri"))).encode())
            three = ":".join([one, PORTAL.nonce, f.get("nc", ""), f.get("cnonce", ""),
                              f.get("qop", ""), two])
            if f.get("username") == PORTAL.user and f.get("response") == md5(three.encode()):
                return
        if kind == "Basic" and base64.b64decode(text).decode() == "%s:%s" % (PORTAL.user,
                                                                            PORTAL.password):
            return
        way = 'Digest realm="kobo", nonce="%s", algorithm=MD5, qop="auth"' % PORTAL.nonce
        if PORTAL.mood["challenge"] == "Basic":
            way = 'Basic realm="kobo"'
        raise said(401, "Authentication credentials were not provided.", False,
                   [("WWW-Authenticate", way)])

    # ---- where to -----------------------------------------------------------------------------
    def route(self, url, body):
        if PORTAL.mood["down"] == "backend":
            raise Answer(502, NGINX % ("502 Bad Gateway", "502 Bad Gateway"), HTML, openrosa=False)
        if PORTAL.mood["down"] == "database":
            raise Answer(500, '{"message":"Internal Server Error"}', JSON, openrosa=False)
        if PORTAL.mode == "kobo":
            self.route_kobo(url, body)
        path = url.path.rstrip("/")
        query = parse_qs(url.query)
        found = re.fullmatch(r"(/v1/(?:key|test)/([^/]*)/projects/(\d+))/(.*)", path)
        openrosa = re.search(r"/(formList|submission|manifest|integrity)$", path)
        if openrosa and not path.startswith("/v1/projects/1/forms/"):
            self.needs_version()
        if found:
            self.needs_token(found.group(2))
            base, project, rest = found.group(1), found.group(3), found.group(4)
        else:
            found = re.fullmatch(r"(/v1/projects/(\d+))/(.*)", path)
            if not found:
                raise told(404, NOT_FOUND, 404.1)
            base, project, rest = found.groups()
            if rest in ("formList", "submission"):
                self.needs_token(query["st"][0]) if "st" in query else self.needs_basic()
        if project != PORTAL.mood["project"]:
            raise said(404, NOT_FOUND)
        with PORTAL.lock:
            self.central(self.base(base), rest, query, body)

    def base(self, path):
        proto = self.headers.get("X-Forwarded-Proto", "http")
        return "%s://%s%s" % (proto, self.headers.get("Host"), path)

    def central(self, base, rest, query, body):
        parts = rest.split("/")
        if rest == "formList":
            self.form_list(base, query.get("formID", [None])[0])
        if rest == "submission":
            self.submission(body)
        if parts[0] == "datasets" and parts[-1] == "integrity":
            self.integrity(parts[1], query.get("id", [None])[0])
        form = PORTAL.forms.get(unquote(parts[1]).removesuffix(".xml")) if len(parts) > 1 else None
        if parts[0] != "forms" or not form:
            raise told(404, NOT_FOUND, 404.1)
        if not form.allowed or (form.state == "closed" and rest.endswith(".xml")):
            raise told(403, NO_RIGHTS, 403.1)
        if len(parts) == 2:
            raise self.tagged(form.xml, "application/xml; charset=utf-8", weak_etag(form.xml),
                              openrosa=False)
        if parts[2] == "manifest":
            self.manifest(base, form)
        if parts[2] == "attachments" and len(parts) == 4:
            self.media(form, unquote(parts[3]))
        if parts[2] == "submissions":
            self.submissions(form, parts[3:])
        raise told(404, NOT_FOUND, 404.1)

    def form_list(self, base, only):
        rows = ['<?xml version="1.0" encoding="UTF-8"?>',
                '  <xforms xmlns="http://openrosa.org/xforms/xformsList">']
        for form in PORTAL.forms.values():
            if form.state != "open" or not form.allowed or only not in (None, form.id):
                continue
            place = "%s/forms/%s" % (base, quote(form.id))
            rows += ["    <xform>", "      <formID>%s</formID>" % escape(form.id),
                     "      <name>%s</name>" % escape(form.title),
                     "      <version>%s</version>" % escape(form.version),
                     "      <hash>md5:%s</hash>" % md5(form.xml)]
            if PORTAL.mode == "kobo":
                rows += ["      <majorMinorVersion/>", "      <descriptionText/>"]
            rows.append("      <downloadUrl>%s.xml</downloadUrl>" % place)
            if form.media or form.lists or PORTAL.mode == "kobo":
                rows.append("      <manifestUrl>%s/manifest</manifestUrl>" % place)
            rows.append("    </xform>")
        body = ("\n".join(rows + ["  </xforms>"])).encode()
        raise self.tagged(body, XML, weak_etag(body))

    def manifest(self, base, form):
        rows = ['<?xml version="1.0" encoding="UTF-8"?>',
                '  <manifest xmlns="http://openrosa.org/xforms/xformsManifest">']
        files = [(n, md5(b), None) for n, b in form.media.items()]
        files += [(n + ".csv", PORTAL.datasets[n].hash(), n) for n in form.lists]
        for name, digest, dataset in files:
            rows += ["    <mediaFile%s>" % (' type="entityList"' if dataset else ""),
                     "      <filename>%s</filename>" % escape(name),
                     "      <hash>md5:%s</hash>" % digest,
                     "      <downloadUrl>%s/forms/%s/attachments/%s</downloadUrl>"
                     % (base, quote(form.id), quote(name))]
            if dataset:
                rows.append("      <integrityUrl>%s/datasets/%s/integrity</integrityUrl>"
                            % (base, dataset))
            rows.append("    </mediaFile>")
        body = "\n".join(rows + ["  </manifest>"]).encode()
        raise self.tagged(body, XML, weak_etag(body))

    def media(self, form, name):
        kinds = {"png": "image/png", "csv": "text/csv; charset=utf-8", "jpg": "image/jpeg"}
        dataset = PORTAL.datasets.get(name[:-4]) if name[:-4] in form.lists else None
        data = dataset.csv() if dataset else form.media.get(name)
        if data is None:
            raise told(404, NOT_FOUND, 404.1)
        etag = '"%s"' % (dataset.hash() if dataset else md5(data))
        place = 'attachment; filename="%s"; filename*=UTF-8\'\'%s' % (
            name.encode("ascii", "replace").decode(), quote(name))
        raise self.tagged(data, kinds.get(name.rsplit(".", 1)[-1], "application/octet-stream"),
                          etag, [("Content-Disposition", place)], openrosa=False)

    def integrity(self, name, ids):
        dataset = PORTAL.datasets.get(name)
        if not dataset:
            raise said(404, NOT_FOUND)
        rows = ['<?xml version="1.0" encoding="UTF-8"?>', "  <data>", "    <entities>"]
        for ident in ids.split(",") if ids else list(dataset.entities):
            if ident in dataset.entities:
                gone = "true" if dataset.entities[ident][-1].get("deleted") else "false"
                rows += ['      <entity id="%s">' % ident, "        <deleted>%s</deleted>" % gone,
                         "      </entity>"]
        raise Answer(200, "\n".join(rows + ["    </entities>", "  </data>"]))

    def submissions(self, form, parts):
        """What a web user sees of a record: the tests read it back by this."""
        name = unquote(parts[0]).removesuffix(".xml")
        record = PORTAL.records.get((form.id, name))
        if not record:
            raise told(404, NOT_FOUND, 404.1)
        if len(parts) == 1:
            raise Answer(200, record.xml, "application/xml", openrosa=False)
        if len(parts) == 2:
            rows = [{"name": n, "exists": n in record.files} for n in sorted(record.expected)]
            raise Answer(200, json.dumps(rows, separators=(",", ":"), ensure_ascii=False), JSON,
                         openrosa=False)
        raise Answer(200, record.files[unquote(parts[2])], "image/png", openrosa=False)

    # ---- records ------------------------------------------------------------------------------
    def submission(self, body):
        if self.command != "POST":
            fields = [("Location", self.base("/submission"))] if PORTAL.mode == "kobo" else []
            raise Answer(204, b"", None, fields)
        if PORTAL.mood["quota"]:
            raise said(402, "Your plan limit has been reached.")
        if PORTAL.mood["busy"] > 0:
            PORTAL.mood["busy"] -= 1
            status = 423 if PORTAL.mode == "kobo" else 503
            raise said(status, "This submission is currently being processed.",
                       fields=[] if status == 423 else [("Retry-After", "1")])
        PORTAL.submit(self.multipart(body))

    def multipart(self, body):
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/form-data"):
            raise said(400, "Required multipart POST field xml_submission_file missing.")
        found = re.search('boundary="?([^";]+)', kind)
        failed = {"message": "Multipart form content failed to parse.", "code": 400.39}
        if not found:
            failed["details"] = "Multipart: Boundary not found"
            raise Answer(400, json.dumps(failed, separators=(",", ":")), JSON, openrosa=False)
        mark = b"--" + found.group(1).encode()
        if mark + b"--" not in body:
            failed["details"] = "Unexpected end of form"
            raise Answer(400, json.dumps(failed, separators=(",", ":")), JSON, openrosa=False)
        parts = []
        for piece in (b"\r\n" + body).split(b"\r\n" + mark)[1:-1]:
            head, _, data = piece.partition(b"\r\n\r\n")
            text = head.decode("utf-8")
            name = re.search(r'[; ]name="([^"]*)"', text)
            filename = re.search(r'; filename="([^"]*)"', text)
            parts.append((name.group(1) if name else "", filename and filename.group(1), data))
        return parts

    # ---- Kobo's own way -----------------------------------------------------------------------
    def route_kobo(self, url, body):
        path = url.path.rstrip("/")
        if re.search(r"^/(formList|submission)$|manifest", path):
            self.needs_version()
        self.needs_user()
        with PORTAL.lock:
            if path == "/formList":
                if self.command == "HEAD":
                    raise Answer(204, b"", None)
                self.form_list(self.base(""), parse_qs(url.query).get("formID", [None])[0])
            if path == "/submission":
                self.submission(body)
            self.central(self.base(""), path.lstrip("/"), {}, body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, peer):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # those are what tests are about
            super().handle_error(request, peer)


def main():
    global PORTAL
    PORTAL = Portal(sys.argv[1])
    server = Server(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever(0.05)


if __name__ == "__main__":
    main()
