"""tongban migrate: a case under way moves to a new version by a plan that two people made and released, and back again."""
import json
import os
import re
import shutil

from lib import ROOT, Browser, City, same, test

SERVICE, OLD, NEW = "unemployment_registration", "Check and register", "Judge and register"


def publish_renamed(c):
    """The service with its task `examine` under another id and name: a case that waits there cannot go on without being told where."""
    d = os.path.join(c.top, SERVICE)
    shutil.copytree(os.path.join(ROOT, "areas/17_government_services/services", SERVICE), d)
    names = ["process.bpmn"] + ["scenarios/" + n for n in os.listdir(os.path.join(d, "scenarios"))]
    for name in names:
        path = os.path.join(d, name)
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"\bexamine\b", "judge", f.read()).replace(OLD, NEW)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    asked = c.run("--json", "publish", d, "--as", "publisher1")
    same(asked.code, 0, asked.out, asked.err)
    same(c.run("publish", "--approve", asked.json()["id"], "--as", "publisher2").code, 0)


def versions(b):
    """Newest first."""
    mine = [x for x in b.json("GET", "/studio/services")["items"] if x["code"] == SERVICE][0]
    return [v["hash"] for v in sorted(mine["versions"], key=lambda v: v["published_at"], reverse=True)]


def stands_at(officer, case):
    return [t["title"]["en"] for t in officer.json("GET", "/desk/cases/" + case)["tasks"] if t["status"] == "open"]


@test
def cases_move_from_the_command_line():
    with City() as c:
        s = c.serve("--demo")
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            password = json.load(f)["password"]
        person, officer, publisher = Browser(s), Browser(s), Browser(s)
        person.sign_in("zhaoliu", password)
        officer.sign_in("rs.handler", password)
        publisher.sign_in("publisher1", password)
        form = person.json("GET", "/services/%s/form" % SERVICE)
        data = dict(form["data"], ended_on="2021-02-20", trade="电工")
        case = person.json("POST", "/cases", {"service": SERVICE, "town": "441900004", "data": data}, want=201,
                           fields={"Idempotency-Key": "migrations-py-1"})["id"]
        same(stands_at(officer, case), [OLD])
        publish_renamed(c)
        new, old = versions(publisher)[:2]
        same(c.run("migrate", "plan", SERVICE, old, new).code, 2)  # no reason, nobody named
        told = ("--reason", "环节改名", "--as", "designer")
        plan = c.run("--json", "migrate", "plan", SERVICE, old, new, *told).json()
        same((plan["counts"]["can"], plan["counts"]["cannot"]), (0, 1), plan)
        where = ("--mapping", json.dumps([{"from": "examine", "to": "judge"}]))
        plan = c.run("--json", "migrate", "plan", SERVICE, old, new, *told, *where).json()
        same((plan["counts"]["can"], plan["counts"]["cannot"]), (1, 0), plan)
        same(c.run("--json", "migrate", "apply", plan["id"], "--as", "designer").json()["good"], False)  # by another person
        same(stands_at(officer, case), [OLD])
        same(c.run("--json", "migrate", "apply", plan["id"], "--as", "publisher1").json()["counts"]["moved"], 1)
        same(stands_at(officer, case), [NEW])
        same(len(c.run("--json", "migrate", "list", SERVICE).json()["items"]), 2)
        undone = c.run("--json", "migrate", "undo", plan["id"], "--reason", "改名有误", "--as", "publisher1").json()
        same((undone["state"], undone["counts"]["undone"]), ("undone", 1), undone)
        same(stands_at(officer, case), [OLD])
        same(c.stop(s), 0)
