/* Canonical JSON (RFC 8785, JCS): the one text of a value, so that two parties hash and sign the same bytes. */
#ifndef TRUST_CANONICAL_H
#define TRUST_CANONICAL_H

#include "base/json.h"

#define CANONICAL_MAX (1u << 20)

/* Numbers must be whole and within ±(2^53 - 1): CODE_CANONICAL otherwise (we put no fractions into records, so the
 * number formatting of JCS is not needed). Keys in the order of their UTF-16 code units. */
MUST result canonical_json(struct arena *a, const struct json *v, struct slice *out);
/* Parses and requires that the text is already canonical. */
MUST result canonical_parse(struct arena *a, struct slice text, struct slice where, const struct json **out);

#endif
