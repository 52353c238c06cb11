/* What the files of base/identifier*.c share; nobody else includes it. */
#ifndef BASE_IDENTIFIER_SHAPE_H
#define BASE_IDENTIFIER_SHAPE_H

#include "base/identifier.h"

enum { ID_PATTERNS = 5 };
#define ECERT_ROOT "1.2.156.3005.2."

struct id_shape {
    const char *name;
    const char *title[2];                  /* by enum lang */
    const char *patterns[ID_PATTERNS];     /* one a length, shortest first; letters: see check_character() */
    unsigned char parts[IDENTIFIER_PARTS]; /* lengths of the parts; a check character of a part follows it */
};
extern const struct id_shape ID_SHAPES[ID_KIND_COUNT];

/* "19491231" */
bool compact_date(struct slice s, day *out);
/* Takes an e-certificate id apart: type, issuer, serial, version, check. False: *bad is the first wrong part. */
bool ecert_parts(struct slice value, struct slice part[5], size_t *bad);
/* Its parts but the check, joined without dots. */
struct slice ecert_plain(struct arena *a, const struct slice part[4]);

#endif
