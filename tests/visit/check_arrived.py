"""check_arrived OUT DATA SHOTS [unsigned]: the hub's export holds the three forms of the visit with what was
said, and the photo and the signature as pictures."""
import os
import sys
import zipfile

out = sys.argv[1]
files = {}
if os.path.isdir(out):
    for folder, _, names in os.walk(out):
        for name in names:
            path = os.path.join(folder, name)
            files[os.path.relpath(path, out)] = open(path, "rb").read()
else:
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
forms = {}
for name, content in files.items():
    if name.endswith(".xml"):
        for form in ("home_visit", "application", "satisfaction"):
            if f'id="{form}"'.encode() in content:
                assert form not in forms, f"{form} arrived twice"
                forms[form] = content.decode()
assert sorted(forms) == ["application", "home_visit", "satisfaction"], sorted(forms)
for form, words in {
    "home_visit": ["Nguyễn Thị Thử Nghiệm", "Số 5 Ngõ 12", "Tổ 3", "H56.14-261105-0007", "00004"],
    "application": ["Giấy chứng sinh", "H56.14-261105-0007"],
    "satisfaction": ["waited_long", ">2<", "self"],
}.items():
    for word in words:
        assert word in forms[form], f"{form} lacks {word}"
assert "001190000001" not in "".join(forms.values()), "the full number was not agreed to"
pictures = {n: c for n, c in files.items() if n.endswith((".jpg", ".png"))}
wanted = 1 if "unsigned" in sys.argv else 2  # no finger, no signature
assert len(pictures) == wanted, sorted(pictures)
for name, content in pictures.items():
    base = os.path.basename(name)
    assert base in forms["application"], f"{base} is not named by the form"
    head = b"\xff\xd8" if name.endswith(".jpg") else b"\x89PNG"
    assert content.startswith(head) and len(content) > 500, name
    assert b"Exif" not in content[:64], "the camera's notes are still in the photo"
print(f"{len(forms)} records and {len(pictures)} files arrived")
