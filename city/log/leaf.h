/* Leaves of the city's log (city/log/log.h): for whoever writes a row of a journal. */
#ifndef CITY_LOG_LEAF_H
#define CITY_LOG_LEAF_H

#include "city/city.h"
#include "trust/log_entry.h"

struct log_source { /* a row of a journal */
    const char *kind;
    struct id key; /* of the case, or of the row itself */
    int64_t seq;   /* of the event in its case; 0 */
    instant at;
    const struct sql_value *values; /* all columns of the row, in the order that its kind fixes */
    size_t n;
};
#define LOG_CASE "case"   /* values: case_id, seq, at, kind, actor, idem, body_hash, payload_ct */
#define LOG_AUDIT "audit" /* values: id, at, actor, actor_kind, action, details */
/* The same for ever: 48 bits of time, then a hash of kind, key and seq (RFC 9562, 5.8). Who knows the row's key finds its entry; nobody else
 * learns from it which entries belong together. */
struct id log_leaf_id(const char *kind, struct id key, int64_t seq, instant at);
void log_row_hash(const struct sql_value *values, size_t n, struct merkle_hash *out);
/* facts: public ones, or NULL. At most 65535 bytes (trust/tlog.h). */
struct slice log_entry(struct arena *a, const struct log_source *s, const struct json *facts);
/* What of an event's facts is public: {"document": SHA-256, "kind": …} of each paper issued, with "original" (SHA-256 of its OFD) where it
 * has one, and the member "public" of any fact, as it is. NULL: nothing. */
const struct json *log_public_facts(struct arena *a, const struct json *facts);
/* One row, in the transaction of the row it commits to. */
void log_write(struct decision *d, const struct log_source *s, const struct json *facts);
MUST result log_write_tx(struct tx *tx, struct arena *a, const struct log_source *s);
#endif
