"""The indicators from the command line: figures of other cities imported, bad files refused as a whole, and no score without cases."""
import json
import os

from lib import ROOT, City, check, same, test

HEAD = "city,name,indicator,component,period,value,source\n"


@test
def figures_of_other_cities():
    with City() as c:
        good = c.write("good.csv", HEAD + "440300,深圳,1,days,2021,1.5,报告\n440300,深圳,6,score,2021-09,90,报告\n")
        same(c.run("--json", "indicators").problem()["code"], "serve.no_city")
        s = c.serve()
        bad = c.run("--json", "indicators", "import", c.write("bad.csv", HEAD + "440300,深圳,1,days,2021,1,报告\nSZ,深圳,19,days,2021,-1,\n"))
        same(bad.code, 1)
        fields = [p["field"].rsplit("/", 1)[-1] for p in bad.json()["problems"]]
        same(sorted(fields), ["bad.csv:3#city", "bad.csv:3#indicator", "bad.csv:3#source", "bad.csv:3#value"])
        for p in bad.json()["problems"]:
            check(p["zh"] and p["en"] and p["remedy_zh"] and p["remedy_en"], p)
        same(c.run("--json", "indicators").json()["cities"], 0)
        r = c.run("--json", "indicators", "import", good)
        same((r.code, r.json().get("figures")), (0, 2), r.out)
        same(c.run("--json", "indicators", "import", good).code, 0)
        v = c.run("--json", "indicators", "--month", "2021-09").json()
        same((v["from"], v["to"], v["cities"], len(v["indicators"])), ("2021-09", "2021-09", 1, 18))
        same({(x["no_data"], x["score"], x["rank"], x["standing"]) for x in v["indicators"]}, {(True, None, None, None)})
        same((v["total"]["score"], v["benchmark"]["figures"], v["gains"]), (None, True, []))
        text = c.run("indicators", lang="zh").out
        same(text.count("无数据"), 18)
        check("深圳" in text, text)
        own = c.write("own.json", json.dumps([{"city": "441900", "name": "东莞", "indicator": 1, "component": "days", "period": "2021", "value": 1, "source": "x"}]))
        same(c.run("--json", "indicators", "import", own).json()["problems"][0]["field"].rsplit("#", 1)[-1], "city")
        c.stop(s)


@test
def definitions_of_ones_own():
    """A folder of definitions is checked with the place of every fault; in the city's folder it takes the place of the built-in one."""
    with City() as c:
        with open(os.path.join(ROOT, "data/indicators/indicators.json"), encoding="utf-8") as f:
            own = json.load(f)
        bad = json.loads(json.dumps(own))
        bad["components"][1]["measure"] = "moon"
        bad["indicators"][2]["scored"] = {"procedures": "nowhere"}
        folder = os.path.dirname(c.write("own/indicators.json", json.dumps(bad)))
        r = c.run("--json", "indicators", "check", folder)
        same(r.code, 1)
        same(sorted(p["field"] for p in r.json()["problems"]), ["indicators.json#/components/1/measure", "indicators.json#/indicators/2/scored"])
        for p in r.json()["problems"]:
            check(p["zh"] and p["en"] and p["remedy_zh"] and p["remedy_en"], p)
        same(c.run("--json", "indicators", "check", c.top).code, 1)
        own["rank_sought"] = 7
        own["benchmark"] = {"city": "440100", "name": {"zh": "广州市", "en": "Guangzhou"}}
        c.write("own/indicators.json", json.dumps(own))
        same(c.run("--json", "indicators", "check", folder).json()["good"], True)
        s = c.serve()
        v = c.run("--json", "indicators").json()
        same((v["rank_sought"], v["benchmark"]["city"]), (15, "440300"))
        c.stop(s)
        os.makedirs(c.path("indicators"))
        os.replace(os.path.join(folder, "indicators.json"), c.path("indicators/indicators.json"))
        s = c.serve(port=s.port)
        v = c.run("--json", "indicators").json()
        same((v["rank_sought"], v["benchmark"]["city"]), (7, "440100"))
        c.stop(s)
