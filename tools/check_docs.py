"""Checks the documentation: links inside the project resolve (files and headings), pictures exist, every `make` target named
exists, every page in English with a Chinese twin (x.zh-CN.md) has as many headings and code blocks as it. Prints one line a fault."""
import os
import re
import subprocess
import sys

FENCE = re.compile(r"^( *)(```|~~~)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?:^ {4}|`)make ([a-z]+)\b")


def lines_of(path):
    """(line number, text, inside a code block)"""
    inside = False
    with open(path, encoding="utf-8") as f:
        for n, text in enumerate(f, 1):
            if FENCE.match(text):
                inside = not inside
                yield n, text, True
            else:
                yield n, text, inside


def slug(heading):
    text = re.sub(r"[`*_]", "", heading.strip().lower())
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(path):
    return {slug(t.lstrip("#")) for _, t, code in lines_of(path) if t.startswith("#") and not code}


def shape(path):
    rows = list(lines_of(path))
    return (sum(1 for _, t, code in rows if t.startswith("#") and not code), sum(1 for _, t, _ in rows if FENCE.match(t)))


def faults(files, targets):
    for path in files:
        for n, text, code in lines_of(path):
            for target in MAKE.findall(text):
                if target not in targets:
                    yield "%s:%d: make %s: no such target" % (path, n, target)
            for link in [] if code else LINK.findall(text):
                if re.match(r"[a-z]+:", link):
                    continue
                file, _, anchor = link.partition("#")
                to = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
                if not os.path.exists(to):
                    yield "%s:%d: %s: no such file" % (path, n, link)
                elif anchor and to.endswith(".md") and anchor not in anchors(to):
                    yield "%s:%d: %s: no such heading" % (path, n, link)
        twin = path[:-3] + ".zh-CN.md"
        if os.path.exists(twin) and shape(path) != shape(twin):
            yield "%s: %d headings, %d fences, but its Chinese twin has %d and %d" % ((path,) + shape(path) + shape(twin))


def main():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], capture_output=True, text=True, check=True)
    with open("Makefile", encoding="utf-8") as f:
        targets = set(re.findall(r"^([a-z]+):", f.read(), re.M))
    found = list(faults(sorted(p for p in set(files.stdout.split()) if os.path.exists(p)), targets))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
