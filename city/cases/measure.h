/* What each case took: one row (case_measure) when it ends, and their sums (measure_sum), from which the indicators are computed.
 *
 * The sums stand at three levels, each for itself: by month and service; by month, service and department; by month, service and town.
 * What a leader's page asks is one of these, so it reads as many rows as it has services and months, however many cases, departments
 * and towns there are. Nobody asks for a department within a town; so no sum is kept for that, which would be the most rows by far.
 *
 * Both are projections. The row is a fold of the case's journal, written with the event that ends the case; it is here because only
 * the fold sees these counts, and because a rebuild must give them again. The sums are not written with the case: all that end in
 * one month would wait for one row. Instead a row is new until `measures_roll` adds it, and the view measure_sum_now is the sums
 * together with what is new; so a figure is exact at every moment, whenever the worker comes. */
#ifndef CITY_CASES_MEASURE_H
#define CITY_CASES_MEASURE_H

#include "city/cases/row.h"

/* level of measure_sum and measure_sum_now, and what `part` holds there. Compared as a literal, so that the other levels are not looked at. */
#define MEASURE_BY_SERVICE "0"    /* '' */
#define MEASURE_BY_DEPARTMENT "1" /* department */
#define MEASURE_BY_TOWN "2"       /* town */
/* Columns of measure_sum_now behind (level, month, service, part), several rows to a key: they are summed. month: yyyymm of the civil day on which the case ended.
 *   n           decided cases; those below are of these alone
 *   refused     not accepted (不予受理)
 *   withdrawn   taken back, or lapsed
 *   workdays    working days from the day of filing to that of the decision, the first not counted
 *   elapsed_ms  from filing to decision
 *   counted_ms  from acceptance to decision, without the stops of 行政许可法 art. 45
 *   steps       steps of the service that were gone through to a decision
 *   acts        times the applicant had to act: the filing, each correction answered, each task of the applicant's own
 *   visits      of these at a counter: filings at a window or kiosk
 *   papers      files handed in, with the filing and with corrections
 *   fee_fen     fees of the service as published when it was filed
 *   online      cases filed neither at a window nor at a kiosk
 *   late        decided after what was promised */
#define MEASURE_SUMS \
    "n, refused, withdrawn, workdays, elapsed_ms, counted_ms, steps, acts, visits, papers, fee_fen, online, late"

/* The row of a case that has just ended (c->ended); behind the case's own. */
void measure_write(const struct city *city, struct decision *d, const struct case_row *c);
/* Adds what is new to the sums. Any number of processes may do so at once; nothing is added twice. */
MUST result measures_roll(struct city *c, struct arena *a);
/* The same within a transaction. */
MUST result measures_roll_in(const struct city *c, struct tx *tx, struct arena *a);
/* The sums anew from all rows; of a rebuild, or after many cases were brought in at once. */
MUST result measures_again(struct tx *tx, struct arena *a);
/* How many sums differ from what all rows give. */
MUST result measures_compare(struct tx *tx, struct arena *a, int64_t *differences);

#endif
