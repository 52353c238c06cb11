/* Private to city/log. */
#ifndef CITY_LOG_INTERNAL_H
#define CITY_LOG_INTERNAL_H

#include "city/log/log.h"

/* Reads one tile of the database as it is. CODE_NOT_FOUND. */
extern const struct stmt LOG_TILE_READ; /* (level, idx) -> width, data, first_id, last_id */

/* ---- checkpoint.c ---- */
struct log_signed {
    struct slice note;     /* the log's own signature only */
    struct slice cosigned; /* empty: not published */
    struct log_size head;
};
/* The latest that was signed; note empty: none yet. */
MUST result log_signed_last(struct city *c, struct arena *a, struct log_signed *out);
/* Has the head signed and keeps it. CODE_LOG_ROLLED_BACK: the signer has signed more, or otherwise. */
MUST result log_sign(struct city *c, struct arena *a, const struct log_state *s, instant now, struct log_signed *out);
/* Keeps the cosigned note as what is published from now on. */
MUST result log_publish(struct city *c, struct arena *a, const struct log_signed *s, struct slice cosigned,
                        instant now);

/* ---- witnesses.c: what the policy's witnesses say to a checkpoint ---- */
struct log_witness {
    struct tlog_witness w;
    uint64_t knows;    /* size that it cosigned last, as far as we know */
    int64_t not_until; /* monotonic ms: it failed a moment ago */
    int failures;
    struct slice line; /* its cosignature of the checkpoint at hand; empty: none yet */
};
struct log_witnesses {
    struct arena *a; /* of the lines */
    struct log_witness *list;
    size_t n;
    uint64_t size; /* of the checkpoint that the lines are of */
};
/* Asks those that have not cosigned yet, all at once. CODE_LOG_ROLLED_BACK: one has seen a larger tree; CODE_LOG_FORK: one has seen
 * another tree. Others that fail are asked again later. *lines: what there is by now. */
MUST result log_witnesses_ask(struct log_witnesses *x, struct city *c, struct arena *a, const struct log_signed *s,
                              struct slice *lines);
int64_t log_monotonic_ms(void);

#endif
