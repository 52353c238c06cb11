/* Shared by the files of city/decisions only. */
#ifndef CITY_DECISIONS_INTERNAL_H
#define CITY_DECISIONS_INTERNAL_H

#include "city/catalogue/internal.h"
#include "city/decisions/decisions.h"

/* A folder as it is kept, and read back. */
struct slice decision_folder_write(struct arena *a, struct service_files f);
MUST result decision_folder_read(struct arena *a, struct slice text, struct service_files *out);
const struct json *decision_files_json(struct arena *a, struct service_files f);
/* Of the model: the element of that id or name; NULL. */
const struct json *model_decision(const struct json *model, struct slice id_or_name);
const struct json *model_rule(const struct json *decision, struct slice rule, int64_t index);
/* Equal as FEEL's values: 0.10 is 0.1. */
bool value_same(const struct json *x, const struct json *y);
/* Evaluates; hits as the journal keeps them. */
MUST result decision_run(struct arena *a, const struct decision_version *v, const struct json *values, instant at,
                         const struct json **result_, const struct json **hits);
const struct json *decision_labels(const struct decision_version *v);
/* Makes it current in this process; copied into the registry's own arena. */
MUST result decisions_add(struct catalogue *c, struct arena *a, struct service_files files, instant published_at,
                          struct slice published_by);
MUST result decision_insert(struct tx *tx, struct arena *a, const struct decision_version *v, const struct actor *x,
                            instant now);
/* One past case: the values that a decision saw last, and what it gave. CODE_NOT_FOUND when it took no such decision. */
struct past {
    struct id subject;
    struct slice number;
    instant at;
    const struct json *values, *result_, *hits;
};
MUST result past_read(struct city *c, struct arena *a, struct id case_id, struct slice key, struct past *out);
const struct json *comparison_json(struct city *c, struct arena *a, const struct sql_value *v);
MUST result comparison_of(struct city *c, struct arena *a, struct slice key, struct slice hash,
                          const struct json **out); /* the last one of that folder; JSON null */

extern const char DECISION_SCHEMA[], EXAMPLES_SCHEMA[];

#endif
