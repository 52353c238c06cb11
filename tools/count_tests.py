"""Counts of a meson test run (count_tests.py BUILD/meson-logs/testlog.json): "passed failed skipped" on one line.

A cmocka program counts as the tests inside it; any other program as one. Then a line for each failed program."""
import json
import re
import sys

INSIDE = re.compile(r"^\[  (PASSED|SKIPPED|FAILED)  \] (\d+) test\(s\)", re.M)
INSIDE_SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) test\(s\)", re.M)
RAN = re.compile(r"^\[==========\].* (\d+) test\(s\) run", re.M)

passed = failed = skipped = 0
bad = []
with open(sys.argv[1], encoding="utf-8") as f:
    for line in f:
        t = json.loads(line)
        result, out = t["result"], (t.get("stdout") or "") + (t.get("stderr") or "")
        inside = {"PASSED": 0, "FAILED": 0}
        for word, n in INSIDE.findall(out):
            if word in inside:
                inside[word] += int(n)
        left = sum(int(n) for n in INSIDE_SKIPPED.findall(out))
        if not RAN.search(out):
            inside = {"PASSED": result in ("OK", "EXPECTEDFAIL"), "FAILED": 0}
            left = result == "SKIP"
        passed += inside["PASSED"]
        skipped += left
        if result not in ("OK", "SKIP", "EXPECTEDFAIL"):
            failed += max(1, inside["FAILED"])
            bad.append("%s: %s" % (t["name"], result))
print(passed, failed, skipped)
for b in bad:
    print(b)
