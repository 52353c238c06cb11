"""Reading C sources for the checks beside this file: which files there are, and their text without comments
and literals (same line numbers, so that what is found can be named)."""

import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOMS = ["base", "engine", "store", "trust", "city", "areas", "http", "app", "test", "bench"]

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>'(?:\\.|[^'\\\n])+')""", re.S)


def files(*endings):
    """Paths from the root of all files that are tracked or could be, with one of the endings."""
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    found = [p for p in out.splitlines() if p.endswith(endings)]
    return [p for p in found if os.path.isfile(os.path.join(ROOT, p))]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def bare(text, keep_strings=False):
    """The text with comments blanked, and (unless kept) what stands between quotes."""

    def blank(match):
        token = match.group(0)
        if match.lastgroup == "comment":
            return re.sub(r"[^\n]", " ", token)
        if keep_strings:
            return token
        return token[0] + " " * (len(token) - 2) + token[-1]

    return TOKEN.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def room_of(path):
    room = path.split("/", 1)[0]
    return room if room in ROOMS else None


def is_test(path):
    name = os.path.basename(path)
    return path.startswith(("test/", "bench/")) or re.search(r"(_test|_fuzz|testing|fuzz_replay|_oracle)\.[ch]$", name)
