#!/usr/bin/env python3
"""A file is one subject, a function fits a screen. Reports files beyond 600 lines and functions beyond 100;
exit 1 only beyond 900 and 150."""

import re
import sys

import source

FILE_REPORT, FILE_FAIL = 600, 900
FUNCTION_REPORT, FUNCTION_FAIL = 100, 150
SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*\([^;{}]*\)[\s\w()]*$")


def functions(text):
    """(name, first line, lines) of each function: a block at the outermost level behind a parenthesis."""
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), source.bare(text), flags=re.M)
    depth, start, head, name = 0, 0, 0, None
    for match in re.finditer(r"[{};]", text):
        c, at = match.group(0), match.start()
        if c == "{":
            if depth == 0:
                signature = SIGNATURE.search(text[head:at].rstrip())
                name, start = (signature.group(1) if signature else None), at
            depth += 1
        elif c == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if name:
                    first = source.line_of(text, start)
                    yield name, first, source.line_of(text, at) - first + 1
                head = match.end()
        elif depth == 0:
            head = match.end()


def report(where, what, lines, limit, fail):
    if lines <= limit:
        return 0
    print(f"{where}: {what} has {lines} lines; {limit} is the aim" + (f", {fail} the limit" if lines > fail else ""))
    return lines > fail


def main():
    bad = 0
    for path in source.files(".c", ".h", ".py", ".sh", ".ts", ".vue", ".js", ".mjs"):
        text = source.read(path)
        bad += report(path, "the file", text.count("\n"), FILE_REPORT, FILE_FAIL)
        if path.endswith((".c", ".h")):
            for name, line, lines in functions(text):
                bad += report(f"{path}:{line}", f"{name}()", lines, FUNCTION_REPORT, FUNCTION_FAIL)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
