/* Services that talk to each other (test/city/flow): a loan that asks the credit office, stalls that hear that their market closes, a round
 * that begins each day. For tests of messages, signals and starts between cases. */
#ifndef TEST_CITY_FLOW_H
#define TEST_CITY_FLOW_H

#include "test/city/works.h"

#define NUMBER(f, sql) store_test_number((f), sql)

/* works_open, with the six services installed. */
void flow_open(struct works *w, struct store_fixture *f);
/* Files for x; data: its form as JSON. w->service is this one from now on. */
struct id flow_file(struct works *w, const struct actor *x, const char *service, const char *data);
/* The worker, until it finds nothing that is due now. */
void flow_bring(struct works *w);
/* What is in the tables is what the journal says. */
void flow_same_again(struct works *w);
/* The newest case of the service. */
struct id flow_case_of(struct works *w, const char *service);
const struct json *flow_vars(struct works *w, struct id id);

#endif
