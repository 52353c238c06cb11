"""The signer as it runs in earnest: under a user of its own, and with its keys in a token (SoftHSM)."""
import errno
import json
import os
import shutil
import signal
import subprocess
import sys

from lib import BIN, PATIENCE, ROOT, Browser, City, Wrong, check, environment, same, test

from transparency import SIGND, published, settle  # noqa: E402

sys.path.insert(0, os.path.join(ROOT, "tools"))
import walk  # noqa: E402

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


class Opening(walk.Walk):
    shop = None  # 字号; None: that of the service's own scenario

    def answers(self):
        data, town, confirmed = super().answers()
        return ({**data, "shop_name": self.shop} if self.shop else data), town, confirmed


def company_opening(c, s, shop=None):
    """A whole one, filed, decided, its papers verified offline and in public."""
    o = Opening(walk.Options("http://127.0.0.1:%d" % s.port, c.path("demo-signins.json"), out=os.path.join(c.top, "papers"), lang="en", tongban=BIN,
                             say=lambda line: None, patience=float(PATIENCE)))
    o.shop = shop
    return o.run()


@test
def a_city_whose_keys_are_in_a_token():
    with City() as c:
        d = Signer(c, token=True)
        paper = os.path.join(c.top, "paper")
        d.init("--officers", "张三,李四,王五", "--need", "2", "--into", paper)
        with open(os.path.join(d.dir, "keys.json"), encoding="utf-8") as f:
            same(json.load(f)["store"], "token")
        d.start()
        c.write("tongban.conf", "signer.socket = %s\n" % d.socket)
        s = c.serve("--demo")
        done = company_opening(c, s)
        papers = [os.path.join(c.top, "papers", n) for n in os.listdir(os.path.join(c.top, "papers"))]
        check(papers, "no paper")
        verify_all(c, papers, c.path("anchors.pem"))
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
        # the token is destroyed: two officers recover into another one, where the keys of papers are new
        shutil.rmtree(d.tokens)
        e = Signer(c, token=True, name="again")
        os.mkdir(e.dir, 0o700)
        shutil.copy(os.path.join(d.dir, "uses.log"), e.dir)
        shares = [os.path.join(paper, n) for n in sorted(os.listdir(paper))[1:]]
        p = e.signd("--recover", e.dir, "--recovery", os.path.join(d.dir, "recovery.json"), *[a for f in shares for a in ("--share-file", f)], *e.token)
        check("were made anew" in p.stdout and "The log has a new key" in p.stdout, p.stdout)
        check([n for n in os.listdir(e.dir) if n.startswith("log-key-")], os.listdir(e.dir))
        e.start()
        c.write("tongban.conf", "signer.socket = %s\n" % e.socket)
        s = c.serve()
        verify_all(c, papers, os.path.join(e.dir, "anchors.pem"))
        b = Browser(s)
        signins = json.load(open(c.path("demo-signins.json"), encoding="utf-8"))
        b.sign_in(signins["persons"][0]["login"], signins["password"])
        same(b.json("GET", "/cases/" + done["case"])["number"], done["number"])
        same(c.stop(s), 0)
        e.stop()


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


def without_qr(text):
    """The four lines of a share, as an officer would type them."""
    return "\n".join(line for line in text.splitlines() if line[:2] in ("1 ", "2 ", "3 ", "4 ")) + "\n"


def mistyped(text):
    """One character of the second line is another."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("2 "))
    lines[at] = lines[at][:5] + ("7" if lines[at][5] != "7" else "8") + lines[at][6:]
    return "\n".join(lines) + "\n"


def verify_all(c, papers, anchors):
    for paper in papers:
        r = c.run("--json", "verify", paper, "--trust", anchors)
        same((r.code, r.json()["good"]), (0, True), paper, r.out)


@test
def a_lost_key_file_is_recovered_by_three_of_five():
    """The rehearsal of docs/operations.md: shares, backup, loss, recovery, rotation."""
    with City() as c:
        d = Signer(c)
        paper = os.path.join(c.top, "paper")
        p = d.init("--city", "东莞市", "--officers", "张三,李四，王五、赵六,孙七", "--need", "3", "--into", paper)
        check("5 shares, any 3 of which recover" in p.stdout, p.stdout)
        shares = sorted(os.path.join(paper, n) for n in os.listdir(paper))
        same(len(shares), 5)
        same([os.stat(n).st_mode & 0o777 for n in shares], [0o600] * 5)
        texts = [open(n, encoding="utf-8").read() for n in shares]
        check("officer: 李四" in texts[1] and "share: 2 of 5, any 3 recover" in texts[1] and "city: 东莞市" in texts[1], texts[1])
        d.start()
        c.write("tongban.conf", "signer.socket = %s\n" % d.socket)
        s = c.serve("--demo")
        done = company_opening(c, s)
        papers = [os.path.join(c.top, "papers", n) for n in os.listdir(os.path.join(c.top, "papers"))]
        signins = json.load(open(c.path("demo-signins.json"), encoding="utf-8"))
        applicant = signins["persons"][0]["login"]
        size = published(s)["checkpoint"]["size"]
        same(c.stop(s), 0)
        d.stop()
        # the backup holds no key; then the signer's folder is lost
        backup = os.path.join(c.top, "backup")
        os.mkdir(backup)
        for name in ("recovery.json", "uses.log", "anchors.pem"):
            shutil.copy(os.path.join(d.dir, name), backup)
        shutil.rmtree(d.dir)
        recovery = os.path.join(backup, "recovery.json")
        with open(recovery, encoding="utf-8") as f:
            clear = json.load(f)
        same((clear["city"], clear["need"], clear["officers"]), ("东莞市", 3, ["张三", "李四", "王五", "赵六", "孙七"]))

        def recover(*files, want=0, text=None):
            return d.signd("--recover", d.dir, "--recovery", recovery, *[a for f in files for a in ("--share-file", f)], want=want, text=text)

        # two officers cannot; nor with a share twice, mistyped, of another city, or of a set of before
        check("too few" in recover(*shares[:2], want=1).stderr)
        check("2 李四" in recover(shares[0], shares[1], shares[1], want=1).stderr)
        other = Signer(c, name="other")
        other.init("--city", "东莞市", "--officers", "张三,李四,王五", "--need", "2", "--into", os.path.join(c.top, "other-paper"))
        foreign = sorted(os.listdir(os.path.join(c.top, "other-paper")))[2]
        said = recover(shares[0], shares[1], os.path.join(c.top, "other-paper", foreign), want=1).stderr
        check("3 王五" in said and "another set" in said, said)
        wrong = private(os.path.join(c.top, "wrong.txt"), mistyped(texts[2]))
        said = recover(shares[0], shares[1], wrong, want=1).stderr
        check("line 2" in said and "wrong.txt" in said, said)
        said = recover(want=1, text=without_qr(texts[0]) + without_qr(texts[1])).stderr  # typed, and the third does not come
        check("too few" in said, said)
        check(not os.path.exists(os.path.join(d.dir, "keys.json")), "keys out of two shares")
        # an officer's share is tried without being used
        same(d.signd("--check-share", "--recovery", recovery, "--share-file", shares[3]).returncode, 0)
        # three officers: two type, one has the QR code scanned
        qr = "TONGBAN-SHARE:" + "".join(line[2:].replace(" ", "") for line in without_qr(texts[2]).splitlines()) + "\n"
        recover(text=without_qr(texts[4]).lower() + without_qr(texts[0]) + qr)
        shutil.copy(os.path.join(backup, "uses.log"), d.dir)
        with open(os.path.join(d.dir, "anchors.pem"), encoding="utf-8") as f, open(os.path.join(backup, "anchors.pem"), encoding="utf-8") as g:
            same(f.read(), g.read())
        d.start()
        s = c.serve()
        b = Browser(s)
        b.sign_in(applicant, signins["password"])
        view = b.json("GET", "/cases/" + done["case"])  # sealed under the old key: it opens
        same(view["number"], done["number"])
        verify_all(c, papers, c.path("anchors.pem"))
        published(s, size + 1)
        same(c.stop(s), 0)
        d.stop()
        # every kind of key is replaced; what was signed verifies
        d.signd("--rotate-city-key", d.dir)
        d.signd("--rotate-document-keys", d.dir)
        d.signd("--rotate-seal-ca", d.dir)
        d.start()
        s = c.serve()
        verify_all(c, papers, os.path.join(d.dir, "anchors.pem"))
        b = Browser(s)
        b.sign_in(applicant, signins["password"])
        same(b.json("GET", "/cases/" + done["case"])["number"], done["number"])
        crl = b.call("GET", "/api/v1/seal-revocations")[1].decode()
        same(crl.count("BEGIN X509 CRL"), 2, "one list of each CA of seals")
        shutil.rmtree(os.path.join(c.top, "papers"))
        company_opening(c, s, shop="松湖")  # and the new keys sign
        fresh = [os.path.join(c.top, "papers", n) for n in os.listdir(os.path.join(c.top, "papers"))]
        check(fresh, "no papers")
        verify_all(c, fresh, os.path.join(d.dir, "anchors.pem"))
        r = c.run("--json", "verify", fresh[0], "--trust", os.path.join(backup, "anchors.pem"))
        check(r.code == 1, "the new keys are not under the old roots")
        same(c.stop(s), 0)
        d.stop()
        # after the rotation the same shares recover the newest keys; shares made anew make them stale
        shutil.copy(os.path.join(d.dir, "recovery.json"), recovery)
        again = os.path.join(c.top, "again")
        d.signd("--recover", again, "--recovery", recovery, *[a for f in shares[1:4] for a in ("--share-file", f)])
        with open(os.path.join(again, "anchors.pem"), encoding="utf-8") as f, open(os.path.join(d.dir, "anchors.pem"), encoding="utf-8") as g:
            same(f.read(), g.read())
        d.signd("--share", d.dir, "--officers", "张三,李四", "--need", "2", "--into", os.path.join(c.top, "anew"))
        said = d.signd("--check-share", "--recovery", os.path.join(d.dir, "recovery.json"), "--share-file", shares[0], want=1).stderr
        check("another set" in said, said)
