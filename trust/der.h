/* DER (ITU-T X.690, 10): a strict look at bytes before any library decodes them. */
#ifndef TRUST_DER_H
#define TRUST_DER_H

#include "base/slice.h"

enum { DER_DEPTH_MAX = 24 };

/* Takes one element off s: its content, and the whole of it (may be NULL). Definite, shortest lengths; false otherwise, or when the tag is
 * another. */
bool der_take(struct slice *s, uint8_t tag, struct slice *content, struct slice *whole);
/* One element and nothing behind it, all through: definite, shortest lengths; low tag numbers; booleans 0 or 0xff; shortest integers; bit
 * strings with their unused bits 0; no deeper than DER_DEPTH_MAX. What octet strings hold is not looked into. */
bool der_strict(struct slice s);

#endif
