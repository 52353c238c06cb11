"""The log from outside, on a running server with witnesses as processes of their own: what an operator, an intruder in the database and a
lying city can do, and who notices."""
import base64
import hashlib
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from lib import BIN, PATIENCE, ROOT, Browser, City, Wrong, check, environment, free_port, same, test

WITNESS = os.environ.get("TONGBAN_WITNESS") or os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(BIN))), "witness", "tongban-witness")
if not os.access(WITNESS, os.X_OK):
    WITNESS = os.path.join(os.path.dirname(os.path.realpath(BIN)), "tongban-witness")


SIGND = os.path.join(os.path.dirname(BIN), "tongban-signd")
if not os.path.exists(SIGND):
    SIGND = os.path.join(os.path.dirname(BIN), "..", "signd", "tongban-signd")


def witness_run(*args):
    p = subprocess.run([WITNESS, *args], capture_output=True, text=True, timeout=PATIENCE, env=environment())
    return p


class Witness:
    """A witness in a process of its own."""

    def __init__(self, city, name):
        self.name, self.dir, self.port = name, os.path.join(city.top, name), free_port()
        p = witness_run("--init", self.dir, "--name", name + ".example/w")
        same(p.returncode, 0, p.stderr)
        self.key, self.process, self.city = p.stdout.strip(), None, city

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def start(self):
        self.process = subprocess.Popen([WITNESS, "--dir", self.dir, "--listen", "127.0.0.1:%d" % self.port, "--json"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", errors="backslashreplace", env=environment())
        self.city.servers.append(self.process)
        up = json.loads(self.process.stdout.readline())
        same(up["key"], self.key)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()

    def knows(self, log_key, address=None):
        p = witness_run("--dir", self.dir, "--add-log", log_key, *(["--address", address] if address else []))
        same(p.returncode, 0, p.stderr)

    def seen(self, origin):
        path = os.path.join(self.dir, "seen", hashlib.sha256(origin.encode()).hexdigest())
        if not os.path.exists(path):
            return 0
        with open(path, encoding="utf-8", errors="backslashreplace") as f:
            text = f.read()
        try:
            return int(text.split("\n")[1])
        except (IndexError, ValueError):
            raise Wrong("what the witness has seen cannot be read: %r" % text)


def policy(witnesses, need):
    lines = ["witness %s %s %s" % (w.name, w.key, w.url) for w in witnesses]
    if not need:
        return "\n".join(lines + ["quorum none", ""])
    return "\n".join(lines + ["group quorate %d %s" % (need, " ".join(w.name for w in witnesses)), "quorum quorate", ""])


def settle(what, why):
    """Waits until it is so."""
    for _ in range(PATIENCE * 10):
        v = what()
        if v:
            return v
        time.sleep(0.1)
    raise Wrong("does not come: " + why)


def log_of(server):
    return Browser(server).json("GET", "/log")


def published(server, size=1):
    """The log's page once a checkpoint of at least this size is published."""
    def there():
        v = log_of(server)
        return v if v["checkpoint"] and v["checkpoint"]["size"] >= size else None
    return settle(there, "a checkpoint of %d entries" % size)


def get(server, path):
    c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    c.request("GET", path)
    r = c.getresponse()
    body = r.read()
    c.close()
    return r, body


def entries(server, size):
    """All entries, by the bundles."""
    out = []
    while len(out) < size:
        n = min(256, size - len(out))
        r, body = get(server, "/log/tile/entries/%03d%s" % (len(out) // 256, "" if n == 256 else ".p/%d" % n))
        same(r.status, 200)
        while body:
            length = int.from_bytes(body[:2], "big")
            out.append(body[2:2 + length])
            body = body[2 + length:]
    return out


def make_city(c, witnesses=(), need=0):
    """A demonstration city and its witnesses, which know its key; the server runs."""
    s = c.serve("--demo")
    key = published(s)["key"]
    same(c.stop(s), 0)
    for w in witnesses:
        w.knows(key)
        w.start()
    if witnesses:
        c.write("log-policy", policy(witnesses, need))
    return c.serve(), key


def add_entries(c, n=1):
    """An operator's command leaves a row in the audit journal and so an entry in the log."""
    for _ in range(n):
        same(c.run("--json", "log", "audit").code, 0)


def add_leaves(c, n):
    """So many leaves at once, as commands would commit them; their rows are of no interest here."""
    db = sqlite3.connect(c.path("city.db"), timeout=PATIENCE)
    now = int(time.time() * 1000)
    for i in range(n):
        key = now.to_bytes(6, "big") + b"\x80" + os.urandom(9)
        h = key.hex()
        entry = {"v": 1, "id": "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:])), "at": now, "kind": "audit",
                 "row": base64.b64encode(os.urandom(32)).decode()}
        db.execute("INSERT INTO log_leaf (id, entry) VALUES (?, ?)", (key, json.dumps(entry, separators=(",", ":")).encode()))
    db.commit()
    db.close()


def write_policy(c, s, name="outside-policy"):
    return c.write(name, log_of(s)["policy"])


@test
def the_log_is_served_and_anybody_can_check_it():
    with City() as c:
        s, key = make_city(c)
        v = published(s)
        size = v["checkpoint"]["size"]
        origin, name = key.split("+")[0], v["origin"]
        same(origin, name)
        r, note = get(s, "/log/checkpoint")
        same((r.status, r.headers["Content-Type"], r.headers["Cache-Control"]), (200, "text/plain; charset=utf-8", "no-cache"))
        lines = note.decode().split("\n")
        same(lines[0], origin)
        size = int(lines[1])
        r, tile = get(s, "/log/tile/0/000%s" % ("" if size >= 256 else ".p/%d" % size))
        same((r.status, r.headers["Content-Type"]), (200, "application/octet-stream"))
        check("immutable" in r.headers["Cache-Control"] and "max-age" in r.headers["Cache-Control"], r.headers["Cache-Control"])
        same(r.headers["Access-Control-Allow-Origin"], "*")
        leaves = entries(s, size)
        for i, e in enumerate(leaves[:256]):
            same(hashlib.sha256(b"\0" + e).digest(), tile[32 * i:32 * i + 32])
        for e in leaves:
            v = json.loads(e)
            check(set(v) <= {"v", "id", "at", "kind", "row", "facts"} and v["kind"] in ("case", "audit"), e)
        for bad in ("0/000.p/%d" % (size % 256 + 1), "0/000.p/0", "0/000.p/256", "9/000", "0/00", "0/x000/000", "entries/999", "0/../x", "0/000.p/1/2"):
            same(get(s, "/log/tile/" + bad)[0].status, 404, bad)
        # one entry, proven; the proof is checked without the server
        entry = json.loads(leaves[size // 2])
        proof = Browser(s).json("GET", "/log/proof?id=" + entry["id"])
        same(base64.b64decode(proof["entry"]), leaves[size // 2])
        same(proof["index"], size // 2)
        p, f = write_policy(c, s), c.write("proof", proof["proof"])
        r = c.run("--json", "log", "verify", f, "--policy", p)
        same((r.code, r.json()["index"]), (0, size // 2), r.err)
        other = base64.b64encode(leaves[size // 2].replace(b'"at":1', b'"at":2')).decode()
        f = c.write("forged", proof["proof"].replace(proof["entry"], other))
        r = c.run("--json", "log", "verify", f, "--policy", p)
        same((r.code, r.problem()["code"]), (1, "tlog.proof"))
        same(Browser(s).call("GET", "/api/v1/log/proof?id=0190a000-0000-7000-8000-000000000000")[0], 404)
        same(Browser(s).call("GET", "/api/v1/log/proof")[0], 422)
        same(c.stop(s), 0)


@test
def witnesses_cosign_and_an_outage_of_one_is_borne():
    with City() as c:
        court, tax, housing = (Witness(c, n) for n in ("court", "tax", "housing"))
        s, key = make_city(c, (court, tax, housing), 2)
        origin = key.split("+")[0]
        v = settle(lambda: (lambda x: x if x["checkpoint"] and sum(1 for w in x["witnesses"] if w["cosigned_at"]) == 3 else None)(log_of(s)), "three cosignatures")
        same(v["witnesses_needed"], 2)
        p = write_policy(c, s)
        housing.stop(signal.SIGKILL)
        size = log_of(s)["checkpoint"]["size"]
        add_entries(c)
        published(s, size + 1)  # two are enough
        tax.stop()
        before = published(s)["checkpoint"]["size"]
        add_entries(c)
        settle(lambda: court.seen(origin) > before, "the court's cosignature")
        time.sleep(1)
        same(log_of(s)["checkpoint"]["size"], before, "published with too few witnesses")
        tax.start()
        housing.start()  # goes on with what it had seen
        v = settle(lambda: (lambda x: x if x["checkpoint"]["size"] > before and sum(1 for w in x["witnesses"] if w["cosigned_at"]) == 3 else None)(log_of(s)), "all three again")
        # whoever asks for more witnesses than there are cosignatures is not content
        entry = json.loads(entries(s, v["checkpoint"]["size"])[-1])
        proof = c.write("proof", Browser(s).json("GET", "/log/proof?id=" + entry["id"])["proof"])
        r = c.run("--json", "log", "verify", proof, "--policy", p)
        same((r.code, r.json()["witnesses"]), (0, 3), r.err)
        stranger = Witness(c, "stranger")
        all_four = c.write("four", open(p).read().replace("group quorate 2 ", "witness stranger %s\ngroup quorate 4 stranger " % stranger.key))
        r = c.run("--json", "log", "verify", proof, "--policy", all_four)
        same((r.code, r.problem()["code"]), (1, "tlog.quorum"))
        same(c.stop(s), 0)


@test
def a_mirror_goes_on_where_it_was_stopped():
    with City() as c:
        s, key = make_city(c)
        p, mirror = write_policy(c, s), os.path.join(c.top, "mirror")
        url = "http://127.0.0.1:%d/log" % s.port
        r = c.run("--json", "log", "mirror", mirror, "--url", url, "--policy", p)
        same(r.code, 0, r.out, r.err)
        first = r.json()
        add_leaves(c, 400)
        published(s, first["entries"] + 400)
        r = c.run("--json", "log", "mirror", mirror, "--url", url, "--policy", p)
        same((r.code, r.json()["before"]), (0, first["entries"]), r.out, r.err)
        v = r.json()
        # what lies in the folder is what the server serves
        for top, _, names in os.walk(os.path.join(mirror, "tile")):
            for name in names:
                path = os.path.join(top, name)
                _, body = get(s, "/log/" + os.path.relpath(path, mirror))
                with open(path, "rb") as f:
                    same(f.read(), body, path)
        # cut: the checkpoint is the old one, full bundles of later are there; one of them is spoilt
        with open(os.path.join(mirror, "checkpoint"), "rb") as f:
            newest = f.read()
        shutil.rmtree(mirror)
        r = c.run("--json", "log", "mirror", mirror, "--url", url, "--policy", p)
        os.remove(os.path.join(mirror, "checkpoint"))
        r = c.run("--json", "log", "mirror", mirror, "--url", url, "--policy", p)
        same(r.code, 0, r.err)
        same(r.json()["fetched"], 1 if v["entries"] % 256 else 0, "full bundles were fetched again")
        os.remove(os.path.join(mirror, "checkpoint"))
        bundle = os.path.join(mirror, "tile", "entries", "000")
        with open(bundle, "rb") as f:
            good = f.read()
        with open(bundle, "wb") as f:
            f.write(good.replace(b'"kind":"audit"', b'"kind":"other"', 1))
        r = c.run("--json", "log", "mirror", mirror, "--url", url, "--policy", p)
        same(r.code, 0, r.out, r.err)
        with open(bundle, "rb") as f:
            same(f.read(), good)
        with open(os.path.join(mirror, "checkpoint"), "rb") as f:
            check(f.read() == newest or published(s)["checkpoint"]["size"] >= v["entries"])
        same(c.stop(s), 0)


@test
def an_edited_row_is_noticed():
    with City() as c:
        court = Witness(c, "court")
        s, key = make_city(c, (court,), 1)
        settle(lambda: log_of(s)["witnesses"][0]["cosigned_at"], "the court's cosignature")
        size = published(s)["checkpoint"]["size"]
        url, p, seen_before = "http://127.0.0.1:%d/log" % s.port, write_policy(c, s), os.path.join(c.top, "seen-before")
        same(c.run("--json", "log", "mirror", seen_before, "--url", url, "--policy", p).code, 0)
        r = c.run("--json", "log", "audit")
        same((r.code, r.json()["good"]), (0, True), r.out)
        db = sqlite3.connect(c.path("city.db"), timeout=PATIENCE)
        row = db.execute("SELECT id, details FROM audit WHERE action='command_line' ORDER BY id LIMIT 1").fetchone()
        db.execute("UPDATE audit SET details = '{}' WHERE id = ?", (row[0],))
        db.commit()
        r = c.run("--json", "log", "audit")
        same((r.code, r.json()["changed"], r.json()["findings"][0]["what"]), (1, 1, "changed"), r.out)
        # who edits the row and its entry in the log as well: the witness holds the root of the log as it was
        entry_id = r.json()["findings"][0]["id"]
        idx, data = db.execute("SELECT idx, data FROM log_tile WHERE level=-1 AND instr(data, ?) > 0", (entry_id.encode(),)).fetchone()
        at = data.index(entry_id.encode())
        start = data.rindex(b'{"v":1', 0, at)
        length = int.from_bytes(data[start - 2:start], "big")
        old = data[start:start + length]
        hashed = hashlib.sha256()
        cols = db.execute("SELECT id, at, actor, actor_kind, action, details FROM audit WHERE id=?", (row[0],)).fetchone()
        hashed.update(b"tongban log row 1\n")
        for v in cols:
            kind = b"n" if v is None else b"i" if isinstance(v, int) else b"t" if isinstance(v, str) else b"b"
            raw = b"" if v is None or isinstance(v, int) else v.encode() if isinstance(v, str) else v
            hashed.update(kind + (v if isinstance(v, int) else len(raw)).to_bytes(8, "big") + raw)
        e = json.loads(old)
        new = old.replace(e["row"].encode(), base64.b64encode(hashed.digest()))
        db.execute("UPDATE log_tile SET data=? WHERE level=-1 AND idx=?", (data.replace(old, new), idx))
        db.commit()
        db.close()
        r = c.run("--json", "log", "audit")
        same((r.code, r.json()["tree"], r.json()["changed"]), (1, False, 0), r.out)
        same([(f["what"], f["id"]) for f in r.json()["findings"]], [("entry", entry_id)])
        published(s, size + 1)
        # who reads it for the first time, and who has its beginning already
        for mirror in (os.path.join(c.top, "mirror"), seen_before):
            r = c.run("--json", "log", "monitor", mirror, "--url", url, "--policy", p)
            same((r.code, r.problem()["code"]), (1, "log.fork"), r.out, r.err)
            check(entry_id in r.problem()["en"] and entry_id in r.problem()["zh"], r.out)
        same(c.stop(s), 0)


def copy_city(c, name):
    to = os.path.join(c.top, name)
    shutil.copytree(c.dir, to, ignore=shutil.ignore_patterns("*.sock", "lock"))
    return to


@test
def a_restored_database_is_noticed():
    with City() as c:
        court = Witness(c, "court")
        s, key = make_city(c, (court,), 1)
        origin, p = key.split("+")[0], write_policy(c, s)
        size = published(s)["checkpoint"]["size"]
        same(c.stop(s), 0)
        old = copy_city(c, "old")
        s = c.serve()
        size = published(s, size + 1)["checkpoint"]["size"] + 2
        add_entries(c, 2)
        published(s, size)
        mirror = os.path.join(c.top, "mirror")
        r = c.run("--json", "log", "mirror", mirror, "--url", "http://127.0.0.1:%d/log" % s.port, "--policy", p)
        same(r.code, 0, r.out, r.err)
        same(c.stop(s), 0)
        size = court.seen(origin)
        # the database alone is put back: the signer remembers
        for f in ("city.db", "city.db-wal", "city.db-shm"):
            if os.path.exists(c.path(f)):
                os.remove(c.path(f))
            if os.path.exists(os.path.join(old, f)):
                shutil.copy(os.path.join(old, f), c.path(f))
        s = c.serve()
        v = settle(lambda: log_of(s)["trouble"], "the signer's refusal")
        check(v["halted"] and v["zh"] != v["en"], v)
        add_entries_quietly(c)
        r = c.run("--json", "log", "monitor", mirror, "--url", "http://127.0.0.1:%d/log" % s.port, "--policy", p)
        same((r.code, r.problem()["code"]), (1, "log.rolled_back"), r.out, r.err)
        same(court.seen(origin), size)
        same(c.stop(s), 0)
        # the whole machine is put back, the signer too: the witness remembers
        shutil.rmtree(c.dir)
        shutil.copytree(old, c.dir)
        s = c.serve()
        v = settle(lambda: log_of(s)["trouble"], "the witness's refusal")
        check("court" in v["en"], v)
        check(log_of(s)["checkpoint"]["size"] < size)
        r = c.run("--json", "log", "monitor", mirror, "--url", "http://127.0.0.1:%d/log" % s.port, "--policy", p)
        same((r.code, r.problem()["code"]), (1, "log.rolled_back"), r.out, r.err)
        same(c.stop(s), 0)


def add_entries_quietly(c):
    c.run("--json", "log", "show")


@test
def a_city_that_shows_two_histories_is_caught():
    with City() as c:
        court, tax = Witness(c, "court"), Witness(c, "tax")
        s, key = make_city(c, (court, tax), 0)
        origin = key.split("+")[0]
        settle(lambda: all(w["cosigned_at"] for w in log_of(s)["witnesses"]), "both")
        p = write_policy(c, s)
        same(c.stop(s), 0)
        # the same keys, the same past; from here on two histories
        with City() as twin:
            shutil.rmtree(twin.dir, ignore_errors=True)
            shutil.copytree(c.dir, twin.dir, ignore=shutil.ignore_patterns("*.sock", "lock"))
            c.write("log-policy", policy((court,), 1))
            twin.write("log-policy", policy((tax,), 1))
            one, two = c.serve(), twin.serve()
            base = court.seen(origin)
            add_entries(c, 3)
            add_entries(twin, 2)
            published(one, base + 3)
            published(two, base + 2)
            # each history holds for itself; beside what the other's witness has seen it does not
            for name, server in (("one", one), ("two", two)):
                mirror = os.path.join(c.top, "mirror-" + name)
                url = "http://127.0.0.1:%d/log" % server.port
                same(c.run("--json", "log", "mirror", mirror, "--url", url, "--policy", p).code, 0)
                r = c.run("--json", "log", "monitor", mirror, "--url", url, "--policy", p)
                if name == "one":  # the longer history: at its end it is the other's witness that differs
                    same((r.code, last_problem(r)), (1, "log.fork"), r.out, r.err)
                    check(os.listdir(os.path.join(mirror, "evidence")), "no evidence was kept")
            # and the other witness does not cosign it
            twin.stop(two)
            twin.write("log-policy", policy((court, tax), 2))
            two = twin.serve()
            v = settle(lambda: log_of(two)["trouble"], "the court's refusal")
            check("court" in v["en"], v)
            twin.stop(two)
            c.stop(one)


def last_problem(r):
    for line in reversed(r.out.strip().split("\n")):
        v = json.loads(line)
        if not v.get("good"):
            return v["problems"][0]["code"]
    return None


@test
def another_implementation_reads_the_log():
    go = shutil.which("go")
    source = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog"
    if not go or not os.path.isdir(source):
        check(os.environ.get("CI") != "true", "Go and golang.org/x/mod are not installed (tools/packages.txt)")
        print("skipped, no Go with golang.org/x/mod: 1")
        return
    with City() as c:
        s, key = make_city(c)
        add_leaves(c, 700)
        published(s, 849)
        env = environment({"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": os.path.join(c.top, "go"), "HOME": c.top})
        r = subprocess.run([go, "run", os.path.join(ROOT, "test", "start", "readlog.go"), "http://127.0.0.1:%d/log" % s.port, key],
                           capture_output=True, text=True, timeout=PATIENCE * 3, env=env)
        same(r.returncode, 0, r.stderr[-800:])
        v = json.loads(r.stdout)
        check(v["entries"] >= 849 and v["inclusion"] == v["entries"] and v["consistency"] > 10, v)
        same(c.stop(s), 0)


def staff_with(c, *roles):
    """Logins of staff of the demonstration city, one for each role."""
    with open(c.path("demo-signins.json"), encoding="utf-8") as f:
        staff = json.load(f)["staff"]
    out = []
    for role in roles:
        out.append(next(s["login"] for s in staff if role in [r["role"] for r in s["roles"]] and s["login"] not in out))
    return out


def new_log_key(c, *more):
    """On the stopped signer; the statement's file, and the new key as a verifier writes it."""
    p = subprocess.run([SIGND, "--new-log-key", c.path("keys"), *more], capture_output=True, text=True, timeout=PATIENCE, env=environment())
    same(p.returncode, 0, p.stderr)
    path = next(line.split(": ", 1)[1] for line in p.stdout.splitlines() if line.startswith("声明"))
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    return path, next(line[4:] for line in lines if line.startswith("new ")), lines


@test
def the_log_goes_on_under_a_new_key():
    with City() as c:
        court = Witness(c, "court")
        s, key = make_city(c, (court,), 1)
        origin, old_policy = key.split("+")[0], write_policy(c, s)
        admin, security, handler = staff_with(c, "administrator", "security", "handler")
        settle(lambda: log_of(s)["witnesses"][0]["cosigned_at"], "the court's cosignature")
        before = published(s)["checkpoint"]["size"]
        entry = json.loads(entries(s, before)[-1])
        old_proof = c.write("old-proof", Browser(s).json("GET", "/log/proof?id=" + entry["id"])["proof"])
        same(c.stop(s), 0)
        # the signer has another key: nothing is signed until officers have decided
        statement, new_key, lines = new_log_key(c, "--reason", "yearly change")
        check(new_key != key and "old " + key in lines and "reason yearly change" in lines, lines)
        same(sum(1 for line in lines if line.startswith("— ")), 2, "both keys sign the statement")
        s = c.serve()
        v = settle(lambda: (lambda x: x if x["trouble"] else None)(log_of(s)), "the trouble with the key")
        same((v["trouble"]["code"], v["key"], len(v["keys"])), ("log.key", key, 1))
        before = v["checkpoint"]["size"]
        add_entries(c)
        time.sleep(1)
        same(log_of(s)["checkpoint"]["size"], before, "signed without a decision")
        same(c.run("log", "show").code, 1)

        def accept(*args):
            return c.run("--json", "log", "accept-key", "--reason", "yearly change", *args)

        same(accept("--as", admin, "--with", admin, "--statement", statement).problem()["code"], "forbidden")
        same(accept("--as", admin, "--with", handler, "--statement", statement).problem()["code"], "forbidden")
        with open(statement, encoding="utf-8") as f:
            text = f.read()
        forged = c.write("forged", text.replace("yearly", "hourly"))
        same(accept("--as", admin, "--with", security, "--statement", forged).problem()["code"], "note.signature")
        same(accept("--as", admin, "--with", security, "--statement", statement).code, 0)
        same(accept("--as", admin, "--with", security, "--statement", statement).problem()["code"], "conflict")
        v = log_of(s)
        same((v["trouble"], v["key"], v["keys"][0]["by_old"], v["keys"][0]["reason"]), (None, new_key, True, "yearly change"))
        same(v["keys"][1]["key"], key)
        # the witness has not been told: it cosigns nothing, so nothing is published
        time.sleep(2)
        same((court.seen(origin), log_of(s)["checkpoint"]["size"]), (before, before), "a witness followed silently")
        court.stop()
        other = witness_run("--dir", court.dir, "--new-key", new_key, "--statement", forged)
        check(other.returncode != 0, "a forged statement")
        check(witness_run("--dir", court.dir, "--new-key", new_key).returncode != 0, "without a word about the statement")
        told = witness_run("--dir", court.dir, "--new-key", new_key, "--statement", statement)
        same(told.returncode, 0, told.stderr)
        check("signed the statement" in told.stdout, told.stdout)
        court.start()
        size = published(s, before + 1)["checkpoint"]["size"]
        same(court.seen(origin), size)
        # verifiers: the old policy does not know the new key; the one they were given knows both
        entry = json.loads(entries(s, size)[-1])
        new_proof = c.write("new-proof", Browser(s).json("GET", "/log/proof?id=" + entry["id"])["proof"])
        same(c.run("--json", "log", "verify", old_proof, "--policy", old_policy).code, 0)
        same(c.run("--json", "log", "verify", new_proof, "--policy", old_policy).problem()["code"], "tlog.unknown")
        policy_now = write_policy(c, s, "policy-now")
        for proof in (old_proof, new_proof):
            r = c.run("--json", "log", "verify", proof, "--policy", policy_now)
            same((r.code, r.json()["witnesses"]), (0, 1), r.err)
        url, mirror = "http://127.0.0.1:%d/log" % s.port, os.path.join(c.top, "mirror")
        same(c.run("--json", "log", "monitor", mirror, "--url", url, "--policy", old_policy).code != 0, True)
        r = c.run("--json", "log", "monitor", mirror, "--url", url, "--policy", policy_now)
        same(r.code, 0, r.out, r.err)
        r = c.run("--json", "log", "audit")
        same((r.code, r.json()["good"]), (0, True), r.out)
        check("yearly change" in c.run("log", "show").out, "log show does not tell")
        db = sqlite3.connect(c.path("city.db"), timeout=PATIENCE)
        rows = [json.loads(d) for (d,) in db.execute("SELECT details FROM audit WHERE action='log_key_accepted'")]
        db.close()
        same([(r["old"], r["new"], r["by_old"], r["officers"]) for r in rows], [(key, new_key, True, [admin, security])])
        same(c.stop(s), 0)
        # the key is lost: the new one alone speaks, and everybody is told that it does
        statement, third, lines = new_log_key(c, "--reason", "the token broke", "--lost")
        same(sum(1 for line in lines if line.startswith("— ")), 1)
        s = c.serve()
        settle(lambda: log_of(s)["trouble"], "the trouble with the key")
        same(c.run("--json", "log", "accept-key", "--reason", "the token broke", "--as", admin, "--with", security, "--statement", statement).code, 0)
        v = log_of(s)
        same((v["key"], v["keys"][0]["by_old"]), (third, False))
        check(new_key not in v["policy"], "a lost key is still vouched for")
        court.stop()
        told = witness_run("--dir", court.dir, "--new-key", third, "--statement", statement)
        same(told.returncode, 0, told.stderr)
        check("did not sign" in told.stdout, told.stdout)
        court.start()
        size = published(s, size + 1)["checkpoint"]["size"]
        same(c.run("--json", "log", "verify", new_proof, "--policy", write_policy(c, s, "policy-third")).problem()["code"], "tlog.unknown")
        same(c.stop(s), 0)
        # and it never goes back, whichever key
        with open(os.path.join(c.path("keys"), "uses.log"), encoding="utf-8") as f:
            sizes = [int(u["size"]) for u in map(json.loads, f) if u["purpose"] == "log.checkpoint" and u["outcome"] == "signed"]
        same(sizes, sorted(sizes))
