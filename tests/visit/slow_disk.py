"""slow_disk SCRIPT SOCKET: plays a script over the inspection socket; ends with an error when a key
or a touch took long and the screen did not say meanwhile that it has to wait."""
import sys

from handheld import Handheld

LONG_MS = 1000  # two syncs and more
signs, worst = 0, 0
device = Handheld(sys.argv[2])
for number, line in enumerate(open(sys.argv[1]), 1):
    line = line.strip()
    if not line or line.startswith("#"):
        continue
    answer = device.ask(line)
    if "error" in answer:
        sys.exit(f"line {number}: {line}: {answer['error']}")
    if not line.startswith(("tap ", "key ", "type ", "draw ")):
        continue
    has_sign = answer["seen_ms"] < answer["ms"]
    signs += has_sign
    worst = max(worst, answer["seen_ms"])
    if answer["ms"] > LONG_MS and not has_sign:
        sys.exit(f"line {number}: {line}: {answer['ms']} ms without a word")
device.ask("quit")
if signs < 20:
    sys.exit(f"only {signs} deeds waited for the disk")
print(f"{signs} deeds were answered by the sign first, the latest after {worst:.0f} ms")
