/* Facts: what a case event records. An event's payload is {"e": engine state, "v": changed variables, "d": names of removed
 * ones, "f": [facts]}, encrypted under the case's key. Every projection is a fold of facts, by the same code when the command is
 * carried out and when `tongban admin rebuild` replays the journal; so the two are equal by construction,
 * and a rebuild runs no engine, no FEEL and no verb. */
#ifndef CITY_CASES_FACTS_H
#define CITY_CASES_FACTS_H

#include "city/cases/row.h"

/* Where a fact is folded to: the case in memory, and through `d` the other tables. */
struct fold {
    const struct city *city;
    struct decision *d;
    struct case_row *c;
    const struct data_key *key;
    struct id actor;
    instant at;
};
/* One fact. Unknown facts are CODE_INTERNAL: a journal this program cannot read must not be folded. */
MUST result fact_fold(struct fold *f, const struct json *fact);

/* Payload of an event: the variables as the difference between before (NULL: none) and after. */
struct slice event_seal(struct arena *a, const struct data_key *key, int64_t seq, struct slice engine,
                        const struct json *before, const struct json *after, const struct json *facts);
/* Bound to its place in the journal: moved or copied to another it does not open. */
MUST result event_open(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload,
                       const struct json **out);
/* The same without reading it, with its origin: how the ciphertext was made that the event had first (payload.c). */
MUST result event_plain(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload,
                        struct slice *plain, struct slice *origin);
/* Whether it has the length of one. */
bool event_origin_good(struct slice origin);
/* The origin with the key in it, so that it holds under a later key too; payload: the box that it is of. */
struct slice event_origin_proven(struct arena *a, const struct data_key *key, struct slice payload,
                                 struct slice origin);
/* A payload of this text and origin; for an origin without a key the first ciphertext, byte for byte. */
struct slice event_seal_from(struct arena *a, const struct data_key *key, int64_t seq, struct slice plain,
                             struct slice origin);
/* The ciphertext that the event had first, byte for byte: what the log committed to. */
struct slice event_first(struct arena *a, const struct data_key *key, int64_t seq, struct slice plain,
                         struct slice origin);
MUST result event_logged(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload,
                         struct slice *out);
/* The payload under the key that seals now, with its origin. */
MUST result event_move(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload,
                       struct slice *out);
/* The variables after an opened event. */
const struct json *event_vars(struct arena *a, const struct json *before, const struct json *event);

#endif
