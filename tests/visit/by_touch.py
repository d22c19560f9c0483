"""by_touch SCRIPT: the script with every typed text as taps on the on-screen keyboard (Telex), and
every Back as a tap on the arrow of the bar: a visit for somebody who has a finger only."""
import re
import sys
import unicodedata

HATS = {"\u0302": None, "\u0306": "w", "\u031b": "w"}  # circumflex doubles the letter
TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
SYMBOLS = "0123456789@#&*()-+/:\"'!?;%_="


def telex(text):
    """The letters to press, one for each key."""
    for letter in text:
        base, *marks = unicodedata.normalize("NFD", letter)
        if base in "đĐ":
            yield from ("d", "d") if base == "đ" else ("D", "d")
            continue
        yield base
        for mark in (m for m in marks if m in HATS):
            yield HATS[mark] or base.lower()
        for mark in (m for m in marks if m in TONES):
            yield TONES[mark]


def taps(text):
    symbols = False
    for key in telex(text):
        if key not in " ,." and (key in SYMBOLS) != symbols:
            yield "tap keyboard/page"
            symbols = not symbols
        if key.isupper():
            yield "tap keyboard/shift"
        yield "tap keyboard/" + ("space" if key == " " else key.lower())
    if symbols:
        yield "tap keyboard/page"


sheet = False
for line in open(sys.argv[1]):
    line = line.strip()
    typed = re.fullmatch(r'type "(.*)"', line)
    if typed:
        print("\n".join(taps(typed[1])))
    elif line == "key Back":
        print("tap questions/close" if sheet else "tap back")
    elif re.match(r"key ", line):
        sys.exit(f"a finger cannot: {line}")
    else:
        print(line)
    sheet = line == "tap jump" or (sheet and not line.startswith(("tap", "key")))
