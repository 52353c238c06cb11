"""The signer as it runs in earnest: under a user of its own, and with its keys in a token (SoftHSM)."""
import errno
import json
import os
import shutil
import signal
import subprocess
import sys

from lib import BIN, PATIENCE, ROOT, Browser, City, Wrong, check, environment, same, test

from transparency import published, settle  # noqa: E402

sys.path.insert(0, os.path.join(ROOT, "tools"))
import walk  # noqa: E402

SIGND = os.path.join(os.path.dirname(BIN), "tongban-signd")
if not os.path.exists(SIGND):
    SIGND = os.path.join(os.path.dirname(BIN), "..", "signd", "tongban-signd")
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "271828"


def private(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o600)
    return path


class Signer:
    """tongban-signd with a folder of its own beside the city's; token: its keys are in one of SoftHSM."""

    def __init__(self, city, token=False, name="signd", user=()):
        self.city, self.process, self.user = city, None, list(user)
        self.dir, self.socket = os.path.join(city.top, name), os.path.join(city.top, name + ".sock")
        self.tokens, self.pin = os.path.join(city.top, name + "-tokens"), os.path.join(city.top, name + "-pin")
        self.env = environment()
        if token:
            os.mkdir(self.tokens, 0o700)
            conf = private(self.tokens + ".conf", "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n" % self.tokens)
            self.env["SOFTHSM2_CONF"] = conf
            private(self.pin, PIN + "\n")
            self.call("softhsm2-util", "--init-token", "--free", "--label", "city", "--so-pin", "31415926", "--pin", PIN)
        self.token = ["--token-module", SOFTHSM, "--token-label", "city", "--pin-file", self.pin] if token else []

    def call(self, *args, want=0, text=None):
        p = subprocess.run(self.user + list(args), capture_output=True, text=True, timeout=PATIENCE, env=self.env, input=text)
        same(p.returncode == 0, want == 0, args, p.stdout, p.stderr)
        return p

    def signd(self, *args, want=0, text=None):
        return self.call(SIGND, *args, want=want, text=text)

    def init(self, *more):
        return self.signd("--init", self.dir, *self.token, *more)

    def start(self, *more):
        self.process = subprocess.Popen(self.user + [SIGND, "--dir", self.dir, "--socket", self.socket, *more], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, env=self.env)
        self.city.servers.append(self.process)
        said = []
        for line in self.process.stderr:
            said.append(line)
            if line.startswith("tongban-signd: "):
                return
        raise Wrong("the signer does not start: " + "".join(said))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        same(self.process.wait(timeout=PATIENCE), 0)
        self.process.stderr.close()

    def uses(self):
        with open(os.path.join(self.dir, "uses.log"), encoding="utf-8") as f:
            return [json.loads(line) for line in f]


def company_opening(c, s):
    """A whole one, filed, decided, its papers verified offline and in public."""
    o = walk.Options("http://127.0.0.1:%d" % s.port, c.path("demo-signins.json"), out=os.path.join(c.top, "papers"), lang="en", tongban=BIN,
                     say=lambda line: None, patience=float(PATIENCE))
    return walk.walk(o)


@test
def a_city_whose_keys_are_in_a_token():
    with City() as c:
        d = Signer(c, token=True)
        d.init()
        with open(os.path.join(d.dir, "keys.json"), encoding="utf-8") as f:
            same(json.load(f)["store"], "token")
        d.start()
        c.write("tongban.conf", "signer.socket = %s\n" % d.socket)
        s = c.serve("--demo")
        company_opening(c, s)
        papers = [os.path.join(c.top, "papers", n) for n in os.listdir(os.path.join(c.top, "papers"))]
        check(papers, "no paper")
        for paper in papers:
            r = c.run("--json", "verify", paper, "--trust", c.path("anchors.pem"))
            same((r.code, r.json()["good"]), (0, True), paper, r.out)
        used = {u["purpose"] for u in d.uses() if u["outcome"] == "signed"}
        check({"licence.pdf", "licence.record", "log.checkpoint"} <= used, used)
        # the token is pulled out: the signer stays up, papers wait; put back, it goes on
        os.rename(d.tokens, d.tokens + "-away")
        before = len(d.uses())
        same(c.run("--json", "log", "audit").code, 0)  # a row in the audit journal, and so a checkpoint to sign
        settle(lambda: any(u["outcome"] == "unavailable" for u in d.uses()[before:]), "a signature that the token did not give")
        same(d.process.poll(), None)
        os.rename(d.tokens + "-away", d.tokens)
        published(s, published(s)["checkpoint"]["size"] + 1)
        same(c.stop(s), 0)
        d.stop()


SERVER_UID, SIGNER_UID = 64123, 64124
# What the server's user finds of the signer's: the errors of opening each.
LOOK = """
import json, os, sys
def tries(path):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1)
    except OSError as e:
        return e.errno
    return 0
print(json.dumps([tries(p) for p in sys.argv[1:]]))
"""


def as_user(uid):
    """As in operations.md: the server's user is in the signer's group, for the socket."""
    return ["setpriv", "--reuid", str(uid), "--regid", str(SIGNER_UID), "--clear-groups"]


@test
def the_server_cannot_read_the_signers_files():
    if os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            raise Wrong("this test changes users: run it as root")
        print("skipped (1): the_server_cannot_read_the_signers_files needs root")
        return
    with City() as c:
        os.chmod(c.top, 0o777)  # both users make their folders in it
        programs = [shutil.copy(p, os.path.join(c.top, os.path.basename(p))) for p in (os.path.realpath(BIN), SIGND)]
        d = Signer(c, token=False, user=as_user(SIGNER_UID))
        d.env["HOME"] = c.top
        d.call(programs[1], "--init", d.dir)
        os.mkdir(d.tokens, 0o700)
        os.chown(d.tokens, SIGNER_UID, SIGNER_UID)
        os.chown(private(d.pin, PIN), SIGNER_UID, SIGNER_UID)
        d.process = subprocess.Popen(d.user + [programs[1], "--dir", d.dir, "--socket", d.socket, "--allow-uid", str(SERVER_UID)],
                                     stderr=subprocess.PIPE, text=True, env=d.env)
        c.servers.append(d.process)
        while True:
            line = d.process.stderr.readline()
            check(line, "the signer did not start")
            if line.startswith("tongban-signd: "):
                break
        files = [os.path.join(d.dir, n) for n in ("keys.json", "passphrase", "uses.log")] + [d.pin, d.tokens, d.dir, "/proc/%d/mem" % d.process.pid]
        p = subprocess.run([*as_user(SERVER_UID), sys.executable, "-c", LOOK, *files], capture_output=True, text=True, check=True)
        same(dict(zip(files, json.loads(p.stdout))), dict.fromkeys(files, errno.EACCES))
        # and the same user may ask it for signatures: the city starts with it
        os.mkdir(c.dir)
        os.chown(c.dir, SERVER_UID, SIGNER_UID)
        env = environment({"TONGBAN_SIGNER_SOCKET": d.socket})
        r = subprocess.Popen([*as_user(SERVER_UID), programs[0], "--data", c.dir, "--json", "serve", "--demo", "--listen", "127.0.0.1:0"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env, cwd=c.top)
        c.servers.append(r)
        up = json.loads(r.stdout.readline())
        check(up, "the city did not start")
        r.terminate()
        same(r.wait(timeout=PATIENCE), 0)
        r.stdout.close()
        check(any(u["purpose"] == "city_key" and u["uid"] == SERVER_UID for u in d.uses()), "the city key was not released")
        d.stop()
