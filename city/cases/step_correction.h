/* Private to city/cases: a correction of where a case stands, between its files. */
#ifndef CITY_CASES_STEP_CORRECTION_H
#define CITY_CASES_STEP_CORRECTION_H

#include "city/cases/change.h"
#include "city/cases/view.h"

struct correction {
    const struct step_correct *s;
    const struct slice *passed; /* elements entered and left so far */
    size_t npassed;
    struct slice record; /* what is signed */
    const struct json *signature;
};
/* Elements of a called process stand in the path with a stroke in front. */
bool in_call(struct slice passed, struct slice id);
/* Head, or corrector, there. */
bool corrects(const struct actor *x, struct slice department, struct slice town);
MUST result correction_open(struct city *c, struct arena *a, struct id case_id, instant now,
                            const struct step_correct *s, struct view *v, struct correction *out);
struct run correction_run(struct case_command *k, struct correction *x, struct case_done *out);
/* Every check, and what the engine makes of it; nothing is written. */
MUST result correction_play(struct run *r, const struct correction *x, const struct process_node **from,
                            struct process_outcome *o);

#endif
