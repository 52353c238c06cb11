/* The archive (归档): a closed case's journal, folded some time after its end into one row, so that what a city keeps for thirty
 * years grows by a few hundred bytes a case.
 *
 * Folded go the rows of case_event and case_task, and of case_file the engine's state and the variables, which the journal gives.
 * Everything that can be asked of a case is answered from there as before; a command on a folded case (a licence that ends, a review)
 * first puts its rows back, and the next round folds it anew. One row is one transaction: a case is always either here or there.
 *
 * What is kept is the journal itself, byte for byte (archive_codec.h), sealed under the case's key, with the digest of its rows as they
 * stood in case_event. Every reading makes those rows again and compares the digest. A case whose key is destroyed is not folded: nobody
 * can read what it says; folded before, it is lost with its key as its rows would be. */
#ifndef CITY_CASES_ARCHIVE_H
#define CITY_CASES_ARCHIVE_H

#include "city/cases/row.h"

/* Days from the end of a case to its folding, where the operator says nothing: by then the six months in which an action can be
 * brought (行政诉讼法 art. 46) are over. */
#define ARCHIVE_AFTER 180
/* Not earlier: the desk counts what was done in the last 90 days (docs/api.md). */
#define ARCHIVE_AFTER_LEAST 90

struct archive_at { /* where a pass through the cases stands; zeroed at first */
    instant ended;
    struct id id;
};
/* Worker: folds up to n cases that are due, each a unit of its own, committed together. *looked: how many were looked at, 0 at the
 * end of a pass; a case that cannot be folded yet (not in the sums, a letter not made, a key destroyed) is passed over until the next one. */
MUST result case_archive_run(struct city *c, struct arena *a, instant now, size_t n, struct archive_at *at,
                             size_t *looked);
/* Puts the rows of a folded case back; nothing when it is not folded. */
MUST result case_unfold(struct city *c, struct arena *a, struct id case_id);

/* ---- reading ---- */
enum { ARCHIVED_SEQ, ARCHIVED_AT, ARCHIVED_KIND, ARCHIVED_ACTOR, ARCHIVED_IDEM, ARCHIVED_HASH, ARCHIVED_PAYLOAD };
struct archived {
    bool there;
    struct rows events; /* ARCHIVE_EVENT: as in case_event */
    struct rows
        logged;        /* the same with the ciphertexts that the events had first: what the log and the digest are of */
    struct rows tasks; /* ARCHIVE_TASK: as in case_task */
};
/* CODE_CASE_ARCHIVE: what is kept does not give the journal whose digest stands beside it. */
MUST result archive_read(struct city *c, struct arena *a, struct id case_id, const struct data_key *key,
                         struct archived *out);
/* The same in a transaction (a rebuild). */
MUST result archive_read_tx(struct tx *tx, struct arena *a, struct id case_id, const struct data_key *key,
                            struct archived *out);
/* The state and the variables of a folded case, which its row has no more. */
MUST result archive_fill(struct arena *a, const struct data_key *key, const struct archived *x, struct case_row *c);
/* Who had a task of the folded case: rows of (department, role, town, assignee, 1: completed it); none when it is not folded. Readable without the
 * case's key, as the tasks were. */
MUST result archive_staff(struct city *c, struct arena *a, struct id case_id, struct rows *out);

/* case_file of a folded case: no state, no variables (?1 id). */
extern const struct stmt ARCHIVE_BARE;
extern const struct stmt ARCHIVE_TASKS_GO; /* ?1 case */

#endif
