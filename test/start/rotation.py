"""New data keys on a running server under a write load, killed again and again: nothing is lost, and nothing stays under the earlier keys."""
import json
import os
import random
import signal
import sqlite3
import threading
import time

from lib import PATIENCE, Browser, City, check, same, test


class Writer(threading.Thread):
    """A person who goes on writing drafts; each that was acknowledged is remembered."""

    def __init__(self, city, server, login, password):
        super().__init__()
        self.city, self.server, self.login, self.password = city, server, login, password
        self.stop, self.kept, self.n = False, {}, 0

    def run(self):
        b = None
        while not self.stop:
            try:
                if b is None:
                    b = Browser(self.server[0])
                    b.sign_in(self.login, self.password)
                self.n += 1
                text = "第%d号草稿" % self.n
                draft = b.json("POST", "/drafts", {"service": "tax_registration", "data": {"remark": text}}, want=201)
                self.kept[draft["id"]] = text
                if len(self.kept) > 40:
                    gone = next(iter(self.kept))
                    del self.kept[gone]
                    b.json("DELETE", "/drafts/" + gone, want=204)
                b.json("GET", "/me/profile")
                b.json("GET", "/cases")
            except Exception:  # the server was killed: sign in at the next one; what was not acknowledged does not count
                b = None
                time.sleep(0.05)


def left_under_first(path):
    """Values of the tables that hold most, under a first generation though their key has a later one."""
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    n = 0
    for table, column, owner in (("draft", "data_ct", "subject"), ("subject", "profile_ct", "id"), ("case_event", "payload_ct", "case_id"),
                                 ("case_blob", "content_ct", "case_id"), ("case_file", "vars_ct", "id"), ("inbox", "content_ct", "owner")):
        n += db.execute("SELECT COUNT(*) FROM %s t JOIN data_key k ON k.id = t.%s WHERE k.generation > 0 AND substr(t.%s, 2, 4) = x'00000000'"
                        % (table, owner, column)).fetchone()[0]
    keys = db.execute("SELECT COUNT(*) FROM data_key WHERE other >= 0").fetchone()[0]
    moved = db.execute("SELECT COUNT(*) FROM data_key WHERE generation = 1").fetchone()[0]
    suites = db.execute("SELECT COUNT(*) FROM case_event e JOIN data_key k ON k.id = e.case_id WHERE k.generation = 1 AND substr(payload_ct, 1, 1) <> x'02'").fetchone()[0]
    db.close()
    return n, keys, moved, suites


@test
def data_keys_change_under_load_and_kills():
    with City() as c:
        quick = {"TONGBAN_CRYPTO_GRACE": "4"}
        s = c.serve("--demo", env=quick)
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            signins = json.load(f)
        c.stop(s)
        sm4 = dict(quick, TONGBAN_CRYPTO_SUITE="sm4")
        server = [c.serve(env=sm4)]
        writers = [Writer(c, server, p["login"], signins["password"]) for p in signins["persons"][:2]]
        for w in writers:
            w.start()
        try:
            while not all(w.kept for w in writers):
                time.sleep(0.05)
            same(c.run("admin", "rotate", "all", env=sm4).code, 0)
            same(c.run("--json", "admin", "rotate", "all", env=sm4).problem()["code"], "vault.rotation")
            stages, kills = set(), 0
            for _ in range(PATIENCE * 10):
                r = c.run("--json", "admin", "rotate", env=sm4)
                now = r.json()["items"][0]
                stages.add(now["stage"])
                if now["stage"] == "ended":
                    break
                status, text = Browser(server[0]).call("GET", "/metrics")
                check(b"tongban_key_rotation " in text, "no figure of the rotation", status)
                time.sleep(random.random() * 0.3)
                if kills < 12:
                    c.stop(server[0], signal.SIGKILL)
                    server[0] = c.serve(env=sm4)
                    kills += 1
            same(now["stage"], "ended", sorted(stages))
            check(kills >= 4 and now["keys"] > 5 and now["resealed"] > 50, kills, now)
        finally:
            for w in writers:
                w.stop = True
            for w in writers:
                w.join(PATIENCE)
        for w in writers:
            b = Browser(server[0])
            b.sign_in(w.login, signins["password"])
            for key, text in w.kept.items():
                same(b.json("GET", "/drafts/" + key)["data"]["remark"], text)
        same(c.stop(server[0]), 0)
        left, two, moved, aes = left_under_first(c.path("city.db"))
        same((left, two, aes), (0, 0, 0))
        check(moved > 5, moved)
        r = c.run("--json", "admin", "rebuild", "--compare", env=sm4)
        same((r.code, r.json()["differences"]), (0, 0), r.out)
        r = c.run("--json", "log", "audit", env=sm4)
        same(r.code, 0, r.out)
        check(os.path.getsize(c.path("city.db")) > 0)
