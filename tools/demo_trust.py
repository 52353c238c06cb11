#!/usr/bin/env python3
"""Shows on real processes what the city's papers and its log are worth, in a city of its own that is thrown away afterwards.

    demo_trust.py [--build build] [--lang zh|en] [--keep DIR]

Three witnesses start as processes of their own (a court, the tax office, the housing office), the city beside them. A company is opened
through the public interface. Its licence, the log's proof and the public keys are carried into an empty folder, where `tongban verify`
judges them without a network. Then somebody with the database in their hands rewrites a licence, an entry of the journal, and the log
itself; each time a process of its own notices and names what it was. Exit status 1, with one plain line, when anything is not so.

Only the standard library.
"""
import argparse
import base64
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

from walk import Options, walk
from walk_party import Off, Party

PATIENCE = 120  # seconds until a wait counts as hanging
WORDS = {
    "zh": {"start": "一、城市与三家见证机构启动，各为独立进程", "witness": "见证机构 %s，公钥 %s", "need": "检查点须三家中的两家共同签名才公布",
           "open": "二、开办一家企业", "opened": "全部办结；电子营业执照 %s（OFD 原件，已盖电子印章）", "eseal": "企业电子印章 %s　%s　%s",
           "away": "三、只带文件、公钥和核验程序到别处核验", "copied": "文件夹内：%s", "net": "无网络（unshare -n）、空环境", "nonet": "本机不能隔离网络：改为先停止城市，再以空环境核验",
           "spoil": "改动其中一个字节：不可信（退出码 1）", "other": "换上另一份文件的日志证明：不可信（退出码 1）",
           "edit": "四、有人直接改数据库", "row": "把证照登记改为已吊销", "rebuild": "与办件日志比较（tongban admin rebuild --compare）：", "journal": "改办件日志中签发该证照的一行",
           "audit": "法院的核对进程（tongban log audit）：", "both": "连同公开日志里的条目一并改掉，使两者相符", "court": "法院从外部重读公开日志（tongban log monitor）：",
           "code": "退出码 %d", "end": "五、结论：文件离线可验；三处改动都被独立进程发现，并指出是哪一条（%s）", "off": "演示未成："},
    "en": {"start": "1. The city and three witnesses start, each a process of its own", "witness": "witness %s, key %s", "need": "a checkpoint is published when two of the three have cosigned it",
           "open": "2. A company is opened", "opened": "all done; electronic business licence %s (OFD original, sealed)", "eseal": "electronic seal %s  %s  %s",
           "away": "3. Verified elsewhere, with nothing but the files, public keys and the verifier", "copied": "in the folder: %s", "net": "no network (unshare -n), empty environment", "nonet": "this machine cannot cut off the network: the city is stopped first; empty environment",
           "spoil": "with one byte changed: not to be trusted (exit status 1)", "other": "with the log's proof of another paper: not to be trusted (exit status 1)",
           "edit": "4. Somebody edits the database directly", "row": "the licence is put down as revoked", "rebuild": "beside the journal (tongban admin rebuild --compare):", "journal": "the journal's row that issued the licence is changed",
           "audit": "the court's auditing process (tongban log audit):", "both": "the log's entry is changed as well, so that the two agree", "court": "the court reads the log anew from outside (tongban log monitor):",
           "code": "exit status %d", "end": "5. The paper verifies offline; all three edits were noticed by processes of their own, which named the entry (%s)", "off": "The demonstration failed: "},
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def clean():
    return {k: v for k, v in os.environ.items() if not k.startswith("TONGBAN_")}


class Demo:
    def __init__(self, build, top, lang):
        self.top, self.lang, self.w = top, lang, WORDS[lang]
        self.tongban, self.witness = (os.path.realpath(os.path.join(build, n)) for n in ("tongban", "tongban-witness"))
        for program in (self.tongban, self.witness):
            if not os.access(program, os.X_OK):
                raise Off("no %s: make build" % program)
        self.city = os.path.join(top, "city")
        self.port, self.processes = free_port(), []
        self.url = "http://127.0.0.1:%d" % self.port

    def say(self, line, indent=4):
        print(" " * indent + line, flush=True)

    def heading(self, key):
        print("\n━━ " + self.w[key], flush=True)

    def need(self, good, line):
        if not good:
            raise Off(line)

    # -- processes --

    def start(self, call):
        """A process that says one line of JSON when it is up."""
        log = open(os.path.join(self.top, "processes.log"), "ab")
        p = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=log, text=True, env=clean(), cwd=self.top)
        log.close()
        self.processes.append(p)
        line = p.stdout.readline()
        self.need(line, "%s does not start; see %s/processes.log" % (os.path.basename(call[0]), self.top))
        return p

    def stop(self, p):
        p.terminate()
        p.wait(timeout=PATIENCE)
        p.stdout.close()
        self.processes.remove(p)

    def end(self):
        for p in reversed(self.processes):
            p.kill()
            p.wait()
            p.stdout.close()

    def run(self, *args, want=0):
        """One command of the operator or of the court, to its end; what it says is shown."""
        p = subprocess.run([self.tongban, "--data", self.city, "--lang", self.lang, *args], capture_output=True, text=True, timeout=PATIENCE,
                           env=clean(), cwd=self.top)
        said = (p.stdout + p.stderr).strip()
        for line in said.split("\n"):
            self.say("│ " + line)
        self.say(self.w["code"] % p.returncode)
        self.need(p.returncode == want, "tongban %s: exit %d, not %d" % (" ".join(args), p.returncode, want))
        return said

    # -- the city and its witnesses --

    def serve(self, *flags):
        return self.start([self.tongban, "--data", self.city, "--json", "serve", "--listen", "127.0.0.1:%d" % self.port, *flags])

    def log(self):
        """The log's page; nothing in it while nobody answers."""
        try:
            return Party(self.url, self.lang).get("/log")
        except Off:
            return {"checkpoint": None, "witnesses": []}

    def settle(self, what, why):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            v = what()
            if v:
                return v
            time.sleep(0.1)
        raise Off("does not come: " + why)

    def make_city(self):
        self.heading("start")
        server = self.serve("--demo")
        key = self.settle(lambda: self.log()["checkpoint"] and self.log()["key"], "a first checkpoint")
        self.stop(server)
        lines = []
        for name in ("court", "tax", "housing"):
            folder, port = os.path.join(self.top, name), free_port()
            own = subprocess.run([self.witness, "--init", folder, "--name", name + ".example/witness"], capture_output=True, text=True, check=True).stdout.strip()
            subprocess.run([self.witness, "--dir", folder, "--add-log", key], check=True, capture_output=True)
            self.start([self.witness, "--dir", folder, "--listen", "127.0.0.1:%d" % port, "--json"])
            self.say(self.w["witness"] % (name, own))
            lines.append("witness %s %s http://127.0.0.1:%d" % (name, own, port))
        lines += ["group two-of-three 2 court tax housing", "quorum two-of-three", ""]
        with open(os.path.join(self.city, "log-policy"), "w", encoding="utf-8") as f:
            f.write("\n".join(lines))
        self.server = self.serve()
        self.settle(lambda: sum(1 for w in self.log()["witnesses"] if w["cosigned_at"]) >= 2, "two cosignatures")
        self.say(self.w["need"])

    # -- the opening --

    def open_company(self):
        self.heading("open")
        walked = walk(Options(self.url, os.path.join(self.city, "demo-signins.json"), os.path.join(self.top, "walk"), self.lang,
                              tongban=self.tongban, say=lambda line: self.say(line.strip("\n"), 2)))
        self.case, self.licence = walked["case"], walked["licences"][0]
        with open(os.path.join(self.city, "demo-signins.json"), encoding="utf-8") as f:
            people = json.load(f)
        self.owner = Party(self.url, self.lang).sign_in(people["persons"][0]["login"], people["password"])
        view = self.owner.get("/cases/" + self.case)
        self.paper = next(d for d in view["documents"] if d["kind"] == "licence")
        self.other = next(d for d in view["documents"] if d["kind"] != "licence")
        self.say(self.w["opened"] % self.licence["number"])
        for p in self.owner.get("/session")["actor"]["principals"]:
            self.owner.json("POST", "/session/acting", {"principal": p["id"]})
            seals = self.settle(lambda: (lambda s: s if s and all(x["state"] == "active" for x in s) else None)(
                self.owner.get("/seals")["items"]), "the company's seals")
            for s in seals:
                self.say(self.w["eseal"] % (s["code"], s["name"], s["state_text"][self.lang]))
        self.owner.json("POST", "/session/acting", {"principal": None})

    def download(self, form):
        status, _, content = self.owner.call("GET", "/api/v1/cases/%s/documents/%s?form=%s" % (self.case, self.paper["id"], form))
        self.need(status == 200, "the licence's file: %d" % status)
        return content

    def proof_of(self, paper):
        token = paper["verify_url"].rsplit("/", 1)[1]

        def there():
            status, _, content = Party(self.url, self.lang).call("GET", "/api/v1/log/proof?document=" + token)
            return json.loads(content) if status == 200 else None
        return self.settle(there, "the log's proof")

    # -- elsewhere --

    def carry_away(self):
        self.heading("away")
        self.folder = os.path.join(self.top, "away")
        os.mkdir(self.folder)
        self.proof = self.proof_of(self.paper)
        files = {"licence.ofd": self.download("original"), "licence.pdf": self.download("rendition"), "licence.proof": self.proof["proof"].encode(),
                 "revoked.pem": self.owner.call("GET", "/api/v1/seal-revocations")[2], "other.proof": self.proof_of(self.other)["proof"].encode(), "policy": self.log()["policy"].encode()}
        for name, content in files.items():
            with open(os.path.join(self.folder, name), "wb") as f:
                f.write(content)
        shutil.copy(self.tongban, os.path.join(self.folder, "tongban"))
        shutil.copy(os.path.join(self.city, "anchors.pem"), self.folder)
        self.say(self.w["copied"] % "  ".join(sorted(os.listdir(self.folder))))
        cut = subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0 if shutil.which("unshare") else False
        self.alone = ["unshare", "-n"] if cut else []
        self.say(self.w["net" if cut else "nonet"])
        if not cut:
            self.stop(self.server)
        self.verify_away("licence.ofd", "licence.proof", 0, {"signature", "signer", "revocation", "time", "document", "digests", "seal", "maker", "seal_period", "log"})
        self.verify_away("licence.pdf", "licence.proof", 0, {"coverage", "signature", "log"})
        spoiled = bytearray(files["licence.ofd"])
        spoiled[len(spoiled) // 2] ^= 1
        with open(os.path.join(self.folder, "spoiled.ofd"), "wb") as f:
            f.write(spoiled)
        self.verify_away("spoiled.ofd", "licence.proof", None, None)
        self.say(self.w["spoil"])
        self.verify_away("licence.ofd", "other.proof", 1, None)
        self.say(self.w["other"])
        if not cut:
            self.server = self.serve()

    def verify_away(self, name, proof, want, checks):
        """checks: names that must stand in the report, which is printed then; want None: anything but good."""
        call = self.alone + ["./tongban", "--lang", self.lang, "verify", name, "--trust", "anchors.pem", "--trust", "revoked.pem", "--proof", proof, "--policy", "policy"]
        p = subprocess.run(call, capture_output=True, text=True, timeout=PATIENCE, env={}, cwd=self.folder)
        self.need(p.returncode == want if want is not None else p.returncode in (1, 2), "verify %s: exit %d: %s" % (name, p.returncode, p.stdout + p.stderr))
        if checks is None:
            return
        self.say("$ tongban verify %s --trust anchors.pem --trust revoked.pem --proof %s --policy policy" % (name, proof))
        said = [line for line in p.stdout.strip().split("\n")]
        for line in said:
            self.say("│ " + line)
        good = {line.split()[1] for line in said if line.startswith("✓")}
        self.need(not any(line.startswith("✗") for line in said), "a check failed")
        self.need(checks <= good, "no line for %s" % ", ".join(sorted(checks - good)))

    # -- the intruder --

    def database(self):
        return sqlite3.connect(os.path.join(self.city, "city.db"), timeout=PATIENCE)

    def journal_row(self, db):
        """The row that the log's entry commits to, found as docs/log.md says: by the id made of case, number and time."""
        case = bytes.fromhex(self.case.replace("-", ""))
        for seq, at in db.execute("SELECT seq, at FROM case_event WHERE case_id = ? ORDER BY seq", (case,)):
            h = hashlib.sha256(b"tongban log leaf 1\ncase\n" + case + seq.to_bytes(8, "big")).digest()
            b = bytearray((at << 16).to_bytes(8, "big")[:6] + h[:10])
            b[6], b[8] = b[6] & 0x0F | 0x80, b[8] & 0x3F | 0x80
            if b.hex() == self.proof["id"].replace("-", ""):
                return case, seq
        raise Off("no row of the journal belongs to the entry %s" % self.proof["id"])

    @staticmethod
    def row_hash(values):
        h = hashlib.sha256(b"tongban log row 1\n")
        for v in values:
            kind = b"n" if v is None else b"i" if isinstance(v, int) else b"t" if isinstance(v, str) else b"b"
            raw = b"" if v is None or isinstance(v, int) else v.encode() if isinstance(v, str) else v
            h.update(kind + (v if isinstance(v, int) else len(raw)).to_bytes(8, "big") + raw)
        return base64.b64encode(h.digest())

    def edit(self, what):
        with self.database() as db:
            what(db)
        db.close()

    def edit_entry(self, db):
        case, seq = self.journal_row(db)
        values = db.execute("SELECT case_id, seq, at, kind, actor, idem, body_hash, payload_ct FROM case_event WHERE case_id = ? AND seq = ?", (case, seq)).fetchone()
        old = base64.b64decode(self.proof["entry"])
        new = old.replace(json.loads(old)["row"].encode(), self.row_hash(values))
        idx = self.proof["index"] // 256
        data = db.execute("SELECT data FROM log_tile WHERE level = -1 AND idx = ?", (idx,)).fetchone()[0]
        self.need(old in data and old != new, "the entry is not where it should be")
        db.execute("UPDATE log_tile SET data = ? WHERE level = -1 AND idx = ?", (data.replace(old, new), idx))

    def edit_journal(self, db):
        case, seq = self.journal_row(db)
        actor = db.execute("SELECT actor FROM case_event WHERE case_id = ? AND seq = 1", (case,)).fetchone()[0]
        n = db.execute("UPDATE case_event SET actor = ?, kind = 'decide' WHERE case_id = ? AND seq = ?", (actor, case, seq)).rowcount
        self.need(n == 1, "no row of the journal was there to edit")

    def edit_licence(self, db):
        n = db.execute("UPDATE licence SET status = 'revoked' WHERE certificate_id = ? AND status = 'valid'", (self.licence["certificate_id"],)).rowcount
        self.need(n == 1, "no licence was there to edit")

    def tamper(self):
        entry = self.proof["id"]
        self.heading("edit")
        self.run("log", "audit")
        self.say("✎ " + self.w["row"], 2)
        self.edit(self.edit_licence)
        self.say(self.w["rebuild"], 2)
        said = self.run("admin", "rebuild", "--compare", want=1)
        self.need("licence" in said and self.case in said, "the licence's case is not named")
        self.say("✎ " + self.w["journal"], 2)
        self.edit(self.edit_journal)
        self.say(self.w["audit"], 2)
        said = self.run("log", "audit", want=1)
        self.need("changed " + entry in said, "the entry is not named")
        self.say("✎ " + self.w["both"], 2)
        self.edit(self.edit_entry)
        self.say(self.w["audit"], 2)
        said = self.run("log", "audit", want=1)
        self.need("entry " + entry in said, "the entry is not named")
        self.say(self.w["court"], 2)
        policy = os.path.join(self.folder, "policy")
        said = self.run("log", "monitor", os.path.join(self.top, "court-mirror"), "--url", self.url + "/log", "--policy", policy, want=1)
        self.need(entry in said, "the entry is not named")
        print("\n━━ " + self.w["end"] % entry, flush=True)

    def all(self):
        self.make_city()
        self.open_company()
        self.carry_away()
        self.tamper()


def main():
    language = next((os.environ[k] for k in ("TONGBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), "zh")
    p = argparse.ArgumentParser(description="papers that verify anywhere, and edits that are noticed")
    p.add_argument("--build", default="build")
    p.add_argument("--lang", choices=("zh", "en"), default="en" if language.startswith("en") else "zh")
    p.add_argument("--keep", help="works in this new folder and leaves it")
    a = p.parse_args()
    top = a.keep or tempfile.mkdtemp(prefix="tb-trust-")
    os.makedirs(top, exist_ok=True)
    demo, code = None, 0
    try:
        demo = Demo(a.build, os.path.abspath(top), a.lang)
        demo.all()
    except Off as e:
        print(WORDS[a.lang]["off"] + str(e), file=sys.stderr)
        code = 1
    finally:
        if demo:
            demo.end()
        if not a.keep:
            shutil.rmtree(top, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
