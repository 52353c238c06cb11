/* Private to the archive: a closed case's journal and tasks as one compact value, and back.
 *
 * Content, before it is sealed under the case's key:
 *   varint  format (1)
 *   varint  length of `blobs`, and of `rows` before compression
 *   blobs   each distinct one once: varint length, bytes. Ids, hashes and nonces, which do not compress
 *   rows    raw deflate (RFC 1951) with the preset dictionary of the service's version: varint base (the first event's instant),
 *           then two lists, events and tasks: varint how many, then their columns, each a tag and a value:
 *             0 NULL   1 integer (zigzag varint)   2 text (varint length, bytes)   3 blob (varint index)   4 base + varint
 * An event's payload stands there as it was before it was sealed, with its origin (payload.c): so its ciphertext can be made again, byte
 * for byte, and what is read is the journal as it was, not a retelling. varint: LEB128. */
#ifndef CITY_CASES_ARCHIVE_CODEC_H
#define CITY_CASES_ARCHIVE_CODEC_H

#include "city/city.h"

enum {
    ARCHIVE_EVENT_COLUMNS = 8
}; /* of case_event: seq, at, kind, actor, idem, body_hash, payload_ct; case_id is not one */
enum { EV_SEQ, EV_AT, EV_KIND, EV_ACTOR, EV_IDEM, EV_HASH, EV_ORIGIN, EV_PLAIN, EV_PAYLOAD = EV_ORIGIN };
enum { ARCHIVE_TASK_COLUMNS = 17 };
/* The columns that are kept of case_task, in their order; case_id stands before them. */
#define ARCHIVE_TASK                                                                                                                    \
    "token, node, step, kind, service, department, role, town, status, assignee, assignee_name, opened_at, due_at, closed_at, outcome," \
    " urged, escalated_at"
#define ARCHIVE_EVENT "seq, at, kind, actor, idem, body_hash, payload_ct"

/* The most that a case's journal may take before compression; a larger one stays in its rows. */
#define ARCHIVE_MAX (16 * 1024 * 1024)

/* events: rows of ARCHIVE_EVENT_COLUMNS with origin and plain text in the places of EV_ORIGIN and EV_PLAIN; base: an instant. */
MUST result archive_pack(struct arena *a, const struct rows *events, const struct rows *tasks, int64_t base,
                         struct slice dictionary, struct slice *out);
/* CODE_CASE_ARCHIVE when it is not such a content. */
MUST result archive_unpack(struct arena *a, struct slice content, struct slice dictionary, struct rows *events,
                           struct rows *tasks);
bool archive_same_rows(const struct rows *x, const struct rows *y);
/* SHA-256 of the journal's rows as they stood in case_event at first (ARCHIVE_EVENT): each value with its type and length, behind the
 * case's id. What a log of the city commits to. */
struct slice archive_digest(struct arena *a, struct id case_id, const struct rows *events);

/* The words of a journal, for the dictionary that others are compressed with: names of members and of the definition's own
 * elements. What a person said or is called is left out: a text is kept only where it stands in `definition`, and of variables and
 * values only the names. Appended to b while there is room. */
void archive_words(struct buf *b, const struct json *event, struct slice definition);

#endif
