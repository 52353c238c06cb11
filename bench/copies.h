/* A city grown by copies: what stands in the tables of one case is read once and written again as other cases, each under an id, a number
 * and a key of its own, so that every copy can be listed, found and opened as if the engine had made it. */
#ifndef BENCH_COPIES_H
#define BENCH_COPIES_H

#include "bench/recorder.h"
#include "city/city.h"

enum { MOULD_ROWS = 24 };

struct mould_row {
    const struct stmt *insert;
    const struct sql_value *v;
    size_t n;
    int table;
};
struct mould {
    struct city *city;
    struct id case_id;
    struct data_key key;
    struct slice number;
    instant filed_at;
    struct mould_row rows[MOULD_ROWS];
    size_t n;
    struct slice vars, content;      /* opened; empty: not there */
    const struct mould *unfolded;    /* of a folded case: its rows before, which its digest is of */
    struct slice plain[8], nonce[8]; /* of its events */
    size_t nevents;
};
/* Reads the case's rows; `unfolded`: the same case's mould before it was folded, or NULL. All in `a`. The tables: data_key, case_file,
 * case_measure, case_task, case_event, case_archive, inbox, and idempotency under idem_key (empty: left out). */
void mould_read(struct mould *m, struct arena *a, struct city *c, struct id case_id, struct slice idem_key,
                const struct mould *unfolded);

struct copy {
    struct id id, subject;
    int64_t serial; /* in its number; below 10^12 */
    instant at;     /* filed; all instants of the columns move with it */
};
/* The rows of one copy, at most MOULD_ROWS, which point into *c. Returns how many. */
size_t mould_copy(const struct mould *m, struct arena *a, const struct copy *c, struct recorded *out);
/* UUID version 7 of this instant; unique by `serial` and `kind`. */
struct id copy_id(instant at, int64_t serial, uint8_t kind);
/* ?1 due, ?2 set, of a case; id made by copy_id. */
struct recorded copy_timer(struct arena *a, struct id id, struct id case_id, instant due, instant now);

#endif
