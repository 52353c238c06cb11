/* Text and bytes: pointer + length. Never NUL-terminated unless said so. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p; /* UTF-8 text or raw bytes; may be NULL only when n is 0 */
    size_t n;      /* bytes */
};

/* S("literal") is a slice of a string literal. */
#define S(lit) ((struct slice){(lit), sizeof(lit) - 1})
/* printf("%.*s", SLICE_ARG(s)) */
#define SLICE_ARG(s) ((int)(s).n), ((s).p ? (s).p : "")

static inline struct slice slice_of(const char *p, size_t n) { return (struct slice){p, n}; }
static inline struct slice slice_cstr(const char *z) { return (struct slice){z, z ? strlen(z) : 0}; }
static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0));
}
static inline bool slice_is(struct slice a, const char *z) { return slice_eq(a, slice_cstr(z)); }
static inline bool slice_starts(struct slice a, struct slice prefix)
{
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}
static inline bool slice_ends(struct slice a, struct slice suffix)
{
    return a.n >= suffix.n && (suffix.n == 0 || memcmp(a.p + a.n - suffix.n, suffix.p, suffix.n) == 0);
}
/* Byte order comparison, shorter first on a tie: <0, 0, >0. */
int slice_cmp(struct slice a, struct slice b);
/* Part [from, from+n), clamped to the slice. */
struct slice slice_sub(struct slice s, size_t from, size_t n);
/* Without ASCII white space at both ends. */
struct slice slice_trim(struct slice s);
/* Index of the first byte c at or after from; SIZE_MAX when there is none. */
size_t slice_find(struct slice s, char c, size_t from);
/* Index of the first occurrence of needle; SIZE_MAX when there is none. */
size_t slice_search(struct slice s, struct slice needle);
/* Splits at the first byte c: *head gets what stands before, *rest what stands after.
 * Without c: *head is all of s, *rest is empty, and false is returned. */
bool slice_cut(struct slice s, char c, struct slice *head, struct slice *rest);
/* Decimal digits only (with an optional leading '-'), no overflow: true and *out, else false. */
bool slice_int64(struct slice s, int64_t *out);
/* Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool slice_utf8(struct slice s);
/* Length of the longest well-formed beginning: s.n, or the offset of the first bad byte sequence. */
size_t slice_utf8_end(struct slice s);
/* Number of Unicode code points of well-formed UTF-8. */
size_t slice_codepoints(struct slice s);
/* Compares without telling by its duration where the difference is. */
bool slice_eq_secret(struct slice a, struct slice b);

#endif
