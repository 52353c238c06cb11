#!/usr/bin/env python3
"""Do the checks find what they are for? Run by check.sh first, so that silence means something."""

import os
import sys
import tempfile

import check_banned
import check_docs
import check_layers
import check_length
import check_query
import errors_doc
import source


def calls(path, code):
    rules = check_banned.banned_in(path)
    return [m.group(1) for m in check_banned.CALL.finditer(source.bare(code)) if m.group(1) in rules]


def docs(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.md")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return len(list(check_docs.faults([path], {"run"})))


def lengths(code):
    return [(name, lines) for name, _, lines in check_length.functions(code)]


QUERY = 'request_query(q, "a"); request_page(q, &l, &c); .query = QUERY,'

CASES = [
    # query parameters
    (check_query.faults('.query = QUERY_PAGE, request_page(q, &l, &c)'), []),
    (len(check_query.faults('request_page(q, &l, &c)')), 2),
    (check_query.faults('{.name = "a", .x = 1}, QUERY_LIMIT, QUERY_CURSOR, ' + QUERY), []),
    (len(check_query.faults('{.name = "b"}, QUERY_LIMIT, QUERY_CURSOR, ' + QUERY)), 2),
    # layers
    (bool(check_layers.problem("engine/a.c", "store/store.h")), True),
    (bool(check_layers.problem("base/a.c", "city/city.h")), True),
    (bool(check_layers.problem("city/a.c", "areas/areas.h")), True),
    (bool(check_layers.problem("http/a.c", "store/store.h")), True),
    (bool(check_layers.problem("areas/01_x/a.c", "areas/02_y/b.h")), True),
    (bool(check_layers.problem("areas/01_x/a.c", "areas/01_x/b.h")), False),
    (bool(check_layers.problem("areas/table.c", "areas/02_y/b.h")), False),
    (bool(check_layers.problem("city/a.c", "engine/form/form.h")), False),
    (bool(check_layers.problem("app/a.c", "http/http.h")), False),
    (bool(check_layers.problem("city/a.c", "b.h")), True),
    # banned functions: not in comments, strings, members, longer names
    (calls("city/a.c", "/* free(x) */ s->free(y); buf_free(z); x = \"free(q)\"; free (p);"), ["free"]),
    (calls("store/a.c", "free(p); strcpy(a, b); // sprintf(\n"), ["strcpy"]),
    (calls("engine/a.c", "t = time(NULL); u = time_of(x);"), ["time"]),
    (calls("engine/a_test.c", "t = time(NULL); free(p);"), []),
    (calls("store/a.c", "c = '\"'; sprintf(b, x); d = '\\'';"), ["sprintf"]),
    # documentation: files, headings, targets; code is left alone
    (docs("# A b\n[x](a.md#a-b) `make run` [y](https://example.org/)\n```\n[x](no.md)\n```\n"), 0),
    (docs("[x](no.md) [x](a.md#no)\n    make nothing\n"), 3),
    # lengths: functions, not tables or prototypes
    (lengths("int f(int a)\n{\n    if (a) {\n    }\n}\nint t[] = {\n1,\n2};\nstruct s {\nint x;\n};\n"), [("f", 4)]),
    (lengths("#define M(x) do { \\\n } while (0)\nint g(void);\nstatic void *h(int (*cb)(int), char c)\n{\n\n}\n"), [("h", 3)]),
    (lengths("void k(void) __attribute__((noreturn));\nvoid k(void)\n{ }"), [("k", 1)]),
    # documentation of errors
    (errors_doc.sections('/* file */\n/* one */\nE(A, "a.b", 400, "z", "e \\"q\\"", "r", "s")\n'),
     [("one", [("A", "a.b", "400", "z", 'e \\"q\\"', "r", "s")])]),
]


def main():
    bad = 0
    for number, (got, expected) in enumerate(CASES, 1):
        if got != expected:
            bad += 1
            print(f"case {number}: {got!r}, expected {expected!r}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
