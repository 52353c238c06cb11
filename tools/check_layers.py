#!/usr/bin/env python3
"""Includes may only point downwards: app -> {http, areas} -> city -> {engine, store, trust} -> base.
Areas never include each other. Prints one line a violation; exit 1 if there is any."""

import re
import sys

import source

MAY_INCLUDE = {
    "base": {"base"},
    "engine": {"engine", "base"},
    "store": {"store", "base"},
    "trust": {"trust", "base"},
    "city": {"city", "engine", "store", "trust", "base"},
    "areas": {"areas", "city", "engine", "store", "trust", "base"},
    "http": {"http", "city", "base", "web"},
}
ALL = set(source.ROOMS) | {"web"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def area_of(path):
    """areas/01_x/file.c is of 01_x; a file directly in areas/ belongs to none: it is the table of all."""
    parts = path.split("/")
    return parts[1] if parts[0] == "areas" and len(parts) > 2 else None


def problem(path, target):
    room, other = source.room_of(path), target.split("/", 1)[0]
    if "/" not in target or other not in ALL:
        return f'"{target}": write includes from the root, as "room/file.h"'
    allowed = MAY_INCLUDE.get(room, ALL)
    if other not in allowed:
        return f'"{target}": {room}/ may include {", ".join(sorted(allowed))} only'
    mine, theirs = area_of(path), area_of(target)
    if mine and theirs and mine != theirs:
        return f'"{target}": areas never include each other; share through the exchange'
    return None


def main():
    bad = 0
    for path in source.files(".c", ".h"):
        if not source.room_of(path):
            continue
        text = source.bare(source.read(path), keep_strings=True)
        for match in INCLUDE.finditer(text):
            what = problem(path, match.group(1))
            if what:
                bad += 1
                print(f"{path}:{source.line_of(text, match.start())}: include {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
