/* An e-mail as a request, read from its bytes alone (RFC 5322, MIME: RFC 2045, 2046, 2047, 2231 file names). Bounded in size, depth,
 * parts and text; what is not understood is left out, never guessed. */
#ifndef AREAS_17_HOTLINE_MAIL_H
#define AREAS_17_HOTLINE_MAIL_H

#include "base/result.h"

#define MAIL_MAX (16 * 1024 * 1024) /* bytes of a message */
enum { MAIL_DEPTH = 5, MAIL_PARTS = 60, MAIL_HEADERS = 200, MAIL_FILES = 5, MAIL_TEXT = 4000 /* characters */ };

struct mail_file {
    struct slice name, bytes;
};
struct mail {
    struct slice from_name, from; /* address of the sender; empty when there is none */
    struct slice subject, text;   /* UTF-8 */
    struct mail_file files[MAIL_FILES];
    size_t nfiles;
    size_t left_out; /* files beyond the bounds */
    bool automatic;  /* written by a program (RFC 3834): an answer to it would go round in circles */
};
/* CODE_MAIL_READ: too large, no header, no sender, or nothing said. */
MUST result mail_read(struct arena *a, struct slice bytes, struct mail *out);

#endif
