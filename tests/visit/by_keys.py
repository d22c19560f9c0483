"""by_keys SCRIPT SOCKET: plays a script of taps over the inspection socket with keys alone, as
somebody does who has no touch: arrows towards the thing, Tab where arrows do not lead, Enter; F3,
Back and the trigger where a key is meant for it. Ends with an error at what no key reaches."""
import re
import sys

from handheld import Handheld

INSTEAD = {"tap jump": "key F3", "tap scan": "key Scan", "tap consent.record": "key 1"}
MOST = 80
used = {"arrows": 0, "Tab": 0, "Enter": 0}


def fits(path, what):
    return path == what or path.endswith("/" + what)


def direction(seen, what):
    rects = {n["id"]: n["rect"] for n in seen["nodes"] if n.get("id")}
    here = rects.get(seen["focus"])
    there = next((r for i, r in rects.items() if fits(i, what)), None)
    if not here or not there:
        return "Down"
    (x, y, w, h), (tx, ty, tw, th) = here, there
    if abs((ty + th / 2) - (y + h / 2)) * 2 < h:
        return "Right" if tx > x else "Left"
    return "Down" if ty > y else "Up"


def reach(device, what):
    been = set()
    for _ in range(MOST):
        seen = device.see()
        if fits(seen["focus"], what) and been:
            return
        key = direction(seen, what)
        where = (seen["focus"], key, str(seen["nodes"][:40]))
        if where in been:
            break
        been.add(where)
        device.do(f"key {key}")
        used["arrows"] += 1
    for _ in range(MOST):
        if fits(device.see()["focus"], what):
            return
        device.do("key Tab")
        used["Tab"] += 1
    raise RuntimeError(f"no key reaches {what}; the focus is at {device.see()['focus']}")


def main():
    device = Handheld(sys.argv[2])
    for number, line in enumerate(open(sys.argv[1]), 1):
        line = line.strip()
        if not line or line.startswith(("#", "draw ", "tap keep")):  # ink wants a finger
            continue
        try:
            tap = re.fullmatch(r"tap (\S+)", line)
            if line in INSTEAD:
                device.do(INSTEAD[line])
            elif tap:
                reach(device, tap[1])
                device.do("key Enter")
                used["Enter"] += 1
            else:
                device.do(line)
        except RuntimeError as error:
            device.ask("quit")
            sys.exit(f"line {number}: {error}")
    device.ask("quit")
    print(", ".join(f"{n} {key}" for key, n in used.items()))


main()
