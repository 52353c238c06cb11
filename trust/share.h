/* A share of the recovery secret as an officer keeps it on paper. Four lines are typed, each with two check characters, so that a mistake is found in its
 * line:
 *
 *   city: 示例市
 *   set: 4f1c09aa
 *   made: 2026-11-27
 *   share: 2 of 5, any 3 recover
 *   officer: 李四
 *   1 0G3M 2X9K … 7Q        20 characters of base 32 (no I, L, O, U; read as 1, 1, 0 when typed), then the two
 *
 * The four hold 50 bytes: version 1 | set (4) | day (3, since 1970) | need | count | number | value (32) | the first 7 of SHA-256 over all before. */
#ifndef TRUST_SHARE_H
#define TRUST_SHARE_H

#include "trust/crypto.h"

enum { SHARE_SET_BYTES = 4, SHARE_LINES = 4, SHARE_LINE_CHARS = 22, SHARE_TEXT_MAX = 64 << 10 };
#define SHARE_QR "TONGBAN-SHARE:" /* before the four lines without spaces, in the QR code */

struct share {
    uint8_t set[SHARE_SET_BYTES]; /* random: of this splitting of this city's secret */
    day made;
    unsigned need, count, number; /* 2 <= need <= count <= 99; number from 1 */
    uint8_t value[CRYPTO_KEY_BYTES];
    struct slice city, officer; /* in words; when read: as the text has them, or empty */
};
/* "4f1c09aa" */
struct slice share_set_text(struct arena *a, const uint8_t set[SHARE_SET_BYTES]);
/* The lines as above, with a newline each. */
struct slice share_write(struct arena *a, const struct share *s);
/* SHARE_QR and the 88 characters. */
struct slice share_qr(struct arena *a, const struct share *s);
/* Line `number` (1 to 4), with or without its number before it: 20 checked characters in capitals. CODE_SIGNER_SHARE: mistyped. */
MUST result share_line(struct arena *a, unsigned number, struct slice text, char out[20]);
/* From lines in this form, other lines between them, or from what the QR code holds. CODE_SIGNER_SHARE names the line; also when the words around the
 * four lines say other than they do. */
MUST result share_parse(struct arena *a, struct slice text, struct share *out);

#endif
