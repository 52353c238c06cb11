/* What the checks have found out about every service, one row each. */
#include "city/catalogue/internal.h"

static void set_days(struct json_builder *b, const char *key, struct limit l)
{
    if (l.n)
        json_set_str(b, key, working_days(b->a, limit_seconds(&l)));
    else
        json_set(b, key, json_null());
}

static const struct json *ids_json(struct arena *a, struct slice ids)
{
    struct json_builder list = json_builder(a);
    struct slice id;
    for (bool more = ids.n > 0; more;) {
        more = slice_cut(ids, ' ', &id, &ids);
        json_add(&list, json_of_string(a, id));
    }
    return json_array(&list);
}

static const struct json *row_json(struct arena *a, const struct service *s)
{
    const struct process_node *nodes;
    struct process_path p;
    struct json_builder b = json_builder(a);
    process_longest(a, s->model, &p);
    json_set_str(&b, "code", s->code);
    json_set(&b, "name", bitext_json(a, s->name));
    json_set_int(&b, "elements", (int64_t)process_nodes(s->model, &nodes));
    json_set_int(&b, "states", process_states_searched(s->model));
    json_set_bool(&b, "complete", process_states_searched(s->model) > 0);
    json_set_str(&b, "longest_days", working_days(a, p.seconds));
    set_days(&b, "promised_days", s->promised);
    set_days(&b, "statutory_days", s->statutory);
    json_set_int(&b, "clocks_by_data", p.unknown);
    json_set_int(&b, "tasks_without_clock", p.unclocked);
    json_set_int(&b, "repeated", p.repeated);
    json_set(&b, "path", ids_json(a, p.way.ids));
    json_set(&b, "way", bitext_json(a, (struct bitext){p.way.zh, p.way.en}));
    return json_object(&b);
}

const struct json *soundness_json(struct arena *a, struct catalogue *c)
{
    const struct service *const *all;
    size_t n, complete = 0;
    struct json_builder list = json_builder(a), b = json_builder(a);
    catalogue_all(c, a, &all, &n);
    for (size_t i = 0; i < n; i++) {
        json_add(&list, row_json(a, all[i]));
        complete += process_states_searched(all[i]->model) > 0;
    }
    json_set(&b, "services", json_array(&list));
    json_set_int(&b, "complete", (int64_t)complete);
    json_set_bool(&b, "good", complete == n);
    return json_object(&b);
}
