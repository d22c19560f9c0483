"""A running gocua over its inspection socket."""
import json
import socket
import sys
import time


class Handheld:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(400):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit("the handheld opens no socket")
        self.file = self.socket.makefile("rw", encoding="utf-8")

    def ask(self, command):
        self.file.write(command + "\n")
        self.file.flush()
        text = ""
        while True:
            line = self.file.readline()
            if not line:
                sys.exit(f"the handheld ended at: {command}")
            text += line
            try:
                return json.loads(text)
            except ValueError:
                continue

    def do(self, command):
        answer = self.ask(command)
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']}")

    def see(self):
        answer = self.ask("dump")
        return answer.get("dump", answer.get("answer", answer))
