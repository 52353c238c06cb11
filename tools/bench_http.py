"""Company openings a second over HTTP: several processes, each with its own signed-in applicant and officers, file, claim
and decide until the time is over. The papers are left to the server's workers, which run meanwhile.

    bench_http.py --url URL --signins FILE --seconds N [--processes N] [--name TEXT]
"""
import argparse
import multiprocessing
import random
import sys
import time

from walk import Off, Options, Walk
from walk_form import Filler

SIGNS = "星辰云海松竹梅兰金玉明辉瑞祥泰安"


def trade_name(number):
    out = "启"
    while number:
        out += SIGNS[number % 16]
        number //= 16
    return out


class Opening(Walk):
    """A walk without the showing, over and over with the same signed-in parties."""

    def begin(self):
        self.applicant = self.party(self.who)
        self.service = self.applicant.get("/services/" + self.o.service)
        listed = self.applicant.get("/departments")
        self.all_departments = listed["items"] if isinstance(listed, dict) else listed
        form = self.applicant.get("/services/%s/form" % self.o.service)
        filler = Filler(form["schema"], self.attach, self.o.rng)
        data, self.town = self.answers()
        self.data = filler.object(form["schema"], self.strip_papers(form["schema"], {**data, **(form.get("data") or {})}, filler))

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


def run(url, signins, index, processes, seconds, pipe):
    w = Opening(Options(url, signins, say=lambda line: None, seed=index))
    people = w.o.people["persons"]
    w.who = people[index % len(people)]["login"]
    done, errors, numbers = 0, "", index
    try:
        w.begin()
        pipe.send("ready")
        pipe.recv()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            numbers += processes
            w.once(random.getrandbits(24) * processes + index + 16)
            done += 1
    except (Off, KeyError) as e:
        errors = "%s: %s" % (type(e).__name__, e)
    pipe.send((done, errors))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--url", required=True)
    p.add_argument("--signins", required=True)
    p.add_argument("--seconds", type=int, default=20)
    p.add_argument("--processes", type=int, default=4)
    p.add_argument("--name", default="")
    a = p.parse_args()
    pipes = []
    for i in range(a.processes):
        here, there = multiprocessing.Pipe()
        multiprocessing.Process(target=run, args=(a.url, a.signins, i, a.processes, a.seconds, there), daemon=True).start()
        pipes.append(here)
    first = [pipe.recv() for pipe in pipes]
    errors = [x[1] for x in first if x != "ready"]
    total, start = 0, time.monotonic()
    if not errors:
        for pipe in pipes:
            pipe.send("go")
        for pipe in pipes:
            done, error = pipe.recv()
            total += done
            if error:
                errors.append(error)
    took = time.monotonic() - start
    print("%s: HTTP openings/s %.1f (%d openings, %d clients on this same machine, each with the applicant and all officers)" % (
        a.name, total / max(took, 0.001), total, a.processes))
    for e in errors:
        print("bench_http: " + e, file=sys.stderr)
    return 1 if errors or not total else 0


if __name__ == "__main__":
    sys.exit(main())
