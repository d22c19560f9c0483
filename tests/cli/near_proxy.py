"""Stands between two devices: prints the code with its own port, passes on so many bytes of the
sender's and then breaks all off. Then nobody listens there any more."""
import base64
import select
import socket
import struct
import sys

code, least = sys.argv[1][5:], int(sys.argv[2])
clear = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
there = ("127.0.0.1", struct.unpack("<H", clear[16:18])[0])
door = socket.create_server(("127.0.0.1", 0))
own = clear[:16] + struct.pack("<H", door.getsockname()[1]) + clear[18:]
print("GCN1:" + base64.urlsafe_b64encode(own).decode().rstrip("="), flush=True)
door.settimeout(60)
pairs = {}
passed = 0
while passed < least:
    ready, _, _ = select.select([door, *pairs], [], [], 60)
    if not ready:
        sys.exit("nothing came")
    for one in ready:
        if one is door:
            near = door.accept()[0]
            far = socket.create_connection(there)
            pairs[near], pairs[far] = (far, True), (near, False)
            continue
        if one not in pairs:
            continue
        other, is_near = pairs[one]
        got = one.recv(65536)
        if not got:
            for s in (one, other):
                pairs.pop(s, None)
                s.close()
            continue
        passed += len(got) if is_near else 0
        other.sendall(got)
door.close()
for one in list(pairs):
    one.close()
