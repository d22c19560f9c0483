"""What a stranger in the same Wi-Fi may try at a receiving device whose code he has not seen: each
try is refused, and the device goes on answering."""
import base64
import http.client
import os
import struct
import sys

code = sys.argv[1][5:]
clear = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
port = struct.unpack("<H", clear[16:18])[0]


def ask(method, path, header=None, body=None, want=()):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        link.request(method, path, body=body, headers=header or {})
        answer = link.getresponse()
        assert answer.status in want, (method, path, answer.status)
        assert answer.read() == b"", "more than nothing was said"
    finally:
        link.close()


def opening(raw):
    return {"X-GoCua-Near": base64.urlsafe_b64encode(raw).decode().rstrip("=")}


ask("GET", "/", want=(404,))
ask("GET", "/near", want=(404,))
ask("POST", "/near", body=b"GCB1" + os.urandom(5000), want=(404,))
for n in (0, 1, 24, 81, 82, 83, 140):
    ask("GET", "/near", opening(os.urandom(n)), want=(403,))
    ask("POST", "/near", opening(os.urandom(n)), os.urandom(70000), want=(403,))
ask("GET", "/near", {"X-GoCua-Near": "A" * 5000}, want=(404,))
ask("GET", "/near", {"X-GoCua-Near": "%%%"}, want=(403,))
ask("POST", "/near", opening(os.urandom(82)), os.urandom(3000000), want=(403,))
