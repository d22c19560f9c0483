"""Plays the traces of traces.md, in their order, against portal.py and compares status, type,
headers and body: traces.py PORT. It reads the notes themselves, so they cannot drift apart. What
has no OpenRosa in it (the entity interface of staff) is left out and counted."""
import gzip
import hashlib
import http.client
import json
import re
import sys
import uuid

HOST = "127.0.0.1:" + sys.argv[1]
TOKEN, OTHER = "T" * 62 + "$!", "U" * 64
PLACES = {"BASE": "/v1/key/%s/projects/1" % TOKEN, "API": "/v1/projects/1", "HOST": "",
          "TLSBASE": "/v1/key/%s/projects/1" % TOKEN}
NOTES = open(sys.path[0] + "/traces.md", encoding="utf-8").read()
NS = 'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"'
# Of these only the answer of staff's own interface is told: entities, audits, conflicts.
STAFF = {103, 104, 106, 108, 110, 113, 131, 132, 133, 134}
PART = re.compile(r'part name="([^"]*)"(?: filename="([^"]*)")?')


def ask(method, path, fields=(), body=None):
    line = http.client.HTTPConnection(HOST, timeout=20)
    line.putrequest(method, path, skip_accept_encoding=True)
    for name, value in fields:
        line.putheader(name, value)
    if body is not None and not any(n == "Transfer-Encoding" for n, v in fields):
        line.putheader("Content-Length", str(len(body)))
    line.endheaders()
    if body is not None and any(n == "Transfer-Encoding" for n, v in fields):
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    if body:
        line.send(body)
    answer = line.getresponse()
    data = answer.read()
    line.close()
    if answer.headers.get("Content-Encoding") == "gzip":
        data = gzip.decompress(data)
    return answer, data


def wish(**what):
    ask("POST", "/_/set", (), json.dumps(what).encode())


def appendix():
    """The forms of appendix A; two of them are told as a model only."""
    basic = NOTES[NOTES.index("trace-basic (these exact"):]
    basic = basic[basic.index("```xml\n") + 7:]
    basic = basic[:basic.index("```")]
    models = re.findall(r"```xml\n(<model ent.*?)```", NOTES, re.S)
    shell = ('<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" '
             'xmlns:h="http://www.w3.org/1999/xhtml" '
             'xmlns:entities="http://www.opendatakit.org/xforms/entities">'
             '<h:head><h:title>%s</h:title>%s</h:head><h:body/></h:html>')
    state = basic.replace("trace-basic", "trace-state")
    return basic, state, [shell % ("Trees", m) for m in models]


def set_up():
    basic, state, (register, visit) = appendix()
    logo = "logo" * 20
    wish(dataset={"name": "trees", "properties": ["species", "girth"]})
    wish(form={"id": "trace-basic", "title": "Trace basic", "xml": basic,
               "media": {"logo.png": logo, "places.csv": "name,label\nparis,Paris\noslo,Oslo\n"}})
    wish(form={"id": "trace-state", "title": 'Trace state & "quotes"', "xml": state})
    wish(form={"id": "trees-reg", "title": "Trees registration", "xml": register})
    wish(form={"id": "trees-visit", "title": "Trees visit", "xml": visit, "lists": ["trees"]})
    wish(form={"id": "trace-other", "xml": state, "title": "Other"}, access={"trace-other": False})


SENT = {}  # name of an xml in the notes -> bytes


def xml_of(text):
    """'s1: <data…>', 's2: as s1, new instanceID', 's1 (as above)', 's1, bare'"""
    name = re.match(r"\w+", text).group()
    rest = text[len(name):].strip(": ")
    if rest.startswith("<") or rest == "(empty)":
        start = '<?xml version="1.0"?>' if rest.startswith("<data NS") else ""
        SENT[name] = (start + rest.replace("NS", NS, 1) if start else
                      rest.replace("(empty)", "")).encode()
    elif rest.startswith("as s1") and name not in SENT:
        made = SENT["s1"].decode()
        made = re.sub("uuid:[0-9a-f-]*", "uuid:" + str(uuid.uuid4()), made)
        for mark in "id", "version":
            new = re.search(r'[ ,]%s="([^"]*)"' % mark, rest)
            if new:
                made = re.sub('(<data [^>]*?)%s="[^"]*"' % mark, r'\1%s="%s"' % (mark, new.group(1)),
                              made, count=1)
        SENT[name] = made.encode()
    elif rest.startswith("bytes of an accepted record"):
        SENT[name] = SENT["s2"] + b"\n"
    return SENT[name]


def multipart(parts):
    body = b""
    for name, filename, data in parts:
        place = '; filename="%s"' % filename if filename is not None else ""
        body += ('--BB\r\nContent-Disposition: form-data; name="%s"%s\r\n'
                 'Content-Type: application/octet-stream\r\n\r\n' % (name, place)).encode()
        body += data + b"\r\n"
    return body + b"--BB--\r\n"


def odd_body(text, number):
    """The few bodies that the notes tell in words."""
    if number == 46:
        xml = SENT["sn"].replace(b"x1.png", "é1.png".encode()).replace(
            re.search(rb"uuid:[0-9a-f-]*", SENT["sn"]).group(),
            b"uuid:7b68c651-ed40-4e91-8141-92f81e04095f").replace(b"<photo2>x2.png</photo2>", b"")
        head = multipart([("xml_submission_file", "s.xml", xml)])[:-8]
        return head + (b"--BB\r\nContent-Disposition: form-data; name=\"p\"; "
                       b"filename*=UTF-8''%C3%A91.png\r\n\r\nx\r\n--BB--\r\n")
    if number == 48:
        return multipart([("xml_submission_file", None, SENT["s1"])])
    if text.startswith("xml s1, bare"):
        return SENT["s1"]
    return text.replace("⏎", "\r\n").encode()


def request(number, lines):
    """Method, path, fields and body of the lines that start with '>'."""
    method, url = lines[0].split(" ")[:2]
    note = lines[0][len(method) + len(url) + 2:]
    place = url.split("/")[0].split("?")[0]
    path = PLACES[place] + url[len(place):]
    path = path.replace("TOKEN%24%21", TOKEN[:-2] + "%24%21").replace("UNKNOWN64", OTHER)
    path = path.replace("TOKEN", TOKEN)
    if number in (81, 82, 83, 126, 127):
        path = path.replace(OTHER, TOKEN)
    fields = [] if "no X-OpenRosa-Version" in note or number in (71, 75, 79) else [
        ("X-OpenRosa-Version", "1.0")]
    parts, body = [], None
    for line in lines[1:]:
        if line.startswith("xml "):
            parts.append(("xml_submission_file", "submission.xml", xml_of(line[4:])))
        elif line.startswith("part "):
            name, filename = PART.match(line).groups()
            data = b"other bytes " + name.encode() if "other bytes" in line else name.encode()
            parts.append((name, filename if filename else None, data))
        elif line.startswith("body: "):
            body = odd_body(line[6:], number)
        else:
            name, _, value = line.partition(": ")
            if name == "Authorization":
                wrong = "no" if number == 14 else "mật khẩu 1"
                import base64
                value = "Basic " + base64.b64encode(
                    ("field@example.org:" + wrong).encode()).decode()
            if name not in ("Content-Length", "Expect"):
                fields.append((name, value))
    if parts:
        body = multipart(parts)
    if body is not None and not any(n == "Content-Type" for n, v in fields):
        fields.append(("Content-Type", "multipart/form-data; boundary=BB"))
    return method, path, fields, body


def expected_body(text):
    """The body as the notes tell it; None when they only describe it."""
    text = text.strip("\n")
    shell = ('\n  <OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">\n'
             '    <message nature="%s">%s</message>\n  </OpenRosaResponse>')
    if text == "OK":
        return (shell % ("", "full submission upload was successful!")).encode()
    if text.startswith("E: "):
        return (shell % ("error", text[3:])).encode()
    if not text or text.startswith("(") or "…" in text:
        return None
    return text.replace("BASE", "http://" + HOST + PLACES["BASE"]).replace(
        "HOST/", "http://" + HOST + "/").replace("TOKEN", TOKEN).encode()


# What the server is told before a trace, in place of what staff did.
BEFORE = {
    70: lambda: send_and_delete("sd"),
    72: lambda: wish(state={"trace-state": "closing"}),
    76: lambda: wish(state={"trace-state": "closed"}),
    80: lambda: wish(state={"trace-state": "open"}, publish={
        "id": "trace-state", "xml": appendix()[1].replace('version="1"', 'version="2"')}),
    81: lambda: wish(access={f: False for f in FORMS}),
    82: lambda: wish(access={f: True for f in FORMS}, revoke=True),
    84: lambda: wish(revoke=False),
    85: lambda: wish(nginx=True),
    93: lambda: wish(nginx=False),
    126: lambda: wish(access={f: f == "trace-basic" for f in FORMS}),
    127: lambda: wish(revoke=True),
    128: lambda: wish(revoke=False, access={f: True for f in FORMS}),
    135: lambda: wish(down="database"),
    136: lambda: wish(nginx=True),
    138: lambda: wish(down="backend"),
}
FORMS = ["trace-basic", "trace-state", "trees-reg", "trees-visit"]
# Told in words, or seen by staff only: kept for the count, with why.
LEFT_OUT = {71: "staff", 75: "staff", 79: "staff", 84: "110 MB of body", 86: "as T85",
            87: "HTTP/2", 114: "staff deleted it", 115: "staff deleted it", 116: "described",
            117: "draft address", 118: "draft address", 124: "id made by the server",
            125: "id made by the server"}


def play(number, lines):
    if number in BEFORE:
        BEFORE[number]()
    asked = [line[2:] for line in lines if line.startswith("> ")]
    answered = [line[2:] for line in lines if line.startswith("< ")]
    text = "\n".join(line for line in lines if not line.startswith(("> ", "< ")))
    method, path, fields, body = request(number, asked)
    if number == 85:
        answer, data = too_large(path, fields)
    else:
        fields = [(n, ETAGS.get(path, v) if n.lower() == "if-none-match" else v) for n, v in fields]
        answer, data = ask(method, path, fields, body)
        ETAGS[path] = answer.headers.get("ETag")
    compare(number, method, answered, text, answer, data)


def send_and_delete(name):
    """What staff deletes must have come first."""
    xml_of(name + ": as s1, new instanceID")
    ask("POST", PLACES["BASE"] + "/submission",
        [("X-OpenRosa-Version", "1.0"), ("Content-Type", "multipart/form-data; boundary=BB")],
        multipart([("xml_submission_file", "submission.xml", SENT[name])]))
    wish(delete=["trace-basic",
                 re.search(rb"uuid:[0-9a-f-]*", SENT[name]).group().decode()])


def too_large(path, fields):
    """Only the head of 110 MB: the server says no before the body."""
    line = http.client.HTTPConnection(HOST, timeout=20)
    line.putrequest("POST", path, skip_accept_encoding=True)
    for name, value in fields + [("Content-Length", "115343980"), ("Expect", "100-continue")]:
        line.putheader(name, value)
    line.endheaders()
    answer = line.getresponse()
    return answer, answer.read()


BAD = []
ETAGS = {}  # path -> the last one


def is_like(mine, value, text):
    """The same ETag where it follows from bytes that the notes tell whole; for lists, whose bytes
    hold the server's address, the same length; else the same strength."""
    if mine == value:
        return True
    found = re.fullmatch('W/"([0-9a-f]+)-(.{27})"', value)
    made = re.fullmatch('W/"([0-9a-f]+)-(.{27})"', mine or "")
    if found and made:
        urls = text.count("Url>BASE") or 6  # of the list, when its body is not told again
        return int(made.group(1), 16) - int(found.group(1), 16) == urls * (len(HOST) - 14)
    return bool(mine) and not found and not made and re.fullmatch('"[0-9a-f]{32}"', mine)


def must(number, ok, what):
    if not ok:
        BAD.append("T%02d: %s" % (number, what))


def compare(number, method, answered, text, answer, data):
    status, *words = answered[0].split(" ")
    must(number, answer.status == int(status), "status %d, not %s" % (answer.status, status))
    kind = next((w for w in words if "/" in w), None)
    got = answer.headers.get("Content-Type", "").split(";")[0]
    must(number, not kind or got == kind, "type %s, not %s" % (got, kind))
    has = answer.headers.get("X-OpenRosa-Version") == "1.0"
    limit = answer.headers.get("X-OpenRosa-Accept-Content-Length") == "100000000"
    must(number, (has and limit) == ("[OR]" in words), "OpenRosa headers %s" % has)
    must(number, "WWW-Authenticate" not in answer.headers, "a challenge, which Central never sends")
    for line in answered[1:]:
        name, _, value = line.partition(": ")
        mine = answer.headers.get(name)
        if name == "ETag":
            must(number, is_like(mine, value, text), "ETag %s, not like %s" % (mine, value))
        elif name in ("ETag", "Connection", "Server", "Content-Encoding") or (
                name == "Content-Length" and number in (22, 24, 25, 27)):
            must(number, mine == value, "%s: %s, not %s" % (name, mine, value))
        elif name == "Content-Disposition" and "attachment" in value:
            must(number, mine == value, "%s: %s, not %s" % (name, mine, value))
    wanted = expected_body(text)
    if wanted is not None and method != "HEAD":
        if kind == "text/html":  # the notes have no carriage returns
            data = data.replace(b"\r\n", b"\n").strip()
        if number in (2, 19, 21, 81, 93, 94, 96, 97, 99, 25):
            wanted, data = mend(number, wanted), mend(number, data)
        must(number, data == wanted, "body %r, not %r" % (data[:300], wanted[:300]))


def mend(number, body):
    """Hashes that follow from forms and lists which the notes tell in part only."""
    body = body.strip()
    if number != 25:
        body = re.sub(rb"md5:(?!2f5ea80a82723e0a83b45c719453af0a)[0-9a-f]{32}", b"md5:", body)
    return body


def main():
    set_up()
    played = left = 0
    blocks = re.split(r"^### T(\d+)[^\n]*\n```\n", NOTES, flags=re.M)[1:]
    for number, block in zip(map(int, blocks[::2]), blocks[1::2]):
        lines = block[:block.index("\n```")].split("\n")
        if number in STAFF or number in LEFT_OUT:
            left += 1
            if number in BEFORE:
                BEFORE[number]()
            continue
        try:
            play(number, lines)
        except Exception as e:  # one broken trace must not hide the others
            must(number, False, "%s: %s" % (type(e).__name__, e))
        played += 1
    for line in BAD:
        print(line)
    print("%d traces played, %d left out, %d differ" % (played, left, len(BAD)))
    sys.exit(1 if BAD or played < 110 else 0)


main()
