#!/usr/bin/env python3
"""Follows docs/designers/add-a-service.md to the letter, in a fresh demonstration city of the real server.

Fenced blocks of the page: `file=PATH` is written to that file; `sh` is executed, one shell for the whole page; `text expect` after it lists what
its output must hold. The Chinese page must have the same blocks. Afterwards a person and an officer use the new service over HTTP.

Environment: TONGBAN_BIN (default build/tongban). Prints "newcomer: N passed, M failed"; exit status 1 when M > 0.
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "docs", "designers", "add-a-service.md")
TWIN = os.path.join(ROOT, "docs", "designers", "add-a-service.zh-CN.md")
EXAMPLE = os.path.join(ROOT, "docs", "designers", "example")
sys.path.insert(0, os.path.join(ROOT, "tools"))
from walk_party import Off, Party, Refused  # noqa: E402

MARK = "==done=="


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, good, why=""):
        if good:
            self.passed += 1
            print("  ok    " + what, flush=True)
        else:
            self.failed += 1
            print("  FAIL  %s%s" % (what, ": " + why if why else ""), flush=True)
        return good


def blocks(path):
    """[(info string, text)] of the fenced blocks."""
    with open(path, encoding="utf-8") as f:
        return [(m.group(1).strip(), m.group(2)) for m in re.finditer(r"^```(.*)\n((?:.*\n)*?)```$", f.read(), re.M)]


class Shell:
    """One bash for the whole page, so that variables stay."""

    def __init__(self, where, env):
        self.p = subprocess.Popen(["bash"], cwd=where, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, encoding="utf-8")

    def run(self, text):
        """(exit status of the last command, output)"""
        self.p.stdin.write(text + "\necho %s$?\n" % MARK)
        self.p.stdin.flush()
        out = []
        for line in self.p.stdout:
            if line.startswith(MARK):
                return int(line[len(MARK):]), "".join(out)
            out.append(line)
        return 255, "".join(out)

    def close(self):
        self.p.stdin.close()
        self.p.wait(timeout=60)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class City:
    def __init__(self, program, folder):
        self.folder, self.url = folder, "http://127.0.0.1:%d" % free_port()
        self.log = open(folder + ".log", "wb")
        self.p = subprocess.Popen([program, "--data", folder, "serve", "--listen", self.url[len("http://"):], "--demo"],
                                  stdout=self.log, stderr=subprocess.STDOUT)

    def ready(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.p.poll() is None:
            try:
                if Party(self.url).call("GET", "/healthz")[0] == 200:
                    return True
            except Off:
                time.sleep(0.1)
        return False

    def stop(self):
        if self.p.poll() is None:
            self.p.send_signal(signal.SIGTERM)
            self.p.wait(timeout=60)
        self.log.close()


def follow(report, page, shell, where):
    """The page, from top to bottom."""
    output = ""
    for n, (info, text) in enumerate(page, 1):
        file = re.search(r"\bfile=(\S+)", info)
        if file:
            path = os.path.join(where, file.group(1))
            report.check("block %d: folder of %s was made" % (n, file.group(1)), os.path.isdir(os.path.dirname(path)))
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        elif info == "sh":
            status, output = shell.run(text)
            report.check("block %d: %s" % (n, text.strip().splitlines()[0][:90]), status == 0,
                         "exit status %d\n%s" % (status, output))
        elif info == "text expect":
            for line in text.strip().splitlines():
                report.check("block %d: says “%s”" % (n, line), line in output, "it said:\n" + output)
        else:
            report.check("block %d: ```%s is executed" % (n, info), False, "no block of this page may stand unused")


def same_files(report, where):
    for folder, _, names in os.walk(EXAMPLE):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), EXAMPLE)
            mine = os.path.join(where, "var", "my", path)
            with open(os.path.join(EXAMPLE, path), encoding="utf-8") as f:
                text = f.read()
            report.check("the finished example has the same " + path,
                         os.path.exists(mine) and open(mine, encoding="utf-8").read() == text)


def until(get, good, seconds=30):
    end = time.monotonic() + seconds
    while True:
        value = get()
        if good(value) or time.monotonic() > end:
            return value
        time.sleep(0.2)


def document_verifies(report, party, case, kind, what):
    view = until(lambda: party.get("/cases/" + case), lambda v: any(d["kind"] == kind for d in v["documents"]))
    found = [d for d in view["documents"] if d["kind"] == kind]
    if not report.check("%s: there is a document %s" % (what, kind), len(found) == 1):
        return
    status, _, content = party.call("GET", "/api/v1/cases/%s/documents/%s" % (case, found[0]["id"]))
    anybody = Party(party.url.geturl(), "en")
    report.check("%s: it is a PDF" % what, status == 200 and content.startswith(b"%PDF-"))
    report.check("%s: anybody can verify it" % what, anybody.json("POST", "/verify", raw=content)["good"] is True)
    bad = bytearray(content)
    bad[len(bad) // 2] ^= 1
    report.check("%s: changed by one bit it is refused" % what, anybody.json("POST", "/verify", raw=bytes(bad))["good"] is False)
    token = found[0]["verify_url"].rsplit("/", 1)[1]
    report.check("%s: its public page says good" % what, anybody.get("/verify/" + token)["good"] is True)


def apply(party, stands):
    form = party.get("/services/job_fair_stand/form")
    data = dict(form["data"], stands=stands, jobs=20)
    if stands > 1:
        data["why"] = "many jobs"
    return form, party.act("/cases", {"service": "job_fair_stand", "data": data})


def use(report, url, people):
    """Over HTTP: one stand at once; two by an officer; four refused with a reason; another's name refused."""
    firm = Party(url, "en").sign_in("xinghe", people["password"])
    form, view = apply(firm, 1)
    report.check("the form knows the enterprise", form["data"].get("uscc", "").startswith("91441900") and bool(form["data"].get("name")))
    view = until(lambda: firm.get("/cases/" + view["id"]), lambda v: v["state"] == "delivered")
    report.check("one stand: decided by rule, no officer", view["state"] == "delivered" and view["outcome"] == "approved")
    document_verifies(report, firm, view["id"], "stand_notice", "one stand")
    officer = Party(url, "en").sign_in("rs.handler", people["password"])
    for stands, outcome, kind in ((2, "approve", "stand_notice"), (4, "reject", "refused")):
        what = "%d stands" % stands
        _, view = apply(firm, stands)
        task = [t for t in officer.get("/desk/cases/" + view["id"])["tasks"] if t.get("can_decide")]
        if not report.check("%s: an officer has the task" % what, len(task) == 1):
            continue
        body = {"outcome": outcome, "opinion": "seen"}
        path = "/cases/%s/tasks/%s/decide" % (view["id"], task[0]["id"])
        if outcome == "reject":
            try:
                officer.act(path, body)
                report.check("%s: refusing needs reasons" % what, False)
            except Refused as r:
                report.check("%s: refusing needs reasons" % what, "field.required" in r.codes)
            body["reasons"] = ["the hall is full"]
        officer.act(path, body)
        view = until(lambda: firm.get("/cases/" + view["id"]), lambda v: v["state"] == "delivered")
        expected = "approved" if outcome == "approve" else "refused"
        report.check("%s: %s" % (what, expected), view["outcome"] == expected, json.dumps(view["outcome"]))
        document_verifies(report, firm, view["id"], kind, what)
    try:
        firm.act("/cases", {"service": "job_fair_stand", "data": {"uscc": "91441900MA5TB0053J", "name": form["data"]["name"], "stands": 1, "jobs": 1}})
        report.check("another enterprise's code is refused", False)
    except Refused as r:
        report.check("another enterprise's code is refused", "field.readonly" in r.codes, ", ".join(r.codes))


def main():
    program = os.path.abspath(os.environ.get("TONGBAN_BIN") or os.path.join(ROOT, "build", "tongban"))
    report = Report()
    if not os.access(program, os.X_OK):
        print("%s is not there: `make build` makes it, or set TONGBAN_BIN" % program, file=sys.stderr)
        return 1
    where = tempfile.mkdtemp(prefix="tongban-newcomer-")
    city = None
    try:
        os.mkdir(os.path.join(where, "var"))
        for name in ("tools", "areas", "data", "docs"):
            os.symlink(os.path.join(ROOT, name), os.path.join(where, name))
        page = blocks(PAGE)
        report.check("the page has blocks", len(page) > 10)
        report.check("the Chinese page has the same blocks", blocks(TWIN) == page)
        city = City(program, os.path.join(where, "var", "city"))
        if report.check("a fresh city starts", city.ready(), "see its log"):
            env = dict(os.environ, TONGBAN_BIN=program, CITY=city.folder, URL=city.url)
            shell = Shell(where, env)
            follow(report, page, shell, where)
            shell.close()
            same_files(report, where)
            with open(os.path.join(city.folder, "demo-signins.json"), encoding="utf-8") as f:
                use(report, city.url, json.load(f))
    except (Off, OSError, KeyError, ValueError) as e:
        report.check("no surprise", False, "%s %s" % (type(e).__name__, e))
    finally:
        if city:
            city.stop()
            if report.failed:
                with open(city.folder + ".log", encoding="utf-8", errors="replace") as f:
                    print("the server said:\n" + f.read()[-3000:])
        shutil.rmtree(where, ignore_errors=True)
    print("newcomer: %d passed, %d failed" % (report.passed, report.failed))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
