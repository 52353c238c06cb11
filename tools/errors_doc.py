#!/usr/bin/env python3
"""Writes docs/errors.md from base/errors.def; with --check says whether it is up to date (exit 1 if not)."""

import os
import re
import sys

import source

PATH = "docs/errors.md"
STRING = r'"((?:\\.|[^"\\])*)"'
ENTRY = re.compile(r"E\(\s*(\w+)\s*,\s*" + STRING + r"\s*,\s*(\d+)\s*,\s*" + r"\s*,\s*".join([STRING] * 4) + r"\s*\)", re.S)
ITEM = re.compile(r"/\*(.*?)\*/|^E\(", re.S | re.M)

HEAD = """# Errors / 错误

Every refusal of the HTTP interface and the command line carries one of these codes. A code is part of the interface:
it keeps its meaning and is never used for another. Words in {braces} are filled in. This page is generated from
`base/errors.def` by `tools/errors_doc.py`.

接口与命令行的每一次拒绝都带有下列代码之一。代码属于接口的一部分，含义不变，也不会挪作他用。{花括号}内为实际内容。
"""


def plain(literal):
    return literal.replace('\\"', '"').replace("\\\\", "\\").replace("|", "\\|").replace("<", "&lt;")


def sections(text):
    """(title, entries) for each comment that has entries behind it; the first comment is the file's own."""
    found, first = [], True
    for match in ITEM.finditer(text):
        if match.group(1) is not None:
            if not first:
                found.append((" ".join(match.group(1).split()), []))
            first = False
            continue
        entry = ENTRY.match(text, match.start())
        if not entry:
            line = source.line_of(text, match.start())
            sys.exit(f"base/errors.def:{line}: not E(NAME, \"slug\", status, four texts)")
        if not found:
            found.append(("general", []))
        found[-1][1].append(entry.groups())
    return [s for s in found if s[1]]


def page():
    out = [HEAD]
    for title, entries in sections(source.read("base/errors.def")):
        out.append(f"\n## {title[0].upper()}{title[1:]}\n\n| code | HTTP | 说明 / meaning | 怎么办 / remedy |\n|---|---|---|---|\n")
        for _, slug, status, zh, en, remedy_zh, remedy_en in entries:
            out.append(f"| `{slug}` | {status} | {plain(zh)}<br>{plain(en)} | {plain(remedy_zh)}<br>{plain(remedy_en)} |\n")
    return "".join(out)


def main():
    text = page()
    full = os.path.join(source.ROOT, PATH)
    if "--check" in sys.argv[1:]:
        if os.path.exists(full) and source.read(PATH) == text:
            return 0
        print(f"{PATH}: out of date, run tools/errors_doc.py")
        return 1
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as f:
        f.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
