#!/usr/bin/env python3
"""A small SMTP server for tests (RFC 5321, no extensions): prints its port, keeps each mail as a file.

    smtp_sink.py DIR [--refuse N]     --refuse N: answers 451 to the first N mails, as a busy server does

Files are DIR/mail-1, mail-2 ...: first the envelope (MAIL FROM and RCPT TO lines), an empty line, then the data as received.
"""
import os
import socketserver
import sys
import threading

folder = sys.argv[1]
refuse = int(sys.argv[sys.argv.index("--refuse") + 1]) if "--refuse" in sys.argv else 0
lock = threading.Lock()
count = {"mail": 0, "refused": 0}


class Session(socketserver.StreamRequestHandler):
    timeout = 20

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def keep(self, envelope, data):
        with lock:
            count["mail"] += 1
            name = os.path.join(folder, "mail-%d" % count["mail"])
        with open(name + ".part", "wb") as f:
            f.write("\n".join(envelope).encode() + b"\n\n" + data)
        os.rename(name + ".part", name)

    def data(self, envelope):
        self.say("354 go on")
        lines = []
        while True:
            line = self.rfile.readline(100000)
            if not line or line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        with lock:
            busy = count["refused"] < refuse
            count["refused"] += busy
        if busy:
            self.say("451 try again later")
        else:
            self.keep(envelope, b"".join(lines))
            self.say("250 taken")

    def handle(self):
        envelope = []
        self.say("220 sink ESMTP")
        while True:
            line = self.rfile.readline(2000).decode("ascii", "replace").strip()
            verb = line[:4].upper()
            if not line or verb == "QUIT":
                self.say("221 bye")
                return
            if verb in ("HELO", "EHLO"):
                self.say("250 sink")
            elif verb in ("MAIL", "RCPT"):
                envelope.append(line)
                self.say("250 ok")
            elif verb == "DATA":
                self.data(envelope)
                envelope = []
            elif verb == "RSET":
                envelope = []
                self.say("250 ok")
            else:
                self.say("502 not here")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", 0), Session) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
