/* What each case took: one row (case_measure) when it ends, and their sums by month, service, department and town (case_month), from
 * which the indicators are computed.
 *
 * Both are projections. The row is a fold of the case's journal, written with the event that ends the case; it is here because only
 * the fold sees these counts, and because a rebuild must give them again. The sums are not written with the case: all that end in
 * one month would wait for one row. Instead a row is new until `measures_roll` adds it, and the view case_month_now is the sums
 * together with what is new; so a figure is exact at every moment, whenever the worker comes. */
#ifndef CITY_CASES_MEASURE_H
#define CITY_CASES_MEASURE_H

#include "city/cases/row.h"

/* Columns of case_month_now behind (month, service, department, town), several rows to a key: they are summed. month: yyyymm of the civil day on which the case ended.
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
/* The sums anew from all rows; of a rebuild, or after many cases were brought in at once. */
MUST result measures_again(struct tx *tx, struct arena *a);
/* How many sums differ from what all rows give. */
MUST result measures_compare(struct tx *tx, struct arena *a, int64_t *differences);

#endif
