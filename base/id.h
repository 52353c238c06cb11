/* 128-bit time-ordered ids (UUID version 7, RFC 9562): primary keys everywhere. What is public (QR codes,
 * links) is a separate random token, never an id. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/time.h"

struct id {
    uint8_t b[16];
};

static const struct id ID_NONE = {{0}};
static inline bool id_eq(struct id x, struct id y) { return memcmp(x.b, y.b, 16) == 0; }
static inline bool id_is_none(struct id x) { return id_eq(x, ID_NONE); }

/* Unique and, within a process, increasing (a counter follows the millisecond). Thread-safe. */
struct id id_new(instant now);
struct slice id_text(struct arena *a, struct id v); /* 36 characters, lower case */
MUST result id_parse(struct arena *a, struct slice text, struct slice field, struct id *out);
bool id_scan(struct slice text, struct id *out);
/* The 16 bytes; the slice points into *v. */
static inline struct slice id_bytes(const struct id *v) { return (struct slice){(const char *)v->b, 16}; }
bool id_from_bytes(struct slice s, struct id *out);

/* Fills p with n bytes of the system's randomness (getrandom); ends the process if there is none. */
void random_bytes(void *p, size_t n);
/* A public token: n random bytes in base64url without padding. */
struct slice random_token(struct arena *a, size_t n);
/* 0..15, or -1 when c is no hexadecimal digit. */
int hex_digit(char c);
/* Lower-case hex. Decoders take exactly the canonical text (hex: either case) and refuse all else. */
struct slice hex_encode(struct arena *a, struct slice s);
bool hex_decode(struct arena *a, struct slice s, struct slice *out);
struct slice base64_encode(struct arena *a, struct slice s);
bool base64_decode(struct arena *a, struct slice s, struct slice *out);
struct slice base64url_encode(struct arena *a, struct slice s);
bool base64url_decode(struct arena *a, struct slice s, struct slice *out);

#endif
