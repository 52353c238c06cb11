"""The documentation against the tree: what it names as a proof is there, and so are the commands it tells to run."""
import os
import re

from lib import ROOT, City, check, same, test

PROOF = re.compile(r"`((?:[a-z_0-9-]+/)+[a-zA-Z_0-9.-]+)(?:: ([a-z_0-9]+))?`")


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


@test
def security_names_tests_that_exist():
    missing, proofs = [], 0
    for line in text_of("docs/security.md").splitlines():
        if not line.startswith("|"):
            continue
        for path, name in PROOF.findall(line):
            proofs += 1
            if not os.path.exists(os.path.join(ROOT, path)):
                missing.append(path)
            elif name and not re.search(r"^(static void|def) %s\(" % name, text_of(path), re.M):
                missing.append("%s: %s" % (path, name))
    check(not missing, missing)
    check(proofs > 80, proofs)


@test
def operations_names_commands_that_exist():
    calls = set()
    for path in ("docs/operations.md", "docs/operations.zh-CN.md"):
        text = text_of(path)
        calls |= set(re.findall(r"tongban(?: --data \S+)? (serve|check|publish|verify|calendar|id|admin [a-z]+|coverage)", text))
        for key in re.findall(r"^    ([a-z_]+(?:\.[a-z_0-9]+)*) = ", text, re.M):
            with City() as c:
                check(key in c.run("--json", "admin", "config").json(), "no such key in", path, key)
    check({"admin link", "admin rebuild", "admin config", "calendar", "publish"} <= calls, calls)
    with City() as c:
        told = c.run("help").out
        for call in calls:
            check("  " + call in told, "no such command", call)


@test
def every_error_is_documented():
    listed = set(re.findall(r"^\| `([a-z_.0-9]+)` \|", text_of("docs/errors.md"), re.M))
    defined = set(re.findall(r'^E\(\w+, "([a-z_.0-9]+)"', text_of("base/errors.def"), re.M))
    same(sorted(defined - listed), [])
