#!/usr/bin/env python3
"""Walks one company opening through the public HTTP interface, as its parties would.

    walk.py --url http://127.0.0.1:8080 --signins DATA/demo-signins.json [--out DIR] [--lang zh|en]
            [--service establish_company] [--person LOGIN] [--tongban PATH]

The applicant signs in, gets the form with what the city knows already filled in, keeps a draft, attaches papers, files;
then officers of the departments claim and decide their tasks in the desk; at the end every paper is downloaded and
verified three ways: by its public token, by the file at the public page, and offline by `tongban verify`. Prints each
step, its department, its clock and the files it produced. Exit status 1, with one plain line, when anything is off.

Only the standard library. As a module: walk(Options(...)) returns what happened or raises Off.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
import urllib.parse
import uuid

from walk_form import Filler, merge, scenario_answers, small_pdf
from walk_party import Off, Party, Refused
from walk_words import WORDS

GOOD_OUTCOMES = ("accept", "approve", "agree", "confirm", "submit", "done", "issue", "pass", "yes")
BAD_OUTCOMES = ("correct", "refuse", "reject", "return", "refused", "rejected", "no")


class Options:
    def __init__(self, url, signins, out=None, lang="zh", service="establish_company", person=None, tongban=None, say=None, seed=None,
                 patience=60.0, documents=True, company=None):
        self.url, self.out, self.lang, self.service, self.person = url.rstrip("/"), out, lang, service, person
        self.signins = signins
        self.root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.tongban = tongban
        self.say = say or (lambda line: print(line, flush=True))
        self.rng = random.Random(seed)
        self.patience = patience
        self.documents = documents
        self.company = company
        if isinstance(signins, str):
            with open(signins, encoding="utf-8") as f:
                self.people = json.load(f)
            self.data_dir = os.path.dirname(os.path.abspath(signins))
        else:
            self.people = signins
            self.data_dir = None


class Walk:
    def __init__(self, o):
        self.o = o
        self.w = WORDS[o.lang]
        self.parties = {}
        self.seen = {}
        self.officers, self.departments, self.files = set(), set(), []
        self.by = {}  # step -> who
        self.began = time.monotonic()

    # -- small things --

    def text(self, t):
        if isinstance(t, dict) and ("zh" in t or "en" in t):
            return t.get(self.o.lang) or t.get("zh") or t.get("en")
        return t.get("name") if isinstance(t, dict) else str(t)

    def say(self, who, line):
        self.o.say("%6.1fs  %s  %s" % (time.monotonic() - self.began, who, line))

    def heading(self, key):
        self.o.say("\n━━ " + self.w[key])

    def limit(self, l):
        return "—" if not l else "%d%s" % (l["n"], self.w[l["unit"]])

    def instant(self, t):
        return "—" if not t else t[:16].replace("T", " ")

    def party(self, login):
        if login not in self.parties:
            self.parties[login] = Party(self.o.url, self.o.lang).sign_in(login, self.o.people["password"])
        return self.parties[login]

    def need(self, good, line):
        if not good:
            raise Off(line)

    # -- the applicant --

    def attach(self, material, name):
        content = small_pdf("tongban demonstration: " + re.sub(r"[^A-Za-z0-9_ ]", "", material))
        title = "%s.pdf" % (material or name)
        query = urllib.parse.urlencode({"name": title, "material": material})
        a = self.applicant.json("POST", "/attachments?" + query, raw=content)
        self.say(self.who, self.w["attach"] % (material, title, a["size"], a["sha256"][:12]))
        self.need(a["type"] == "pdf", "the attachment was taken for %s, it is a pdf" % a["type"])
        return a["id"]

    def answers(self):
        found = scenario_answers(self.o.root, self.o.service) or {}
        data = json.loads(json.dumps(found.get("data", {})))
        if self.o.company and "name" in data:
            data["name"] = self.o.company
        return data, found.get("town"), found.get("confirmed_by", [])

    def strip_papers(self, schema, data, filler):
        """Papers of a scenario are not of this city: they are attached anew."""
        schema = filler.schema_of(schema)
        out = {}
        for k, v in data.items():
            s = filler.schema_of((schema.get("properties") or {}).get(k, {}))
            if "x-attachment" in s:
                out[k] = "@"
            elif isinstance(v, dict) and s.get("type") == "object":
                out[k] = self.strip_papers(s, v, filler)
            elif isinstance(v, list) and filler.schema_of(s.get("items") or {}).get("x-attachment"):
                continue
            else:
                out[k] = v
        return out

    def apply(self):
        o, a = self.o, self.applicant
        form = a.get("/services/%s/form" % o.service)
        filler = Filler(form["schema"], self.attach, o.rng, papers=True)
        known = [filler.title(p, o.lang) for p in sorted(form.get("origin") or {})]
        self.say(self.who, self.w["form"] % (len(known), (", " if o.lang == "en" else "、").join(known[:8]) or "—"))
        mine, town, confirming = self.answers()
        mine = self.strip_papers(form["schema"], mine, filler)
        data = merge(mine, form.get("data") or {})
        draft = a.json("POST", "/drafts", {"service": o.service})
        match = a.etag
        saved = a.json("PUT", "/drafts/" + draft["id"], {"data": {k: v for k, v in data.items() if v != "@"}, "page": None}, match=match)
        match = a.etag or match
        data = filler.object(form["schema"], data)
        saved = a.json("PUT", "/drafts/" + draft["id"], {"data": data, "page": None}, match=match)
        self.say(self.who, self.w["draft"] % (draft["id"][:8], (a.etag or "?").strip('"')))
        self.need(not (saved or {}).get("problems"), "the draft is not good: %s" % json.dumps((saved or {}).get("problems"), ensure_ascii=False)[:400])
        body = {"service": o.service, "data": data, "draft": draft["id"]}
        if town:
            body["town"] = town
        self.confirm({"service": o.service, "data": data}, confirming)
        key = str(uuid.uuid4())
        view = a.json("POST", "/cases", body, key=key)
        again = a.json("POST", "/cases", body, key=key)
        self.need(again["id"] == view["id"], "the same filing sent twice made two cases")
        self.say(self.who, self.w["filed"] % view["number"])
        return view

    def confirm(self, application, logins):
        """The persons named confirm from their own accounts, before anything is filed."""
        state = self.applicant.json("POST", "/confirmations", application)
        self.need(state["ready"] == (not state["people"]), "people named are confirmed who were not asked")
        for login in logins:
            asked = self.party(login).get("/confirmations")["items"]
            self.need(asked and asked[0]["state"] == "asked", "%s is not asked to confirm" % login)
            self.party(login).json("POST", "/confirmations/" + asked[0]["id"], {"answer": "confirm"})
            self.say(self.text(self.party(login).actor["name"]), self.w["confirms"] % ", ".join(self.text(x) for x in asked[0]["as"]))
        state = self.applicant.json("POST", "/confirmations", application)
        self.need(state["ready"], "not everybody named has confirmed: %s" % ", ".join(p["name"] for p in state["people"] if p["state"] != "confirmed"))

    # -- progress --

    def show(self, view):
        for step in view["steps"]:
            state = (step["state"], step.get("outcome"))
            if self.seen.get(step["key"]) == state:
                continue
            self.seen[step["key"]] = state
            clock = step.get("clock") or {}
            line = "%s  %s" % (self.text(step["name"]), self.w.get(step["state"], step["state"]))
            if clock:
                line += "  " + self.w["clock"] % (self.limit(clock.get("promised") or clock.get("statutory")), self.instant(clock.get("due_at")),
                                                  self.w.get(clock.get("light"), clock.get("light")))
            self.say("  ▸ " + self.text(step["department"]), line)

    def view(self):
        view = self.applicant.get("/cases/" + self.case)
        self.show(view)
        return view

    # -- the desk --

    def staff_of(self, department_name):
        codes = [d["code"] for d in self.all_departments if self.text(d["name"]) == self.text(department_name)]
        order = {"handler": 0, "window": 1, "reviewer": 2, "signer": 3, "head": 4}
        people = []
        for p in self.o.people["staff"]:
            roles = [r if isinstance(r, str) else r["role"] for r in p.get("roles", [])]
            rank = min((order[r] for r in roles if r in order), default=None)
            if rank is not None and p.get("department") in codes:
                people.append((rank, p["login"]))
        return [login for _, login in sorted(people)]

    def outcome(self, task):
        keys = [x["key"] for x in task.get("outcomes", [])] or ["done"]
        for good in GOOD_OUTCOMES:
            if good in keys:
                return good
        return next((k for k in keys if k not in BAD_OUTCOMES), keys[0])

    def decide(self, login, task, department):
        officer = self.party(login)
        path = "/cases/%s/tasks/%s" % (self.case, task["id"])
        outcome = self.outcome(task)
        body = {"outcome": outcome, "opinion": "经审查，符合条件" if self.o.lang == "zh" else "Examined; the conditions are met"}
        if task.get("form"):
            body["data"] = Filler(task["form"], lambda m, n: self.officer_paper(officer, m, n), self.o.rng).object(task["form"], task.get("data") or {})
        officer.act(path + "/claim", {})
        officer.act(path + "/decide", body)
        self.officers.add(login)
        self.departments.add(self.text(department))
        self.by.setdefault(task.get("step"), []).append(self.text(officer.actor["name"]))
        word = next((self.text(x["text"]) for x in task.get("outcomes", []) if x["key"] == outcome), outcome)
        self.say("  ● " + self.text(department),
                 self.w["act"] % (self.w.get(task["kind"], task["kind"]), self.text(officer.actor["name"]), login, self.text(task.get("title", "")), word))
        return body

    def officer_paper(self, officer, material, name):
        query = urllib.parse.urlencode({"name": "%s.pdf" % name, "material": material})
        return officer.json("POST", "/attachments?" + query, raw=small_pdf("officer"))["id"]

    def one_task(self, view):
        """Somebody decides one open task; False when there is none at the moment."""
        departments = {self.text(s["department"]): s["department"] for s in view["steps"] if s["state"] in ("running", "waiting")}
        departments.setdefault(self.text(self.service["department"]["name"]), self.service["department"]["name"])
        for department in departments.values():
            for login in self.staff_of(department):
                listed = self.party(login).get("/desk/tasks?scope=department&q=" + urllib.parse.quote(view["number"]))
                mine = [t for t in listed["items"] if t["case"] == self.case and not t.get("waiting")]
                if not mine:
                    continue
                full = self.party(login).get("/desk/cases/" + self.case)
                for task in full["tasks"]:
                    if not task.get("can_decide") or task["id"] not in [t["id"] for t in mine]:
                        continue
                    try:
                        self.decide(login, task, task["department"]["name"] if isinstance(task["department"], dict) else department)
                        return True
                    except Refused as r:
                        if not {"task.separate", "task.taken"} & set(r.codes):
                            raise
        return False

    def handle(self):
        end = time.monotonic() + self.o.patience
        while True:
            view = self.view()
            if view["state"] in ("delivered", "closed", "decided"):
                return view
            self.need(view["state"] in ("filed", "accepted", "handling"), "the case is %s" % view["state"])
            if self.one_task(view):
                end = time.monotonic() + self.o.patience
                continue
            self.need(time.monotonic() < end, "nothing moved for %d s: steps %s" % (
                self.o.patience, ", ".join("%s %s" % (s["key"], s["state"]) for s in view["steps"])))
            time.sleep(0.15)

    # -- results --

    def expected_kinds(self):
        return [r["kind"] for r in self.service.get("results", [])]

    def wait_for_papers(self):
        """Papers are made by jobs after the decision. All are there when nothing more came for a second."""
        end, count, since = time.monotonic() + self.o.patience, -1, 0.0
        while True:
            view = self.view()
            kinds = [d["kind"] for d in view["documents"]]
            # the filing's receipt, the licence where one is due, and a result of every step
            told = self.service.get("papers")
            complete = (told is not None and "acceptance" not in told or "acceptance" in kinds) and ("licence" in kinds or "licence" not in self.expected_kinds())
            complete = complete and ("document" not in self.expected_kinds() or len(kinds) >= len(view["steps"]) + ("acceptance" in kinds))
            if len(kinds) != count:
                count, since = len(kinds), time.monotonic()
            if complete and time.monotonic() - since > 1.0:
                return view
            self.need(time.monotonic() < end, "papers are missing after %d s; there are: %s" % (self.o.patience, ", ".join(kinds) or "none"))
            time.sleep(0.2)

    def offline(self, path):
        program = self.o.tongban or os.path.join(self.o.root, os.environ.get("BUILD", "build"), "tongban")
        if not self.o.data_dir or not os.access(program, os.X_OK):
            return self.w["offline_no"]
        r = subprocess.run([program, "--data", self.o.data_dir, "--json", "verify", path], capture_output=True, text=True, timeout=60)
        self.need(r.returncode == 0, "tongban verify %s: exit %d %s" % (path, r.returncode, (r.stdout + r.stderr).strip()[:300]))
        self.need(json.loads(r.stdout)["good"] is True, "tongban verify %s: not good" % path)
        return "✓"

    def verify(self, document, content, path):
        anybody = Party(self.o.url, self.o.lang)
        token = document["verify_url"].rsplit("/", 1)[1]
        status, _, page = anybody.call("GET", "/verify/" + token)
        self.need(status == 200 and b"<" in page, "GET /verify/%s: %d" % (token, status))
        told = anybody.get("/verify/" + token)
        self.need(told["good"] is True and told["status"] in ("valid", "issued"), "the public page says of %s: %s" % (
            document["number"], json.dumps(told, ensure_ascii=False)[:300]))
        report = anybody.json("POST", "/verify", raw=content)
        self.need(report["good"] is True, "the file of %s does not verify: %s" % (
            document["number"], "; ".join(c["text"]["en"] for c in report["checks"] if c["ok"] != "ok")))
        spoiled = bytearray(content)
        spoiled[len(spoiled) // 3] ^= 1
        self.need(anybody.json("POST", "/verify", raw=bytes(spoiled))["good"] is False, "a changed file of %s verifies" % document["number"])
        return self.offline(path) if path else self.w["offline_no"]

    def papers(self, view):
        for d in view["documents"]:
            status, headers, content = self.applicant.call("GET", "/api/v1/cases/%s/documents/%s" % (self.case, d["id"]))
            self.need(status == 200 and content.startswith(b"%PDF-"), "document %s: %d" % (d["number"], status))
            self.need("attachment" in (headers.get("Content-Disposition") or ""), "document %s is not served as a download" % d["number"])
            path = None
            if self.o.out:
                os.makedirs(self.o.out, exist_ok=True)
                name = re.sub(r"[^\w\-]+", "_", "%s_%s" % (d["kind"], d["number"])).strip("_")
                path = os.path.join(self.o.out, name + ".pdf")
                with open(path, "wb") as f:
                    f.write(content)
            how = self.verify(d, content, path)
            self.files.append(path or d["number"])
            self.say("  ■ %s" % self.text(d["title"]), "%s  %d bytes" % (d["number"], len(content)))
            if path:
                self.o.say(self.w["file"] % path)
            self.o.say(self.w["verified"] % how)

    def conclude(self, view):
        clock = view["clock"] or {}
        self.say("▪", self.w["whole"] % (self.limit(clock.get("promised")), self.instant(clock.get("started_at")), self.instant(clock.get("due_at")),
                                        self.w.get(clock.get("light"), clock.get("light"))))
        self.need(clock.get("light") == "done", "the clock of the whole case says %s" % clock.get("light"))
        self.need(view.get("outcome") not in ("refused", "rejected", "reject", None), "the outcome is %s" % view.get("outcome"))
        for step in view["steps"]:
            self.need(step["state"] == "done", "step %s is %s" % (step["key"], step["state"]))
            light = (step.get("clock") or {}).get("light")
            self.need(light in (None, "done", "none"), "the clock of step %s says %s" % (step["key"], light))

    def licences(self):
        """Of this case: in the applicant's own folder, or in that of an enterprise the case has made."""
        a, found = self.applicant, []
        mine = lambda: [l for l in a.get("/licences")["items"] if (l.get("document") or {}).get("case") == self.case]
        found += mine()
        for principal in a.get("/session")["actor"]["principals"]:
            a.json("POST", "/session/acting", {"principal": principal["id"]})
            of_them = mine()
            if of_them:
                self.say(self.who, self.w["acting"] % principal["name"])
            found += of_them
        a.json("POST", "/session/acting", {"principal": None})
        return list({l["id"]: l for l in found}.values())

    def table(self, view):
        for step in view["steps"]:
            clock = step.get("clock") or {}
            self.o.say("        " + self.w["row"] % (
                self.text(step["department"]), self.text(step["name"]), "、".join(self.by.get(step["key"], [])) or "—",
                self.limit(clock.get("promised") or clock.get("statutory")), self.instant(clock.get("due_at")),
                self.w.get(step["state"], step["state"])))

    def reads(self):
        """Every officer who looked is in the applicant's own list."""
        listed = self.applicant.get("/me/reads?limit=100")["items"]
        mine = [r for r in listed if r.get("case_number") == self.number or not r.get("case_number")]
        self.need(len(mine) >= len(self.officers), "%d officers read the case, the applicant sees %d reads" % (len(self.officers), len(mine)))
        self.say(self.who, self.w["reads"] % len(mine))

    def run(self):
        o = self.o
        self.who = o.person or o.people["persons"][0]["login"]
        self.applicant = self.party(self.who)
        self.heading("h_apply")
        self.say(self.who, self.w["in"])
        self.service = self.applicant.get("/services/" + o.service)
        listed = self.applicant.get("/departments")
        self.all_departments = listed["items"] if isinstance(listed, dict) else listed
        view = self.apply()
        self.case, self.number = view["id"], view["number"]
        self.heading("h_desk")
        self.show(view)
        view = self.handle()
        licences = []
        if o.documents:
            view = self.wait_for_papers()
            self.heading("h_papers")
            self.conclude(view)
            self.papers(view)
            self.heading("h_end")
            licences = self.licences()
            self.need(licences or "licence" not in self.expected_kinds(), "nobody's folder of licences holds one of this case")
            for l in licences:
                self.say("★", self.w["licence"] % (l["number"], l["certificate_id"]))
            self.reads()
            self.table(view)
        took = time.monotonic() - self.began
        self.say("✔", self.w["end"] % (self.number, len(view["steps"]), len(self.officers), len(self.departments), took))
        return {"case": self.case, "number": self.number, "officers": sorted(self.officers), "departments": sorted(self.departments),
                "steps": [s["key"] for s in view["steps"]], "files": self.files, "licences": licences, "seconds": took}


def walk(options):
    return Walk(options).run()


def main():
    language = next((os.environ[k] for k in ("TONGBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), "zh")
    p = argparse.ArgumentParser(description="walks one case through a running demonstration city")
    p.add_argument("--url", required=True)
    p.add_argument("--signins", required=True, help="demo-signins.json of the city's folder")
    p.add_argument("--out", help="folder for the papers")
    p.add_argument("--lang", choices=("zh", "en"), default="en" if language.startswith("en") else "zh")
    p.add_argument("--service", default="establish_company")
    p.add_argument("--person", help="login of the applicant; the first of the city when left out")
    p.add_argument("--tongban", help="the program, for the offline check; BUILD/tongban when left out")
    a = p.parse_args()
    try:
        walk(Options(a.url, a.signins, a.out, a.lang, a.service, a.person, a.tongban))
    except Off as e:
        print(WORDS[a.lang]["off"] + str(e), file=sys.stderr)
        return 1
    except (KeyError, TypeError, ValueError) as e:
        print(WORDS[a.lang]["off"] + "unexpected reply: %s %s" % (type(e).__name__, e), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
