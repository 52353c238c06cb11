/* DER (ITU-T X.690, 10) written: each function gives one whole element in the arena. The other half of trust/der.h. */
#ifndef TRUST_DER_WRITE_H
#define TRUST_DER_WRITE_H

#include "base/time.h"

enum der_tag {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_PRINTABLE = 0x13,
    DER_IA5 = 0x16,
    DER_UTC_TIME = 0x17,
    DER_TIME = 0x18, /* GeneralizedTime */
    DER_SEQUENCE = 0x30,
    DER_CONTEXT_0 = 0xa0
};

/* Tag, shortest length, content. */
struct slice der_element(struct arena *a, enum der_tag tag, struct slice content);
/* The same around several elements one after another. */
struct slice der_group(struct arena *a, enum der_tag tag, const struct slice *parts, size_t n);
/* 0 .. 2^31 - 1. */
struct slice der_integer(struct arena *a, int32_t v);
/* No unused bits. */
struct slice der_bits(struct arena *a, struct slice content);
/* "YYYYMMDDHHMMSSZ", whole seconds (cut). */
struct slice der_time(struct arena *a, instant t);

#endif
