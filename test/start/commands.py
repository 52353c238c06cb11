"""Every command without a server: help, exit codes, --json, both languages."""
import json
import os
import shutil

from lib import ROOT, City, check, same, test

COMMANDS = ["serve", "check", "publish", "verify", "calendar", "id", "admin", "coverage", "plan", "indicators", "publication", "knowledge", "play"]


@test
def help_of_every_command():
    with City() as c:
        for lang, word in (("en", "Exit status: 0 good, 1 the answer is no, 2 wrong use or failure"), ("zh", "退出码：0 正常；1 结论为否；2 用法有误或无法完成")):
            r = c.run("help", lang=lang)
            same(r.code, 0)
            check(word in r.out, r.out)
            for name in COMMANDS:
                check("  %s " % name in r.out, "help lacks", name)
                for call in ([name, "--help"], [name, "-h"], ["help", name]):
                    one = c.run(*call, lang=lang)
                    same(one.code, 0, call)
                    check(one.out.startswith("  " + name), call, one.out)
                    same(one.err, "", call)
        check(not os.path.exists(c.dir), "asking for help made a folder")


@test
def wrong_use():
    calls = [[], ["nonsense"], ["calendar"], ["calendar", "add"], ["calendar", "add", "2021-04-30", "0"], ["calendar", "add", "2021-04-30", "7", "weeks"],
             ["id", "check"], ["id", "check", "no_such_kind", "1"], ["check"], ["play"], ["play", "x"], ["publish"], ["publish", "x"], ["admin"], ["admin", "nonsense"],
             ["admin", "link", "nobody"], ["admin", "link", "auditor"], ["verify"], ["serve", "--nonsense"], ["serve", "extra"], ["coverage", "extra"], ["plan"], ["plan", "import"], ["plan", "show"], ["indicators", "import"], ["knowledge"], ["knowledge", "import"], ["knowledge", "check"], ["knowledge", "list", "x"], ["knowledge", "check", "x", "--release"], ["indicators", "--month", "2021-13"], ["verify", "--what", "x"]]
    with City() as c:
        for call in calls:
            r = c.run(*call)
            same(r.code, 2, call, r.out, r.err)
            same(r.out, "", call)
            check(r.err.strip(), "silent", call)
            if call:
                j = c.run("--json", *call)
                same(j.code, 2, call)
                same(j.problem()["code"], "cli.usage", call)
        same(c.run("help", lang="fr").code, 2)
        check(not os.path.exists(c.dir), "wrong use made a folder")


@test
def commands_make_no_city():
    with City() as c:
        for call in (["admin", "rebuild"], ["admin", "rebuild", "--compare"], ["admin", "keys"], ["admin", "link", "administrator"], ["publish", "--builtin"]):
            r = c.run("--json", *call)
            check(r.code in (1, 2), call, r.code)
            same(r.problem()["code"], "serve.no_city", call)
        check(not os.path.exists(c.dir), "a folder was made")


@test
def calendar():
    with City() as c:
        same(c.run("calendar", "add", "2021-04-30", "7").out, "2021-05-13\n")
        same(c.run("calendar", "add", "2021-04-30", "7", "d").out, "2021-05-07\n")
        same(c.run("calendar", "between", "2021-04-30", "2021-05-13").out, "7\n")
        same(c.run("--json", "calendar", "add", "2021-04-30", "7").json()["date"], "2021-05-13")
        same(c.run("--json", "calendar", "between", "2021-04-30", "2021-05-13").json()["working_days"], 7)
        same(c.run("calendar", "show", "2021-05-08").code, 0)  # a Saturday that was worked
        off = c.run("--json", "calendar", "show", "2021-05-03")
        same((off.code, off.json()["working"]), (1, False))
        same(c.run("calendar", "add", "2021-02-30", "7").code, 2)
        p = c.run("--json", "calendar", "add", "2021-02-30", "7").problem()
        same((p["code"], p["field"]), ("date.invalid", "DATE"))
        same(c.run("calendar", "add", "1890-01-04", "1").code, 0)
        check("no notice of holidays" in c.run("calendar", "add", "1890-01-04", "1").err)


@test
def identifiers():
    with City() as c:
        r = c.run("id", "check", "resident_id", "11010519491231002X")
        same((r.code, r.out), (0, "valid: 11010519491231002X\n"))
        same(c.run("--json", "id", "check", "resident_id", "11010519491231002x").json()["value"], "11010519491231002X")
        bad = c.run("--json", "id", "check", "resident_id", "110105194912310021")
        same(bad.code, 1)
        bad.problem()
        kinds = c.run("id", "kinds").out
        for kind in ("uscc", "resident_id"):
            check(kind in kinds, kind)
            check(kind in c.run("--json", "id", "kinds").json(), kind)


@test
def checking_services():
    example = os.path.join(ROOT, "areas/01_starting_a_business/services/establish_company")
    with City() as c:
        good = c.run("check", example)
        same(good.code, 0, good.err)
        check(good.out.startswith("Good (1 services"), good.out)
        same(c.run("--json", "check", "--builtin").json()["good"], True)
        broken = os.path.join(c.top, "broken")
        shutil.copytree(example, broken)
        with open(os.path.join(broken, "service.json"), "w", encoding="utf-8") as f:
            f.write("{}")
        bad = c.run("check", broken)
        same((bad.code, bad.out), (1, ""))
        check("service.json" in bad.err, bad.err)
        c.run("--json", "check", broken).problem()
        absent = c.run("check", os.path.join(c.top, "absent"))
        check(absent.code in (1, 2) and absent.err, absent.code)
        check(not os.path.exists(c.dir), "a check made a folder")


@test
def playing_a_scenario():
    folder = os.path.join(ROOT, "areas", "01_starting_a_business", "services", "housing_fund")
    with City() as c:
        r = c.run("--json", "play", folder, "scenarios/alone.json")
        same(r.code, 0, r.out, r.err)
        v = r.json()
        check(v["good"] and len(v["steps"]) > 1 and all(s["state"] == "done" for s in v["steps"]), v)
        same(c.run("--json", "play", folder, "scenarios/none.json").problem()["code"], "not_found")
        mine = os.path.join(c.dir + "-draft")
        shutil.copytree(folder, mine)
        try:
            path = os.path.join(mine, "scenarios", "alone.json")
            with open(path, encoding="utf-8") as f:
                story = json.load(f)
            story["steps"][1]["expect"] = {"state": "refused"}
            with open(path, "w", encoding="utf-8") as f:
                json.dump(story, f)
            r = c.run("--json", "play", mine, "scenarios/alone.json")
            same(r.code, 1, r.out, r.err)
            v = r.json()
            same([s["state"] for s in v["steps"]][:3], ["done", "failed", "open"])
            check("refused" in v["problem"]["zh"] and "refused" in v["problem"]["en"], v)
        finally:
            shutil.rmtree(mine)
        check(not os.path.exists(c.dir), "a folder was made")


@test
def a_message_that_starts_two_services_is_told():
    folder = os.path.join(ROOT, "test", "city", "flow", "credit_check")
    with City() as c:
        mine = os.path.join(c.dir + "-other")
        shutil.copytree(folder, mine)
        try:
            for name in ("service.json", "process.bpmn"):
                with open(os.path.join(mine, name), encoding="utf-8") as f:
                    text = f.read()
                with open(os.path.join(mine, name), "w", encoding="utf-8") as f:
                    f.write(text.replace("credit_check", "credit_other").replace("440112345002", "440112345009"))
            r = c.run("--json", "check", folder, mine)
            same(r.code, 0, r.out, r.err)
            same([(n["message"], n["services"]) for n in r.json()["notes"]],
                 [("credit.ask", ["credit_other"]), ("credit.ask", ["credit_check"])])
            same(c.run("--json", "check", folder).json()["notes"], [])
        finally:
            shutil.rmtree(mine)


@test
def coverage():
    with City() as c:
        v = c.run("--json", "coverage").json()
        same(len(v["systems"]), 111)
        same(v["totals"]["all"], 111)
        r = c.run("coverage")
        same(r.code, 0)
        same(len(r.out.splitlines()), 112)


@test
def verifying_rubbish():
    with City() as c:
        c.write("anchors.pem", "")
        paper = c.write("x.pdf", "%PDF-1.7 nothing")
        same(c.run("verify", os.path.join(c.top, "absent.pdf")).code, 2)
        r = c.run("verify", paper)
        check(r.code in (1, 2), r.code)
        j = c.run("--json", "verify", paper)
        same(j.json()["good"], False)
