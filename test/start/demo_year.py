"""A demonstration year: the board's figures recomputed from the cases, both held against the parameters; the same again gives the same;
wrong parameters are found out. A small year: some months."""
import json
import os
import sqlite3
import subprocess
import sys

from lib import BIN, ROOT, City, check, same, test

SPAN = ("--to", "2021-12-31", "--months", "5")
PARAMETERS = os.path.join(ROOT, "data", "demo", "year.json")


def made(c, *more):
    r = c.run("--json", "demo-year", *SPAN, *more)
    same(r.code, 0, r.out, r.err)
    return r.json()


def figures(c, parameters=PARAMETERS):
    call = [sys.executable, os.path.join(ROOT, "tools", "year_figures.py"), "--data", c.dir, "--tongban", BIN,
            "--parameters", parameters, *SPAN]
    p = subprocess.run(call, capture_output=True, text=True)
    return p.returncode, p.stdout + p.stderr


def board(c):
    months = ["2021-%02d" % m for m in range(8, 13)]
    lines = [c.run("--json", "indicators", "--month", m).json()["indicators"] for m in months]
    return [[(x["no"], x["cases"], x["withdrawn"], x["not_accepted"], [k["value"] for k in x["components"]]) for x in v] for v in lines]


def altered(c, change):
    with open(PARAMETERS, encoding="utf-8") as f:
        p = json.load(f)
    change(p)
    return c.write("other.json", json.dumps(p))


@test
def a_year_is_what_its_parameters_say():
    with City() as c:
        report = made(c)
        check(report["filed"] > 500 and report["tickets"] > 0 and report["plan_acts"] > 100, report)
        code, text = figures(c)
        same(code, 0, text[-2000:])
        check(" 0 wrong" in text, text[-300:])
        # the comparison can tell: each of these is not what the year was made from
        for change in (lambda p: p["services"]["elder_card"].update(online=0.95), lambda p: p["services"]["elder_card"].update(a_month=80),
                       lambda p: p["departments"].update(rs={"days": [0.4, 0.6]}), lambda p: p["ratings"].update(share=0.9)):
            code, text = figures(c, altered(c, change))
            same(code, 1, text[-300:])
        # nor does a figure changed behind the cases' back pass
        db = sqlite3.connect(c.path("city.db"))
        db.execute("UPDATE case_measure SET workdays = workdays + 9 WHERE state = 3 AND service = 'elder_card'")
        db.commit()
        db.close()
        same(figures(c)[0], 1)
        # and of a city whose cases are folded nothing is said that half of them would give
        db = sqlite3.connect(c.path("city.db"))
        db.execute("INSERT INTO case_archive SELECT id, 1, 1, 0, '[]', x'', x'' FROM case_file LIMIT 1")
        db.commit()
        db.close()
        code, text = figures(c)
        same(code, 2, text[-300:])
        check("archive.after" in text, text)


@test
def the_journal_holds_the_year():
    with City() as c:
        made(c)
        r = c.run("--json", "admin", "rebuild", "--compare")
        same((r.code, r.json().get("differences")), (0, 0), r.out)
        db = sqlite3.connect(c.path("city.db"))
        ask = lambda sql: db.execute(sql).fetchone()[0]
        same(ask("SELECT COUNT(*) FROM case_document") + ask("SELECT COUNT(*) FROM licence"), 0, "a paper was made")
        same(ask("SELECT COUNT(DISTINCT town) FROM case_file"), 36)
        same(ask("SELECT COUNT(*) FROM case_job"), 0, "work is left for the server")
        late, done = ask("SELECT COUNT(*) FROM plan_task WHERE status = 'open'"), ask("SELECT COUNT(*) FROM plan_task WHERE status = 'done'")
        check(done >= 35 and 1 <= late <= 15, "plan", done, late)
        check(ask("SELECT COUNT(*) FROM plan_step WHERE level = 3") > 0, "no task climbed to special supervision")
        db.close()
        again = c.run("--json", "demo-year", *SPAN)
        same((again.code, again.problem()["code"]), (1, "year.city"))


@test
def the_same_parameters_give_the_same_figures():
    with City() as one, City() as two, City() as three:
        made(one)
        made(two, "--no-plan")
        same(board(one), board(two))
        made(three, "--parameters", altered(three, lambda p: p.update(seed=7)))
        check(board(one) != board(three), "another seed gives the same")


@test
def bad_parameters_are_refused():
    with City() as c:
        for change, place in ((lambda p: p.update(seed=0), "#/seed"), (lambda p: p["season"].pop(), "#/season"),
                              (lambda p: p["services"]["elder_card"].update(online=2), "#/services/elder_card"),
                              (lambda p: p["departments"].update(rs={"days": [0.5]}), "#/departments/rs/days")):
            r = c.run("--json", "demo-year", "--parameters", altered(c, change))
            same(r.problem()["code"], "year.parameters")
            check(r.problem()["field"].endswith(place), r.problem())
