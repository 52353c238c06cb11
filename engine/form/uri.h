/* URI references (RFC 3986): taking apart, resolving, decoding. Internal to engine/form. */
#ifndef ENGINE_FORM_URI_H
#define ENGINE_FORM_URI_H

#include "base/arena.h"

struct uri {
    struct slice scheme, authority, path, query, fragment;
    bool has_authority, has_query, has_fragment;
};

/* Appendix B's division; never fails. */
struct uri uri_split(struct slice s);
/* Section 5.2.2; base is absolute. The fragment is left out: *fragment takes it, still percent-encoded. */
struct slice uri_resolve(struct arena *a, struct slice base, struct slice reference, struct slice *fragment);
/* %XX undone; false when a % is not followed by two digits or the result is not UTF-8. */
bool uri_decode(struct arena *a, struct slice s, struct slice *out);

#endif
