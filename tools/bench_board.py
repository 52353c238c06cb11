"""The leader's pages of a running city, asked over HTTP by one signed-in head on the same machine.

    bench_board.py --url URL --signins FILE [--requests N] [--name TEXT] [--pid SERVER] [--against FILE] [--out FILE]

Prints p50, p95 and p99 of each page, asked one after the other, warm: each was asked before; and the processor's time of the server for
one (on SQLite all the work), which says what it would be on a machine that does nothing else. --out keeps the medians; --against sets
those of an earlier run beside them as a ratio (more cases, the same pages).
"""
import argparse
import datetime
import json
import os
import sys
import time

from walk_party import Off, Party

LOGIN = "zwj.head"
WARM = 5


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))]


def timed(party, path):
    start = time.monotonic()
    status, _, content = party.call("GET", "/api/v1" + path)
    took = 1000 * (time.monotonic() - start)
    if status != 200:
        raise Off("GET %s: %d %s" % (path, status, content[:300]))
    return took, content


def processor(pid):
    """Milliseconds that the process has used."""
    if not pid:
        return 0.0
    with open("/proc/%d/stat" % pid, encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pages():
    """The months asked for lie wholly in the past, so that both runs ask for the same."""
    today = datetime.date.today()
    month = lambda back: "%04d-%02d" % divmod(today.year * 12 + today.month - 1 - back, 12)
    shown = lambda back: "%s-%02d" % (month(back)[:4], int(month(back)[5:]) + 1)
    year = "from=%s&to=%s" % (shown(12), shown(1))
    two = "from=%s&to=%s" % (shown(23), shown(0))
    return [("the board, 12 months", "/indicators?" + year), ("the board, 24 months", "/indicators?" + two),
            ("one indicator, 12 months", "/indicators/9?" + year), ("one indicator, 24 months", "/indicators/9?" + two),
            ("its cases", "/indicators/9/cases?limit=50&" + year), ("public figures", "/public/indicators?" + year),
            ("the plan", "/plan"), ("the plan's progress", "/plan/progress")]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--url", required=True)
    p.add_argument("--signins", required=True)
    p.add_argument("--requests", type=int, default=100)
    p.add_argument("--name", default="city")
    p.add_argument("--pid", type=int)
    p.add_argument("--against")
    p.add_argument("--out")
    o = p.parse_args()
    with open(o.signins, encoding="utf-8") as f:
        password = json.load(f)["password"]
    before = {}
    if o.against:
        with open(o.against, encoding="utf-8") as f:
            before = json.load(f)
    party = Party(o.url).sign_in(LOGIN, password)
    medians = {}
    for name, path in pages():
        for _ in range(WARM):
            _, content = timed(party, path)
        used = processor(o.pid)
        times = [timed(party, path)[0] for _ in range(o.requests)]
        used = (processor(o.pid) - used) / o.requests
        medians[name] = percentile(times, 50)
        line = "%s: %s: p50 %.1f, p95 %.1f, p99 %.1f ms, %.0f kB" % (
            o.name, name, medians[name], percentile(times, 95), percentile(times, 99), len(content) / 1000)
        if o.pid:
            line += "; processor %.1f ms" % used
        if name in before:
            line += "; %.2f of the median with fewer cases" % (medians[name] / before[name])
        print(line, flush=True)
    value = json.loads(timed(party, pages()[0][1])[1])
    print("%s: cases decided in these 12 months: %d" % (o.name, sum(x["cases"] for x in value["indicators"])))
    if o.out:
        with open(o.out, "w", encoding="utf-8") as f:
            json.dump(medians, f)


if __name__ == "__main__":
    try:
        main()
    except Off as e:
        sys.exit("bench_board: %s" % e)
