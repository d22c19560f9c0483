"""Types a visit while the disk is full: full_disk.py DISK WORK. DISK is a small file system with the
data folder `handheld`, WORK holds the PIN and takes the socket."""
import json
import os
import signal
import socket
import subprocess
import sys
import time

DISK, WORK = sys.argv[1:3]
FULL = "Bộ nhớ đã đầy"
ADDRESS = "Số 5 Ngõ Đầy "


class Handheld:
    def __init__(self, name):
        path = os.path.join(WORK, name)
        pin = open(os.path.join(WORK, "pin"))
        self.process = subprocess.Popen(
            [os.environ["GOCUA"], "--data", DISK + "/handheld", "--size", "480x800", "--headless",
             "--lang", "vi", "--log", WORK + "/handheld.log", "--inspect", path, "--pin-fd",
             str(pin.fileno())], pass_fds=[pin.fileno()])
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(600):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.1)
        self.lines = self.socket.makefile()

    def ask(self, line):
        self.socket.sendall(line.encode() + b"\n")
        return json.loads(self.lines.readline())

    def do(self, *lines):
        for line in lines:
            answer = self.ask(line)
            if answer.get("ok") is False:
                sys.exit("FAILED: %s: %s" % (line, answer.get("error")))

    def sees(self, text):
        return self.ask('expect "%s"' % text).get("ok") is True

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def fill():
    with open(DISK + "/filler", "ab", buffering=0) as filler:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                pass


def shot(handheld, name):
    if os.environ.get("SHOTS"):
        handheld.do("shot %s/%s.png" % (os.environ["SHOTS"], name))


h = Handheld("first")
h.do("wait idle", "tap new-visit", "tap commune", 'type "ba dinh"', "tap communes/0", "tap hamlet",
     'type "Tổ 3"', "tap address")
fill()
typed = ADDRESS
for attempt in range(200):  # what the database set aside for itself is used up first
    typed = ADDRESS + "%d " % attempt + "x" * 100
    h.do("tap address", "clear", 'type "%s"' % typed, "tap hamlet")
    if h.sees(FULL):
        break
else:
    sys.exit("FAILED: the full disk was never told")
shot(h, "full-disk")
h.do("tap notice-ok", "expect screen door", 'expect value address "%s"' % typed, "tap next")
h.do('wait for "%s" 5000' % FULL, "tap notice-ok", "expect screen door")
os.unlink(DISK + "/filler")
h.do("tap next", "expect screen consent")
h.kill()

h = Handheld("second")
h.do("wait idle", "tap resume", "expect screen consent", "key Back", "expect screen door",
     'expect value address "%s"' % typed, 'expect value hamlet "Tổ 3"')
h.kill()
