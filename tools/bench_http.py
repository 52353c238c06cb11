"""A running city over HTTP, from clients on the same machine.

    bench_http.py --url URL --signins FILE --seconds N [--processes N] [--name TEXT] [--pid SERVER]

1. Company openings a second: several processes, each with its own signed-in applicant and officers, file, claim and decide
   until the time is over. The papers are left to the server's workers, which run meanwhile.
2. Latencies at half that rate: openings begin at fixed times, whether the server is quick or not; a request's time counts
   from when it was due: the beginning of its opening, or the answer before it.
3. The server's memory, and what the first page weighs over the wire, with all that it names.
"""
import argparse
import http.client
import multiprocessing
import random
import re
import sys
import time
import urllib.parse

from walk import Off, Options, Walk
from walk_form import Filler
from walk_party import Party

SIGNS = "星辰云海松竹梅兰金玉明辉瑞祥泰安"


def trade_name(number):
    out = "启"
    while number:
        out += SIGNS[number % 16]
        number //= 16
    return out


class Timed(Party):
    """Notes (is it a write, milliseconds) of every request."""

    times = []
    due = None

    def call(self, method, path, *more, **named):
        start = Timed.due or time.monotonic()
        Timed.due = None
        try:
            return super().call(method, path, *more, **named)
        finally:
            Timed.times.append((method != "GET", 1000 * (time.monotonic() - start)))


class Opening(Walk):
    """A walk without the showing, over and over with the same signed-in parties."""

    def party(self, login):
        if login not in self.parties:
            self.parties[login] = Timed(self.o.url, self.o.lang).sign_in(login, self.o.people["password"])
        return self.parties[login]

    def begin(self):
        self.applicant = self.party(self.who)
        self.service = self.applicant.get("/services/" + self.o.service)
        listed = self.applicant.get("/departments")
        self.all_departments = listed["items"] if isinstance(listed, dict) else listed
        form = self.applicant.get("/services/%s/form" % self.o.service)
        filler = Filler(form["schema"], self.attach, self.o.rng)
        data, self.town, _ = self.answers()
        data = {**data, **(form.get("data") or {})}
        # One founder, who applies: nobody else has to confirm, and a load is filings alone.
        founder = {k: data["legal_representative"][k] for k in ("name", "id_number")}
        data["shareholders"] = [{**founder, "share": 100}]
        self.data = filler.object(form["schema"], self.strip_papers(form["schema"], data, filler))

    def once(self, number):
        body = {"service": self.o.service, "data": {**self.data, "shop_name": trade_name(number)}}
        if self.town:
            body["town"] = self.town
        self.seen = {}
        view = self.applicant.act("/cases", body)
        self.case, self.number = view["id"], view["number"]
        self.handle()

    def say(self, who, line):
        pass


def client(url, signins, index, processes, pipe):
    """Told (seconds, openings a second or None for as many as it can); answers (openings, times, late ones, error)."""
    w = Opening(Options(url, signins, say=lambda line: None, seed=index))
    people = w.o.people["persons"]
    w.who = people[index % len(people)]["login"]
    number = lambda: random.getrandbits(24) * processes + index + 16
    try:
        w.begin()
        w.once(number())  # everybody is signed in after one
        pipe.send("ready")
        while True:
            seconds, rate = pipe.recv()
            Timed.times.clear()
            done, start = 0, time.monotonic()
            due = start + (index / processes / rate if rate else 0)
            while due < start + seconds and time.monotonic() < start + 2 * seconds:
                if rate:
                    time.sleep(max(0, due - time.monotonic()))
                    Timed.due = due
                w.once(number())
                done += 1
                due = due + 1 / rate if rate else time.monotonic()
            pipe.send((done, list(Timed.times), ""))
    except (Off, KeyError) as e:
        pipe.send((0, [], "%s: %s" % (type(e).__name__, e)))
    except EOFError:
        pass


def round_of(pipes, seconds, rate):
    start = time.monotonic()
    for pipe in pipes:
        pipe.send((seconds, rate and rate / len(pipes)))
    answers = [pipe.recv() for pipe in pipes]
    took = time.monotonic() - start
    for a in answers:
        if a[2]:
            raise Off(a[2])
    return sum(a[0] for a in answers), [t for a in answers for t in a[1]], took


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))] if values else 0.0


def wire(url, path, seen):
    """Bytes of a page as a browser loads it, compressed, with heads of requests left out."""
    if path in seen:
        return 0
    seen.add(path)
    u = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(u.hostname, u.port, timeout=30)
    c.request("GET", path, headers={"Accept-Encoding": "br, gzip", "Accept": "text/html,*/*"})
    r = c.getresponse()
    body = r.read()
    total = len(body) + sum(len(k) + len(v) + 4 for k, v in r.getheaders())
    kind, coding = r.headers.get("Content-Type") or "", r.headers.get("Content-Encoding")
    if "html" in kind:
        if coding == "gzip":
            import gzip
            body = gzip.decompress(body)
        elif coding == "br":
            c.request("GET", path, headers={"Accept": "text/html"})
            body = c.getresponse().read()
        for link in re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg|woff2))"', body.decode()):
            total += wire(url, link, seen)
    return total


def memory(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        text = f.read()
    return {k: int(re.search(r"^%s:\s+(\d+)" % k, text, re.M).group(1)) // 1024 for k in ("VmRSS", "VmHWM")}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--url", required=True)
    p.add_argument("--signins", required=True)
    p.add_argument("--seconds", type=int, default=20)
    p.add_argument("--processes", type=int, default=4)
    p.add_argument("--name", default="")
    p.add_argument("--pid", type=int)
    a = p.parse_args()
    pipes = []
    if a.pid:
        print("%s: memory before the load: %d MB" % (a.name, memory(a.pid)["VmRSS"]))
    for i in range(a.processes):
        here, there = multiprocessing.Pipe()
        multiprocessing.Process(target=client, args=(a.url, a.signins, i, a.processes, there), daemon=True).start()
        pipes.append(here)
    try:
        for pipe in pipes:
            first = pipe.recv()
            if first != "ready":
                raise Off(first[2])
        total, times, took = round_of(pipes, a.seconds, None)
        if not total:
            raise Off("no opening was done")
        print("%s: HTTP openings/s %.1f, requests/s %.0f (%d openings, %d clients on this same machine, each with the applicant and all officers)" % (
            a.name, total / took, len(times) / took, total, a.processes))
        half = total / took / 2
        paced, times, took = round_of(pipes, a.seconds, half)
        for write, word in ((False, "reads"), (True, "writes")):
            v = [t for w, t in times if w == write]
            print("%s: at %.1f openings/s: %s p50 %.1f ms, p99 %.1f ms (%d requests)" % (
                a.name, half, word, percentile(v, 50), percentile(v, 99), len(v)))
        if a.pid:
            m = memory(a.pid)
            print("%s: memory after it: %d MB, at most %d MB" % (a.name, m["VmRSS"], m["VmHWM"]))
        print("%s: first page: %.1f kB over the wire with all that it names" % (a.name, wire(a.url, "/", set()) / 1000))
    except Off as e:
        print("bench_http: %s" % e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
