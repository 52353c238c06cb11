/* Regular expressions of XPath 3.1 (as FEEL wants them) on PCRE2, with bounds on time and memory. */
#ifndef ENGINE_DECISION_REGEX_H
#define ENGINE_DECISION_REGEX_H

#include "engine/decision/eval.h"

struct regex;
/* Compiled for the pattern and flags (s m i x q); NULL: malformed, noted as warning. Kept for the evaluation. */
struct regex *regex_get(struct machine *m, struct slice pattern, struct slice flags);
/* The first match at or after `from`; false: none, or a bound was passed. groups: pairs of offsets, SIZE_MAX unset. */
bool regex_find(struct machine *m, struct regex *r, struct slice s, size_t from, const size_t **groups, size_t *n);

#endif
