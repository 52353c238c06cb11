#!/usr/bin/env python3
"""Functions that are not called here. Prints one line a call; exit 1 if there is any."""

import re
import sys

import source

# name -> why, or what instead
EVERYWHERE = {
    **dict.fromkeys("strcpy strcat strncpy strncat stpcpy gets strtok strtok_r".split(),
                    "text is pointer + length: slice, arena_copy, buf"),
    **dict.fromkeys("sprintf vsprintf".split(), "arena_printf or buf_printf"),
    **dict.fromkeys("atoi atol atoll atof".split(), "slice_int64 tells bad input from 0"),
    **dict.fromkeys("system popen".split(), "no shell"),
    "alloca": "no unbounded stack",
    **dict.fromkeys("rand srand random srandom drand48".split(), "random_bytes"),
    **dict.fromkeys("tmpnam mktemp tempnam".split(), "mkstemp"),
    **dict.fromkeys("localtime gmtime ctime asctime".split(), "base/time.h: the city's civil time, thread-safe"),
}
# Memory goes with its arena: see base/arena.h
NO_FREE = {"free": "memory goes with its arena; register a cleanup for a library's handle"}
# The engine gives the same output for the same input
PURE = dict.fromkeys("time clock_gettime gettimeofday time_system getrandom random_bytes random_token id_new getenv fopen "
                     "socket".split(), "the engine is pure: no I/O, clock or randomness of its own")

ROOM_RULES = {"http": [NO_FREE], "areas": [NO_FREE], "city": [NO_FREE], "engine": [NO_FREE, PURE]}
CALL = re.compile(r"(?<![\w.>])([A-Za-z_]\w*)[ \t]*\(")


def banned_in(path):
    rules = dict(EVERYWHERE)
    if not source.is_test(path):
        for more in ROOM_RULES.get(source.room_of(path), []):
            rules.update(more)
    return rules


def main():
    bad = 0
    for path in source.files(".c", ".h"):
        rules = banned_in(path)
        text = source.bare(source.read(path))
        for match in CALL.finditer(text):
            why = rules.get(match.group(1))
            if why:
                bad += 1
                print(f"{path}:{source.line_of(text, match.start())}: {match.group(1)}(): {why}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
