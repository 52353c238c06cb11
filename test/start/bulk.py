"""Thousands of documents sealed at once on a running city: killed in the middle, gone on with, each sealed once, memory bounded."""
import http.client
import io
import json
import os
import signal
import sqlite3
import zipfile

from lib import PATIENCE, Browser, City, check, same, test
from transparency import settle

FILES = 3000
PART = 500
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, content in files:
            z.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def document(n):
    return zipped([
        ("OFD.xml", HEAD + '<ofd:OFD %s Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>%032x</ofd:DocID></ofd:DocInfo>'
         '<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>' % (NS, n + 1)),
        ("Doc_0/Document.xml", HEAD + '<ofd:Document %s><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297'
         '</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>' % NS),
        ("Doc_0/Pages/Page_0/Content.xml", HEAD + '<ofd:Page %s><ofd:Content><ofd:Layer ID="3"/></ofd:Content></ofd:Page>' % NS)])


def raw(b, method, path, content):
    c = http.client.HTTPConnection("127.0.0.1", b.server.port, timeout=PATIENCE)
    c.request(method, "/api/v1" + path, body=content, headers={"Cookie": b.cookie, "X-CSRF-Token": b.csrf, "Content-Type": "application/zip", "Accept": "application/json"})
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, body


def memory(server):
    """Peak of the process, in MB."""
    with open("/proc/%d/status" % server.pid, encoding="utf-8") as f:
        return int(next(line for line in f if line.startswith("VmHWM")).split()[1]) // 1024


def people(c, s):
    with open(c.path("demo-signins.json"), encoding="utf-8") as f:
        password = json.load(f)["password"]
    firm, police = Browser(s), Browser(s)
    firm.sign_in("yunfan", password)
    police.sign_in("gaj.handler", password)
    return firm, police


@test
def thousands_are_sealed_once_each():
    with City() as c:
        s = c.serve("--demo")
        firm, police = people(c, s)
        code = firm.json("POST", "/seals", {"kind": "contract"}, want=201)["code"]
        police.json("POST", "/seals/%s/act" % code, {"act": "approve"})
        settle(lambda: firm.json("GET", "/seals/" + code)["state"] == "active", "the seal")
        package = zipped([("%04d.ofd" % n, document(n)) for n in range(FILES)])
        before = memory(s)
        status, body = raw(firm, "POST", "/seals/%s/batches?document=contract" % code, package)
        same(status, 202, body[:300])
        path = "/seals/%s/batches/%s" % (code, json.loads(body)["id"])
        settle(lambda: firm.json("GET", path)["sealed"] > FILES // 4, "the first quarter")
        grown = memory(s) - before
        c.stop(s, signal.SIGKILL)
        s = c.serve()
        firm, police = people(c, s)
        at_restart = firm.json("GET", path)
        check(FILES // 4 < at_restart["sealed"] < FILES, "it was not in the middle", at_restart)
        for _ in range(8):  # PATIENCE each: nothing is measured, but it must go on
            last = firm.json("GET", path)["sealed"]
            settle(lambda: firm.json("GET", path)["done_at"] or firm.json("GET", path)["sealed"] > last + 500, "more")
        v = settle(lambda: (lambda x: x if x["done_at"] else None)(firm.json("GET", path)), "the end")
        same((v["sealed"], v["failed"], v["parts"]), (FILES, 0, FILES // PART))
        grown = max(grown, memory(s) - before)
        db = sqlite3.connect(c.path("city.db"), timeout=PATIENCE)
        same(db.execute("SELECT COUNT(*), SUM(state = 'sealed') FROM seal_use").fetchone(), (FILES, FILES))
        same(db.execute("SELECT uses FROM seal WHERE code = ?", (code,)).fetchone()[0], FILES)
        db.close()
        names, whole = [], 0
        for part in range(1, v["parts"] + 1):
            status, body = raw(firm, "GET", "%s/file?part=%d" % (path, part), None)
            same(status, 200, body[:200])
            whole += len(body)
            with zipfile.ZipFile(io.BytesIO(body)) as z:
                names += z.namelist()
                if part in (1, v["parts"]):
                    one = c.write("sealed-%d.ofd" % part, "")
                    with open(one, "wb") as f:
                        f.write(z.read(z.namelist()[0]))
                    r = c.run("--json", "verify", one)
                    same((r.code, r.json()["good"]), (0, True), r.out[:400])
        same(names, ["%04d.ofd" % n for n in range(FILES)])
        same(raw(firm, "GET", "%s/file?part=%d" % (path, v["parts"] + 1), None)[0], 404)
        check(grown < 200, "memory grew by %d MB while %d MB were sealed" % (grown, whole >> 20))
        print("sealed in bulk: %d files, %d MB, peak memory %d MB above an idle city" % (FILES, whole >> 20, grown))
        same(c.stop(s), 0)
