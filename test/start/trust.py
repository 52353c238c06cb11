"""What a visitor is shown: papers verify anywhere, edits behind the city's back are noticed. tools/demo_trust.py is run as they would run it; it
ends with 1 when a paper does not verify, when an edit goes unnoticed, and when what was edited is not named."""
import os
import subprocess
import sys
import tempfile

from lib import BIN, PATIENCE, ROOT, check, environment, same, test
from transparency import WITNESS


def build_folder(top):
    """As `make build` leaves it."""
    build = os.path.join(top, "build")
    os.mkdir(build)
    for name, program in (("tongban", BIN), ("tongban-witness", WITNESS)):
        os.symlink(os.path.realpath(program), os.path.join(build, name))
    return build


def shown(build, lang):
    call = [sys.executable, os.path.join(ROOT, "tools", "demo_trust.py"), "--build", build, "--lang", lang]
    return subprocess.run(call, capture_output=True, text=True, timeout=PATIENCE * 5, env=environment())


@test
def papers_verify_anywhere_and_edits_are_noticed():
    with tempfile.TemporaryDirectory(prefix="tb-trust-") as top:
        r = shown(build_folder(top), "en")
        same(r.returncode, 0, r.stdout[-1500:], r.stderr[-500:])
        lines = [line.strip(" │") for line in r.stdout.splitlines()]
        for name in ("signature", "signer", "revocation", "time", "document", "references", "seal", "maker", "seal_period", "coverage", "log"):
            check(any(line.startswith("✓ " + name + " ") for line in lines), "not shown:", name)
        check(any("cosigned by 3 of 3 witnesses (2 needed)" in line for line in lines), "no cosignatures")
        same([line for line in lines if line.startswith("exit status")], ["exit status 0"] + ["exit status 1"] * 4)
        named = {line.split()[1] for line in lines if line.startswith(("changed ", "entry "))}
        same(len(named), 1, named)
        check(lines[-1].endswith("(%s)" % named.pop()), lines[-1])


@test
def the_demonstration_fails_when_nothing_is_noticed():
    """With an auditor that always finds all well, the script must not say that it was noticed."""
    with tempfile.TemporaryDirectory(prefix="tb-trust-") as top:
        build = build_folder(top)
        os.remove(os.path.join(build, "tongban"))
        with open(os.path.join(build, "tongban"), "w", encoding="utf-8") as f:
            f.write('#!/bin/sh\ncase "$*" in *"log audit"*) echo "all is well"; exit 0;; esac\nexec %s "$@"\n' % os.path.realpath(BIN))
        os.chmod(os.path.join(build, "tongban"), 0o755)
        r = shown(build, "zh")
        same(r.returncode, 1, r.stdout[-800:])
        check("log audit: exit 0, not 1" in r.stderr, r.stderr[-500:])
