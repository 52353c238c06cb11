/* The one result type. A result is either good (problem == NULL) or carries problems; each problem
 * has a code from base/errors.def, which gives its HTTP status, and its text and remedy in both
 * languages. Functions that return a result are declared MUST. */
#ifndef BASE_RESULT_H
#define BASE_RESULT_H

#include "base/arena.h"
#include "base/buf.h"

#define MUST __attribute__((warn_unused_result))

enum code {
    CODE_OK = 0,
#define E(name, slug, status, zh, en, remedy_zh, remedy_en) CODE_##name,
#include "base/errors.def"
#undef E
    CODE_COUNT
};

struct problem_arg {
    const char *key;
    struct slice value;
};

struct problem {
    enum code code;
    struct slice field; /* where: a JSON pointer ("/applicant/uscc"), a file:line, an element id; may be empty */
    const struct problem_arg *args;
    size_t nargs;
    const struct problem *next; /* further problems found in the same input */
};

typedef struct result {
    const struct problem *problem; /* NULL: good. Owned by the arena given to fail(). */
} result;

static inline result ok(void) { return (result){NULL}; }
static inline bool failed(result r) { return r.problem != NULL; }
static inline enum code result_code(result r) { return r.problem ? r.problem->code : CODE_OK; }

/* A problem at `field`; then pairs (const char *key, struct slice value), closed by NULL:
 *   return fail(a, CODE_FIELD_TOO_LONG, path, "limit", S("40"), NULL);
 * Keys fill {key} in the registry's texts. A value that differs by language is given twice, as "key_zh" and
 * "key_en"; the language asked for is taken first, then "key". Keys must outlive a (string literals); field
 * and values are copied into a. */
MUST result fail(struct arena *a, enum code code, struct slice field, ...);
/* Both lists in one, in order (either may be good). */
result result_join(struct arena *a, result first, result second);
/* The same problems under another arena. */
result result_copy(struct arena *a, result r);
/* The same problems with a file's name before the place: "seals.json#/title/zh". */
result result_in_file(struct arena *a, struct slice path, result r);

#define TRY(expr)                                    \
    do {                                             \
        result try_result_ = (expr);                 \
        if (failed(try_result_)) return try_result_; \
    } while (0)

enum lang { LANG_ZH, LANG_EN };

const char *code_name(enum code code);     /* slug, e.g. "field.too_long"; stable, part of the API */
int code_status(enum code code);           /* HTTP status */
enum code code_of_name(struct slice slug); /* CODE_COUNT when there is none */
/* Message / remedy of one problem with its arguments filled in ({field} is always known). */
struct slice problem_text(struct arena *a, const struct problem *p, enum lang lang);
struct slice problem_remedy(struct arena *a, const struct problem *p, enum lang lang);
/* "field: text (remedy)" a line each, for the command line and logs. */
struct slice result_text(struct arena *a, result r, enum lang lang);

#endif
