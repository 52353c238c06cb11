"""What the start tests share: the real program, a city's folder for each test, a client. Only the standard library."""
import concurrent.futures
import http.client
import itertools
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("TONGBAN_BIN") or os.path.join(ROOT, "build", "tongban")
PATIENCE = 120  # seconds until a wait counts as hanging; nothing is measured by it
TESTS = []


def test(f):
    TESTS.append(f)
    return f


class Wrong(Exception):
    pass


def check(truth, *told):
    if not truth:
        raise Wrong(" ".join(str(t) for t in told) or "not so")


def same(got, want, *told):
    if got != want:
        raise Wrong("%r is not %r %s" % (got, want, " ".join(str(t) for t in told)))


PORTS = itertools.count(random.randrange(20000, 30000))


def free_port():
    """Below the range from which the system takes ports for connections, and none twice: what is named here is bound a while later."""
    while True:
        port = 20000 + next(PORTS) % 12000
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def environment(more=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("TONGBAN_")}
    env.update(more or {})
    return env


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise Wrong("standard output is not one JSON value: %r; %s" % (self.out[:300], self.err[:300]))

    def problem(self):
        v = self.json()
        same(v.get("good"), False)
        p = v["problems"][0]
        for key in ("code", "zh", "en", "remedy_zh", "remedy_en"):
            check(p.get(key), "problem without", key, p)
        check(p["zh"] != p["en"], "one language only", p)
        return p


class City:
    """A folder in a temporary directory; what is started in it is stopped at the end."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="tb-start-")
        self.dir = os.path.join(self.top, "city")
        self.servers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for s in self.servers:
            if s.poll() is None:
                s.kill()
                s.wait()
        shutil.rmtree(self.top, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def run(self, *args, env=None, lang="en", data=True):
        """One command to its end."""
        call = [BIN] + (["--data", self.dir] if data else []) + ["--lang", lang] + list(args)
        p = subprocess.run(call, capture_output=True, text=True, timeout=PATIENCE, env=environment(env), cwd=self.top)
        return Done(p.returncode, p.stdout, p.stderr)

    def serve(self, *args, port=None, env=None, host="127.0.0.1", context=None, more=("--json",)):
        """A server that is up: its announcement is in .up."""
        port = port or free_port()
        call = [BIN, "--data", self.dir, "--lang", "en", *more, "serve", "--listen", "%s:%d" % (host, port), *args]
        log = open(os.path.join(self.top, "server.log"), "ab")
        s = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=log, encoding="utf-8", errors="backslashreplace", env=environment(env), cwd=self.top)
        log.close()
        self.servers.append(s)
        s.port, s.context = port, context
        line = s.stdout.readline()
        if not line:
            with open(os.path.join(self.top, "server.log"), encoding="utf-8", errors="replace") as f:
                raise Wrong("the server did not start: " + f.read()[-600:])
        s.first_line = line
        s.up = json.loads(line) if "--json" in more else None
        return s

    def stop(self, s, how=signal.SIGTERM):
        s.send_signal(how)
        try:
            code = s.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise Wrong("the server does not stop")
        s.stdout.close()
        return code


class Browser:
    """One party's cookie and token."""

    def __init__(self, server):
        self.server, self.cookie, self.csrf = server, None, None

    def call(self, method, path, body=None, fields=None):
        s = self.server
        if s.context:
            c = http.client.HTTPSConnection("127.0.0.1", s.port, timeout=PATIENCE, context=s.context)
        else:
            c = http.client.HTTPConnection("127.0.0.1", s.port, timeout=PATIENCE)
        head = {"Accept": "application/json", **(fields or {})}
        if self.cookie:
            head["Cookie"] = self.cookie
        if self.csrf:
            head["X-CSRF-Token"] = self.csrf
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            head["Content-Type"] = "application/json"
        c.request(method, path, body=data, headers=head)
        r = c.getresponse()
        content = r.read()
        c.close()
        set_cookie = r.headers.get("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.split(";")[0]
        self.head = r.headers
        return r.status, content

    def json(self, method, path, body=None, want=200, fields=None):
        status, content = self.call(method, "/api/v1" + path, body, fields)
        same(status, want, method, path, content[:300])
        return json.loads(content) if content else None

    def sign_in(self, login, password):
        v = self.json("POST", "/session", {"login": login, "password": password})
        self.csrf = v["csrf"]
        return v


def certificate(folder, name="server", days=30):
    """A self-signed certificate for 127.0.0.1; paths of certificate and key."""
    cert, key = os.path.join(folder, name + ".crt"), os.path.join(folder, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days),
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return cert, key


def trusting(cert):
    return ssl.create_default_context(cafile=cert)


def one(f):
    try:
        f()
        print("ok    start %s\n" % f.__name__, end="", flush=True)
        return True
    except Exception as e:
        at = [t for t in traceback.extract_tb(e.__traceback__) if os.path.basename(t.filename) != "lib.py"][-1]
        print("FAIL  start %s (%s:%d): %s: %s\n" % (f.__name__, os.path.basename(at.filename), at.lineno, type(e).__name__, e), end="", flush=True)
        return False


def main():
    if not os.access(BIN, os.X_OK):
        print("no program at %s (TONGBAN_BIN)" % BIN)
        print("start: 0 passed, 1 failed")
        return 1
    only = sys.argv[1:]
    chosen = [f for f in TESTS if not only or f.__name__ in only]
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS") or 2)) as several:  # they mostly wait for a city
        good = list(several.map(one, chosen))
    print("start: %d passed, %d failed" % (good.count(True), good.count(False)))
    return 0 if all(good) else 1
