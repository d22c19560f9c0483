"""What portal.py says and keeps: its answers word for word, forms, records and entity lists."""
import base64
import hashlib
import json
import re

XML, JSON, HTML = "text/xml; charset=utf-8", "application/json; charset=utf-8", "text/html"
RESPONSE = ('\n  <OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">\n'
            '    <message nature="%s">%s</message>%s\n  </OpenRosaResponse>')
FULL = "full submission upload was successful!"
NO_HEADER = "An expected header field (X-OpenRosa-Version) did not match the expected format."
NO_AUTH = "Could not authenticate with the provided credentials."
NO_RIGHTS = "The authentication you provided does not have rights to perform that action."
NOT_FOUND = "Could not find the resource you were looking for."
CLOSED = ("This form is not currently accepting submissions. Please talk to your program staff if "
          "this is unexpected.")
DIFFERENT = ("A submission already exists with this ID, but with different XML. Resubmissions to "
             "attach additional multimedia must resubmit an identical xml_submission_file.")
OUT_OF_DATE = ("You tried to update a submission, but the copy you were editing (%s) is now out of "
               "date. Please get the new version that has been submitted, and make your edits again.")
NGINX = ("<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n"
         "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
LIMITS = {"central": 100000000, "kobo": 10000000}


class Answer(Exception):
    """An answer that ends a request, wherever it is found out."""

    def __init__(self, status, body=b"", kind=XML, fields=(), openrosa=True):
        super().__init__(status)
        self.status, self.kind, self.fields, self.openrosa = status, kind, list(fields), openrosa
        self.body = body.encode() if isinstance(body, str) else body


def escape(text):
    for mark, code in ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"):
        text = text.replace(mark, code)
    return text


def said(status, text, openrosa=True, fields=(), more=""):
    nature = "" if status < 300 else "error"
    return Answer(status, RESPONSE % (nature, escape(text), more), XML, fields, openrosa)


def told(status, text, code):
    return Answer(status, json.dumps({"message": text, "code": code}, separators=(",", ":")), JSON,
                  openrosa=False)


def local(name):
    return name.rsplit("}", 1)[-1]


def md5(data):
    return hashlib.md5(data).hexdigest()


def weak_etag(body):
    digest = base64.b64encode(hashlib.sha1(body).digest()).decode()[:27]
    return 'W/"%x-%s"' % (len(body), digest)


class Form:
    def __init__(self, ident, title, xml, media=None, lists=()):
        self.id, self.title, self.media, self.lists = ident, title, media or {}, list(lists)
        self.versions, self.state, self.allowed = {}, "open", True
        self.publish(xml)

    def publish(self, xml):
        self.xml = xml
        found = re.search(rb'<data [^>]*\bversion="([^"]*)"', xml)
        self.version = found.group(1).decode() if found else ""
        self.versions[self.version] = xml
        self.binary = set(re.findall(r'nodeset="/data/([^"]+)" type="binary"', xml.decode()))


class Record:
    def __init__(self, xml, expected, deprecated):
        self.xml, self.expected, self.deprecated = xml, expected, deprecated
        self.files, self.superseded, self.deleted, self.posts = {}, False, False, 0


class Dataset:
    """An entity list: versions, branches, updates that are held until their base is there."""

    def __init__(self, properties):
        self.properties, self.entities, self.held, self.changes = properties, {}, [], 0

    def hash(self):
        return md5(("list %d" % self.changes).encode())

    def csv(self):
        rows = ["name,label,__version," + ",".join(self.properties)]
        for ident, versions in self.entities.items():
            last = versions[-1]
            if not last.get("deleted"):
                rows.append(",".join([ident, last["label"], str(last["version"])] +
                                     [last["data"].get(p, "") for p in self.properties]))
        return ("\n".join(rows) + "\n").encode()

    def apply(self, e):
        if e["update"] and not self.update(e) and not e["create"]:
            self.held.append(e)
        elif e["create"] and e["id"] not in self.entities:
            if re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
                            e["id"]):
                self.entities[e["id"]] = [{"version": 1, "label": e["label"], "data": e["data"],
                                           "branch": "", "base": 0}]
                self.changes += 1
        for held in list(self.held):
            if held is not e and self.update(held):
                self.held.remove(held)

    def update(self, e):
        versions = self.entities.get(e["id"])
        base = int(e["base"] or 0)
        if not versions or not any(v["version"] == base for v in versions) and not e["branch"]:
            return False
        if e["branch"] and base > 1 and e["trunk"] != e["base"] and not any(
                v["branch"] == e["branch"] and v["base"] == base - 1 for v in versions):
            return False
        last = versions[-1]
        versions.append({"version": last["version"] + 1, "label": e["label"] or last["label"],
                         "data": {**last["data"], **e["data"]}, "branch": e["branch"],
                         "base": base})
        self.changes += 1
        return True
