#!/usr/bin/env python3
"""A small SMTP server for tests (RFC 5321): prints its port, keeps each mail as a file.

    smtp_sink.py DIR [option ...]
        --refuse N           answers 451 to the data of the first N mails, as a busy server does
        --reject ADDRESS     550 to RCPT TO this address, as for a mailbox that does not exist
        --auth USER:PASS     asks for sign-in (RFC 4954, PLAIN); without it MAIL is answered 530
        --tls                offers STARTTLS (RFC 3207) under a certificate made for the host: DIR/ca.pem
        --host ADDRESS       listens there instead of on 127.0.0.1

Files are DIR/mail-1, mail-2 ...: first the envelope (how the session went, MAIL FROM and RCPT TO lines), an empty line,
then the data as received.
"""
import argparse
import base64
import os
import socketserver
import ssl
import subprocess
import threading

args = argparse.ArgumentParser()
args.add_argument("dir")
args.add_argument("--refuse", type=int, default=0)
args.add_argument("--reject", default="")
args.add_argument("--auth", default="")
args.add_argument("--tls", action="store_true")
args.add_argument("--host", default="127.0.0.1")
args = args.parse_args()
lock = threading.Lock()
count = {"mail": 0, "refused": 0}


def certificate():
    """A key and a certificate that signs itself, for the address listened on."""
    key, cert = os.path.join(args.dir, "key.pem"), os.path.join(args.dir, "ca.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "3650", "-subj", "/CN=sink",
                    "-addext", "subjectAltName=IP:" + args.host], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


context = certificate() if args.tls else None


class Session(socketserver.StreamRequestHandler):
    timeout = 20

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def keep(self, data):
        with lock:
            count["mail"] += 1
            name = os.path.join(args.dir, "mail-%d" % count["mail"])
        with open(name + ".part", "wb") as f:
            f.write("\n".join(self.notes + self.envelope).encode() + b"\n\n" + data)
        os.rename(name + ".part", name)

    def starttls(self):
        self.say("220 go on")
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.notes, self.signed_in = ["TLS"], not args.auth

    def hello(self):
        offers = ["sink"]
        if context and "TLS" not in self.notes:
            offers.append("STARTTLS")
        if args.auth:
            offers.append("AUTH PLAIN")
        for i, offer in enumerate(offers):
            self.say("250" + (" " if i == len(offers) - 1 else "-") + offer)

    def auth(self, line):
        words = line.split()
        if len(words) == 2:
            self.say("334 ")
            words.append(self.rfile.readline(2000).decode("ascii", "replace").strip())
        try:
            parts = base64.b64decode(words[2], validate=True).decode().split("\0")
        except ValueError:
            parts = []
        self.signed_in = parts[1:] == args.auth.split(":", 1)
        if self.signed_in:
            self.notes.append("AUTH " + parts[1])
        self.say("235 welcome" if self.signed_in else "535 wrong")

    def data(self):
        self.say("354 go on")
        lines = []
        while True:
            line = self.rfile.readline(100000)
            if not line or line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        with lock:
            busy = count["refused"] < args.refuse
            count["refused"] += busy
        if busy:
            self.say("451 try again later")
        else:
            self.keep(b"".join(lines))
            self.say("250 taken")

    def address(self, line):
        if args.reject and args.reject in line and line[:4].upper() == "RCPT":
            self.say("550 no such mailbox")
        else:
            self.envelope.append(line)
            self.say("250 ok")

    def step(self, verb, line):
        if verb in ("HELO", "EHLO"):
            self.hello()
        elif verb == "STAR" and context:
            self.starttls()
        elif verb == "AUTH" and args.auth:
            self.auth(line)
        elif not self.signed_in:
            self.say("530 sign in first")
        elif verb in ("MAIL", "RCPT"):
            self.address(line)
        elif verb == "DATA":
            self.data()
            self.envelope = []
        elif verb == "RSET":
            self.envelope = []
            self.say("250 ok")
        else:
            self.say("502 not here")

    def handle(self):
        self.notes, self.envelope, self.signed_in = [], [], not args.auth
        self.say("220 sink ESMTP")
        while True:
            try:
                line = self.rfile.readline(2000).decode("ascii", "replace").strip()
                if not line or line[:4].upper() == "QUIT":
                    self.say("221 bye")
                    return
                self.step(line[:4].upper(), line)
            except (OSError, ssl.SSLError):
                return  # the client went away, or did not like the certificate


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((args.host, 0), Session) as server:
    print("%d\n" % server.server_address[1], end="", flush=True)
    server.serve_forever()
