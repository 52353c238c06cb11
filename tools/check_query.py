#!/usr/bin/env python3
"""Query parameters of the endpoints: each file reads what it declares and declares what it reads (.query of struct endpoint)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def faults(text):
    """Of one file's text: parameters read and not declared, or declared and not read."""
    read = set(re.findall(r'request_query\(q, "(\w+)"\)', text))
    if "request_page(" in text:
        read |= {"limit", "cursor"}
    declared = set()
    if re.search(r"\.query = QUERY_PAGE\b", text):
        declared |= {"limit", "cursor"}
    if re.search(r"\.query = (?:[A-Z]+_)?QUERY\b", text):
        declared |= set(re.findall(r'\{\s*\.name = "(\w+)"', text))
        declared |= {n for n, m in (("limit", "QUERY_LIMIT"), ("cursor", "QUERY_CURSOR")) if re.search(m + r",", text)}
    return [f"reads {n} without declaring it" for n in sorted(read - declared)] + [
        f"declares {n} and does not read it" for n in sorted(declared - read)
    ]


def main():
    bad = seen = 0
    for path in sorted([*ROOT.glob("http/endpoints/**/*.c"), *ROOT.glob("areas/**/*.c")]):
        text = path.read_text(encoding="utf-8")
        if "const struct endpoint EP_" not in text:
            continue
        seen += 1
        for f in faults(text):
            print(f"{path.relative_to(ROOT)}: {f}")
            bad += 1
    if not seen:
        print("no endpoints found")
    return 1 if bad or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
