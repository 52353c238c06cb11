/* Regular expressions of ECMA-262 (as JSON Schema wants, V 6.3.3), run by PCRE2. Internal to engine/form. */
#ifndef ENGINE_FORM_PATTERN_H
#define ENGINE_FORM_PATTERN_H

#include "base/arena.h"

struct pattern; /* immutable, thread-safe; lives in its arena */

/* text: at most 4 KB, with the meaning of the "u" flag. NULL: not a regular expression; *why says what is wrong. */
const struct pattern *pattern_new(struct arena *a, struct slice text, struct slice *why);
/* Whether it occurs anywhere in s. Work is bounded: a match that takes too long counts as none. Adds to *cost what
 * it took, in steps of the validator. */
bool pattern_found(struct arena *a, const struct pattern *p, struct slice s, size_t *cost);

#endif
