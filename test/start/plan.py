"""The action plan on its own: imported from the command line, and a city that has nothing else (serve --plan)."""
import json
import os
import shutil
import time

from lib import PATIENCE, ROOT, Browser, City, Wrong, check, same, test

TEXT = "某府函〔2021〕1号\n2021年8月5日\n某市行动方案(2021)\n二、工作措施\n(一)第一条。\n"
AREA = {"no": 1, "name": "开办企业", "leaders": ["甲"], "lead": ["市市场监管局"], "responsible": ["各有关部门"]}
TASK = {"no": 1, "area_no": 1, "area": "开办企业", "problem": "问题", "symptom": "", "measure": "措施", "lead": ["市市场监管局"], "responsible": [],
        "deadline": "根据国家和省的进度安排推进", "due": None, "note": "说明"}


def folder(c, tasks):
    d = os.path.join(c.top, "plan")
    os.makedirs(d, exist_ok=True)
    for name, content in (("action-plan.zh-CN.txt", TEXT), ("areas.json", json.dumps([AREA])), ("hard-tasks.json", json.dumps(tasks))):
        with open(os.path.join(d, name), "w", encoding="utf-8") as f:
            f.write(content)
    return d


@test
def a_plan_from_the_command_line():
    with City() as c:
        same(c.run("--json", "plan", "import", folder(c, [TASK])).problem()["code"], "serve.no_city")
        s = c.serve()
        same(c.run("--json", "plan", "list").problem()["code"], "plan.none")
        bad = c.run("--json", "plan", "import", folder(c, [dict(TASK, due="2021-02-30")]))
        same((bad.code, bad.problem()["field"]), (1, "hard-tasks.json#/0/due"))
        same(c.run("plan", "import", os.path.join(c.top, "nowhere")).code, 1)
        report = c.run("--json", "plan", "import", folder(c, [TASK])).json()
        same((report["changed"], report["areas"], report["tasks"], report["unmatched"]), (True, 1, 1, ["各有关部门", "市政府职能转变协调办"]))
        same(c.run("--json", "plan", "import", folder(c, [TASK])).json()["changed"], False)
        plan = c.run("--json", "plan", "list").json()
        same({k: plan["tasks"][0][k] for k in TASK}, TASK)
        same({k: plan["areas"][0][k] for k in AREA}, AREA)
        same((plan["issued_on"], plan["tasks"][0]["light"], plan["areas"][0]["measures"]), ("2021-08-05", "undated", "(一)第一条。"))
        same(c.run("plan", "do", "1", "comments", '{"text": "收到"}').code, 0)
        same(c.run("--json", "plan", "do", "1", "status", '{"status": "done"}').problem()["code"], "plan.state")
        same(c.run("plan", "do", "bodies", '{"name": "各有关部门", "departments": ["gaj"]}').code, 0)
        same(c.run("--json", "plan", "list").json()["unmatched"], ["市政府职能转变协调办"])
        same(c.run("--json", "plan", "do", "nonsense", "{}").problem()["code"], "not_found")
        same(c.run("--json", "plan", "show", "1").json()["comments"][0]["text"], "收到")
        same(c.run("--json", "plan", "progress").json()["all"]["total"], 1)
        for lang, word in (("zh", "问题"), ("en", "lead: 市市场监管局")):
            check(word in c.run("plan", "list", lang=lang).out)
        same(c.stop(s), 0)


def light(b, no, wanted):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        task = b.json("GET", "/plan/tasks/%d" % no)
        if task["light"] == wanted:
            return task
        time.sleep(0.5)
    raise Wrong("the light stays %s" % task["light"])


def publish(c, days):
    d = os.path.join(c.top, "unemployment_registration")
    shutil.rmtree(d, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, "areas/17_government_services/services/unemployment_registration"), d)
    path = os.path.join(d, "service.json")
    with open(path, encoding="utf-8") as f:
        service = json.load(f)
    service["promised"]["n"] = days
    with open(path, "w", encoding="utf-8") as f:
        json.dump(service, f, ensure_ascii=False)
    asked = c.run("--json", "publish", d, "--as", "publisher1")
    same(asked.code, 0, asked.out, asked.err)
    same(c.run("publish", "--approve", asked.json()["id"], "--as", "publisher2").code, 0)


@test
def a_city_with_its_plan_alone():
    """The first day of a city that takes nothing else; then a task turns green because a service is published, and red when its
    limit is lengthened."""
    with City() as c:
        s = c.serve("--plan")
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            signins = json.load(f)
        same((signins["persons"], signins["enterprises"]), ([], []))
        b, leader = Browser(s), Browser(s)
        b.sign_in("rs.head", signins["password"])
        leader.sign_in("leader1", signins["password"])
        same(b.json("GET", "/services")["items"], [])
        plan = b.json("GET", "/plan")
        same((len(plan["areas"]), len(plan["tasks"])), (18, 52))
        mine = [t for t in plan["tasks"] if t["lead"] == ["市人力资源社会保障局"] and t["due"]][0]
        same(mine["light"], "late")
        condition = {"condition": {"kind": "service_limit", "service": "unemployment_registration", "bound": 5}}
        leader.json("POST", "/plan/tasks/%d/condition" % mine["no"], condition, want=403)
        same(b.json("POST", "/plan/tasks/%d/condition" % mine["no"], condition)["condition"]["state"], "not_yet")
        publish(c, 5)
        same(light(b, mine["no"], "done")["condition"]["figures"]["service"]["promised_working_days"], 5)
        publish(c, 6)
        task = light(b, mine["no"], "regressed")
        same(task["history"][0]["kind"] in ("condition_lost", "escalated"), True, task["history"][0])
        same(len(leader.json("GET", "/plan/special")["items"]) > 40, True)
        same(c.stop(s), 0)
        again = c.serve(port=s.port)  # what it is was said once
        b.server = again
        same(len(b.json("GET", "/plan")["tasks"]), 52)
        same(c.stop(again), 0)
