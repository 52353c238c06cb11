/* Private to city/cases: an opened case and the parts of its pages. */
#ifndef CITY_CASES_VIEW_H
#define CITY_CASES_VIEW_H

#include "city/cases/run.h"

struct view {
    struct city *city;
    struct arena *a;
    instant now;
    enum case_audience audience;
    struct case_row *c;
    struct data_key key;
    const struct service *service;
    const struct view_event *events; /* the journal, opened by view_events */
    size_t nevents;
    struct rows licensed; /* VIEW_OWNER of an open case: the steps that licences were issued in */
};
struct view_event {
    instant at;
    const struct json *facts;
};
/* Opens the case's journal. */
MUST result view_events(struct view *v);
/* The last fact of that kind in it; NULL when there is none. */
const struct json *view_last(const struct view *v, const char *t);
MUST result view_open(struct city *c, struct arena *a, struct id case_id, instant now, enum case_audience who,
                      struct view *v);
MUST result view_json(struct view *v, const struct json **out);
const struct json *limit_json(struct arena *a, struct limit l);
const struct json *clock_json(struct arena *a, const struct calendar *cal, const struct clock *k, struct slice notice,
                              instant now);
/* {key, text, reasons_required, corrections_required} */
const struct json *view_outcome(struct arena *a, struct slice key);
/* A common outcome in words; one of the service's own as it is. */
struct bitext view_outcome_words(struct slice key);
/* Name of a user task (name, tb:en); the element's id when it has none. n may be NULL. */
struct bitext view_task_title(const struct process_node *n, struct slice node);
/* Rules that fired, from the journal (PIPL art. 24: automated decisions are explained): [{decision, text, hits, values}]; the
 * values seen only for the desk. */
const struct json *view_explanations(const struct view *v, bool values);
/* The element that an open task stands at; NULL when there is none. */
const struct process_node *view_node(const struct view *v, const struct process_state *state, int64_t token,
                                     struct slice node, struct slice step);
/* Tasks that wait for the applicant (tb:kind="fill"): [{id, kind, title, due_at, form, outcomes}]. */
MUST result view_own_tasks(const struct view *v, const struct json **out);
/* view_flow.c: messages and signals that it waits for: [{kind, name, title, from, since}], the one waited for longest first. */
MUST result view_awaiting(const struct view *v, const struct json **out);
/* The line of a fact about messages, signals and chosen steps; false: it is another's. */
bool history_flow(const struct view *v, const struct json *fact, struct bitext *out);
int64_t step_group(const struct view *v, struct slice key);
/* Who acted, from the name in a fact: masked for the public; the system, by a text in both languages; null when nobody is named. */
const struct json *view_person(const struct view *v, struct slice name);
/* The lines of one event for the history, in words; who acted is masked for the public. */
void history_lines(const struct view *v, instant at, const struct json *facts, struct json_builder *list);

#endif
