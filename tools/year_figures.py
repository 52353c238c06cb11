"""The figures of a demonstration year, worked out anew and held against the board and against the parameters.

    year_figures.py --data DIR [--tongban PROGRAM] [--parameters FILE] [--root FOLDER] [--to DATE] [--months N]

1. The indicators are recomputed from what the journal left in the tables of cases, tasks, events and ratings (SQLite), by the formulas of
   data/indicators written anew here; working days are counted from the State Council's notices. They must equal `tongban indicators`.
2. Counts and shares must lie within 4 standard deviations of the parameters (Poisson and binomial; a good year fails a comparison
   less than once in 15 000, and the seed makes it always the same).

Cases that the archive has folded have no rows of events and tasks any more, and what they hold is sealed: a city with such cases is refused
(exit 2), not judged by half of its cases.

The last line is "N cases, N ratings: N compared, N wrong"; exit 1 when something is wrong.
"""
import argparse
import collections
import datetime
import glob
import json
import math
import os
import sqlite3
import subprocess
import sys

CITY = datetime.timezone(datetime.timedelta(hours=8))
DELIVERED, REFUSED, WITHDRAWN = 3, 4, 5
SIGMAS = 4
CLOSING = 17 * 60 + 50  # minutes: an officer begins nothing behind
BREAK = 10  # working days before the end that are not judged: what was late there is not seen yet

compared = wrong = 0


def check(good, text):
    global compared, wrong
    compared += 1
    if not good:
        wrong += 1
        print("WRONG  " + text)


def near(count, of, share, what):
    """A share among independent draws."""
    spread = SIGMAS * math.sqrt(of * share * (1 - share)) + 1
    check(abs(count - of * share) <= spread,
          "%s: %d of %d, expected %.1f ± %.1f" % (what, count, of, of * share, spread))


class Calendar:
    def __init__(self, folder):
        self.off = {}
        for path in glob.glob(os.path.join(folder, "*.json")):
            with open(path, encoding="utf-8") as f:
                for d in json.load(f)["days"]:
                    self.off[datetime.date.fromisoformat(d["date"])] = d["isOffDay"]

    def working(self, d):
        return not self.off.get(d, d.weekday() >= 5)

    def between(self, a, b):
        """Working days behind a, up to and with b."""
        n = 0
        while a < b:
            a += datetime.timedelta(days=1)
            n += self.working(a)
        return n


def when(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, CITY)


def month_of(ms):
    return when(ms).strftime("%Y-%m")


# ---- the cases ----

def read(path):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    db.row_factory = sqlite3.Row
    ask = lambda sql: db.execute(sql).fetchall()
    folded = ask("SELECT COUNT(*) FROM case_archive")[0][0]
    if folded:
        print("%d 个办件已归档，事项和任务不再是表中的行，无法另行核算。请将配置 archive.after 设为大于该年的天数，重新生成后再核对。\n"
              "%d cases are folded into the archive: their events and tasks are no rows any more and cannot be counted here. "
              "Set archive.after to more days than the year has, make the year again and compare then." % (folded, folded), file=sys.stderr)
        sys.exit(2)
    cases = {}
    for r in ask("SELECT id, service, department, town, state, outcome, progress, filed_at, decided_at, due_at FROM case_file"):
        c = dict(r)
        progress = json.loads(r["progress"])
        c["channel"] = progress.get("ch", "online")
        c["stops"] = progress["k"].get("x", [])[::3]  # when its clock was stopped
        c.update(corrections=0, own_tasks=0, late=0, ended=r["state"] in (DELIVERED, REFUSED, WITHDRAWN))
        cases[r["id"]] = c
    for r in ask("SELECT case_id FROM case_event WHERE kind = 'correct'"):
        cases[r["case_id"]]["corrections"] += 1
    tasks = [dict(r) for r in ask("SELECT case_id, service, kind, department, status, opened_at, closed_at FROM case_task")]
    for t in tasks:
        if t["kind"] == "fill" and t["status"] == 3:
            cases[t["case_id"]]["own_tasks"] += 1
    for r in ask("SELECT case_id, late FROM case_measure"):
        cases[r["case_id"]]["late"] = r["late"]
    annulled = {r["case_id"] for r in ask("SELECT case_id FROM rating_annulled")}
    ratings = [dict(r) for r in ask("SELECT case_id, service, grade, month, ticket FROM rating")]
    return cases, tasks, [r for r in ratings if r["ticket"] not in annulled], ratings


# ---- 1. against the board ----

def services_of(definition, areas):
    s = definition["services"]
    return set(s["codes"]) if "codes" in s else {code for code, area in areas.items() if area == s["area"]}


def recompute(cases, ratings, services, month, calendar, fees):
    own = [c for c in cases if c["service"] in services and c["ended"] and month_of(c["decided_at"]) == month]
    done = [c for c in own if c["state"] == DELIVERED]
    out = {"cases": len(done), "not_accepted": sum(c["state"] == REFUSED for c in own),
           "withdrawn": sum(c["state"] == WITHDRAWN for c in own)}
    mean = lambda f: sum(f(c) for c in done) / len(done) if done else None
    day = lambda ms: when(ms).date()
    rated = [r for r in ratings if r["service"] in services and "%d-%02d" % divmod(r["month"], 100) == month]
    out["values"] = {
        "procedures": mean(lambda c: 1 + c["corrections"] + c["own_tasks"]),
        "time": mean(lambda c: calendar.between(day(c["filed_at"]), day(c["decided_at"]))),
        "days": mean(lambda c: (c["decided_at"] - c["filed_at"]) / 86400000),
        "cost": mean(lambda c: fees.get(c["service"], 0) / 100),
        "visits": mean(lambda c: c["channel"] in ("window", "kiosk")),
        "online": mean(lambda c: c["channel"] not in ("window", "kiosk")),
        "satisfaction": sum(r["grade"] >= 4 for r in rated) / len(rated) if done and len(rated) >= 5 else None,
    }
    return out


def against_board(o, cases, ratings, calendar):
    areas, fees = {}, {}
    for path in glob.glob(os.path.join(o.root, "areas/*/services/*/service.json")):
        with open(path, encoding="utf-8") as f:
            s = json.load(f)
        areas[s["code"]] = s["area"]
        fees[s["code"]] = sum(x.get("amount_fen", 0) for x in s.get("fees") or [])
    with open(os.path.join(o.root, "data/indicators/indicators.json"), encoding="utf-8") as f:
        definitions = json.load(f)["indicators"]
    for c in cases:
        if c["ended"]:
            check(c["late"] == (0 < c["due_at"] < c["decided_at"]), "late or not: %s" % c["id"].hex())
    for month in sorted({month_of(c["decided_at"]) for c in cases if c["ended"]}):
        text = subprocess.run([o.tongban, "--data", o.data, "--json", "indicators", "--month", month], capture_output=True,
                              text=True, check=True).stdout
        board = json.loads(text.strip().splitlines()[-1])
        for line, definition in zip(board["indicators"], definitions):
            mine = recompute(cases, ratings, services_of(definition, areas), month, calendar, fees)
            place = "%s indicator %d" % (month, line["no"])
            for key in ("cases", "not_accepted", "withdrawn"):
                check(line[key] == mine[key], "%s %s: board %s, recomputed %s" % (place, key, line[key], mine[key]))
            shown = {k["key"]: k["value"] for k in line["components"]}
            for key, value in mine["values"].items():
                same = shown[key] == value if value is None or shown[key] is None else abs(shown[key] - value) < 6e-5
                check(same, "%s %s: board %s, recomputed %s" % (place, key, shown[key], value))


# ---- 2. against the parameters ----

def rates(p, service):
    return p["services"].get(service) or p["services"].get("default") or {}


def filings(p, cases, months):
    for service in sorted({c["service"] for c in cases} - {"bad_rating"}):
        own = [c for c in cases if c["service"] == service and month_of(c["filed_at"]) in months]
        r = rates(p, service)
        mean = sum(r.get("a_month", 0) * p["season"][int(m[5:]) - 1] for m in months)
        spread = SIGMAS * math.sqrt(mean) + 1
        check(abs(len(own) - mean) <= spread, "%s: %d filings, expected %.1f ± %.1f" % (service, len(own), mean, spread))
        near(sum(c["channel"] not in ("window", "kiosk") for c in own), len(own), r.get("online", 1), service + " online")
        ended = [c for c in own if c["ended"]]
        near(sum(c["state"] == WITHDRAWN for c in ended), len(ended), r.get("withdrawn", 0), service + " withdrawn")
        near(sum(c["state"] == REFUSED for c in ended), len(ended), r.get("not_accepted", 0), service + " not accepted")
        near(sum(c["state"] == DELIVERED and c["outcome"] == "refused" for c in ended), len(ended), r.get("rejected", 0),
             service + " rejected")
        # whoever takes it back does so before anybody asks for a correction
        asked = [c for c in ended if c["state"] != WITHDRAWN]
        near(sum(c["corrections"] > 0 for c in asked), len(asked), r.get("corrected", 0), service + " corrected")
        taken = [c for c in asked if c["state"] != REFUSED]
        near(sum(len(c["stops"]) > 0 for c in taken), len(taken), r.get("stopped", 0), service + " stopped")


def delays(p, cases, tasks, calendar, end):
    counts = collections.defaultdict(collections.Counter)
    for t in tasks:
        opened = when(t["opened_at"])
        if t["status"] != 3 or not calendar.working(opened.date()) or opened.hour * 60 + opened.minute >= CLOSING:
            continue
        if t["kind"] == "acceptance" and cases[t["case_id"]]["corrections"]:
            continue  # opened again
        if any(t["opened_at"] <= s <= t["closed_at"] for s in cases[t["case_id"]]["stops"]):
            continue  # it waited for what the clock was stopped for
        if calendar.between(opened.date(), end) < BREAK:
            continue
        who = "heads" if t["service"] == "bad_rating" else "applicants" if t["kind"] == "fill" else t["department"]
        counts[who][calendar.between(opened.date(), when(t["closed_at"]).date())] += 1
    for who, seen in sorted(counts.items()):
        days = (p["departments"].get(who) or p["departments"]["default"])["days"]
        n = sum(seen.values())
        for k in range(max(len(days), max(seen) + 1)):
            near(seen[k], n, days[k] if k < len(days) else 0, "%s after %d working days" % (who, k))


def rated(p, cases, ratings, end):
    old = [c for c in cases.values() if c["service"] != "bad_rating" and c["state"] in (DELIVERED, REFUSED)
           and (end - when(c["decided_at"]).date()).days > 4]
    given = {r["case_id"]: r["grade"] for r in ratings}
    grades = [given[c["id"]] for c in old if c["id"] in given]
    near(len(grades), len(old), p["ratings"]["share"], "ratings")
    for g, share in p["ratings"]["grades"].items():
        near(grades.count(int(g)), len(grades), share, "grade " + g)
    check(all(r["ticket"] in cases for r in ratings if r["grade"] <= 2), "a bad rating without a ticket")


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    a = argparse.ArgumentParser()
    a.add_argument("--data", required=True)
    a.add_argument("--root", default=here)
    a.add_argument("--tongban", default=os.path.join(here, "build/tongban"))
    a.add_argument("--parameters", default=os.path.join(here, "data/demo/year.json"))
    a.add_argument("--to", help="last day of the year that was made; else today")
    a.add_argument("--months", type=int, default=12)
    o = a.parse_args()
    with open(o.parameters, encoding="utf-8") as f:
        p = json.load(f)
    end = datetime.date.fromisoformat(o.to) if o.to else datetime.datetime.now(CITY).date()
    # whole months only: of the last one nobody knows how much is over
    over = end + datetime.timedelta(days=1)
    last = over.year * 12 + over.month - 1 if o.to and over.day == 1 else end.year * 12 + end.month - 1
    first = end.year * 12 + end.month - 1 - o.months
    months = {"%d-%02d" % (m // 12, m % 12 + 1) for m in range(first, last)}
    calendar = Calendar(os.path.join(o.root, "data/holidays"))
    cases, tasks, counted, ratings = read(os.path.join(o.data, "city.db"))
    against_board(o, list(cases.values()), counted, calendar)
    print("against the board: %d compared, %d wrong" % (compared, wrong))
    filings(p, list(cases.values()), months)
    delays(p, cases, tasks, calendar, end)
    rated(p, cases, ratings, end)
    print("%d cases, %d ratings: %d compared, %d wrong" % (len(cases), len(ratings), compared, wrong))
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
