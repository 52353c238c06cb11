"""The knowledge base from the command line: a folder checked, imported to wait or at once, again without change; also into a city
that has its plan and no service."""
import json
import os

from lib import Browser, City, check, same, test


def article(title, **more):
    return json.dumps({"owner": "scjg", "review_months": 6, "title": {"zh": title, "en": title + " (en)"},
                       "body": {"zh": title + "：一个工作日。", "en": "One working day."}, **more})


def guide(*keys):
    text = {"zh": "问", "en": "Q"}
    return json.dumps({"start": "s", "nodes": {"s": {"question": text, "answers": [{"text": text, "article": k} for k in keys]}}})


def states(c):
    return {a["key"]: a["state"] for a in c.run("--json", "knowledge", "list").json()["items"]}


@test
def articles_from_a_folder():
    with City() as c:
        c.write("kb/stall.json", article("摆摊"))
        c.write("kb/camping.json", article("露营"))
        same(c.run("--json", "knowledge", "check", c.path("kb")).problem()["code"], "serve.no_city")
        s = c.serve("--plan")
        same(c.run("--json", "knowledge", "list").json()["items"], [])
        same(c.run("--json", "knowledge", "check", c.path("nowhere")).code, 1)
        c.write("kb/camping.json", article("露营", owner="nobody", services=["no_such_service"]))
        c.write("kb/Bad-Name.json", article("坏"))
        c.write("kb/short.json", json.dumps({"owner": "scjg", "review_months": 6, "title": {"zh": "无英文"}, "body": {"zh": "甲", "en": "A"}}))
        bad = c.run("--json", "knowledge", "check", c.path("kb"))
        same(bad.code, 1)
        places = [p["field"] for p in bad.json()["problems"]]
        for place in ("Bad-Name.json#/", "camping.json#/owner", "camping.json#/services/0", "short.json#/title/en"):
            check(place in places, place, places)
        same(states(c), {}, "a check wrote something")
        for name in ("Bad-Name", "short"):
            os.remove(c.path("kb/%s.json" % name))
        c.write("kb/guide.json", guide("stall", "camping"))
        part = c.run("--json", "knowledge", "import", c.path("kb"))
        same((part.code, states(c)), (1, {"stall": "waiting"}))
        c.write("kb/camping.json", article("露营"))
        same(c.run("knowledge", "check", c.path("kb")).code, 0)
        v = c.run("--json", "knowledge", "import", c.path("kb")).json()
        same((v["added"], v["same"], v["published"], v["guide"]), (1, 1, 0, "articles_wait"), v)
        v = c.run("--json", "knowledge", "import", c.path("kb"), "--release").json()
        same((v["added"], v["same"], v["published"], v["guide"]), (0, 2, 2, "published"), v)
        v = c.run("--json", "knowledge", "import", c.path("kb"), "--release").json()
        same((v["same"], v["published"], v["guide"]), (2, 0, "same"), v)
        c.write("kb/stall.json", article("夜市摆摊"))
        v = c.run("--json", "knowledge", "import", c.path("kb")).json()
        same((v["changed"], states(c)), (1, {"stall": "waiting", "camping": "published"}))
        b = Browser(s)
        same(b.json("GET", "/knowledge/stall")["title"]["zh"], "摆摊", "what waits is public")
        same(b.json("GET", "/guide")["articles"]["camping"]["zh"], "露营")
        for lang, word in (("zh", "露营"), ("en", "(en)")):
            check(word in c.run("knowledge", "list", lang=lang).out)
        same(c.stop(s), 0)
