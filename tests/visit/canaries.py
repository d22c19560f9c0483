"""canaries FOLDER...: no file below the folders, in name or content, holds what the citizen said, as
UTF-8 (composed and decomposed), UTF-16, base64 or hex."""
import base64
import os
import sys
import unicodedata

WORDS = ["Nguyễn Thị Thử Nghiệm", "Thử Nghiệm", "001190000001", "Số 5 Ngõ 12", "H56.14-261105-0007",
         "Giấy chứng sinh", "waited_long", "Trần Văn Ví Dụ"]


def shapes(word):
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, word)
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        yield text.encode().hex().encode()
        for shift in range(3):  # base64 depends on where the word begins
            raw = base64.b64encode(b"\0" * shift + text.encode())
            yield raw[4 if shift else 0:-4]


needles = {(word, shape) for word in WORDS for shape in shapes(word)}
found, count = [], 0
for top in sys.argv[1:]:
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            count += 1
            content = os.fsencode(name) + b"\0" + open(path, "rb").read()
            found += [f"{path}: {word}" for word, shape in needles if shape in content]
print(f"{count} files scanned for {len(needles)} shapes of {len(WORDS)} words")
assert count > 3, "nothing was scanned"
if found:
    print("\n".join(sorted(set(found))))
    sys.exit(1)
