#include "city/catalogue/coverage.h"

struct proof {
    struct json_builder services, scenarios;
    bool shown, is_double;
};

static bool lists(const struct json *list, struct slice id)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(list->items[i]->text, id)) return true;
    return false;
}

/* Scenarios of a folder that say they show the row: scenarios/NAME.json "shows". */
static void scenarios_of(struct arena *a, const struct service *s, struct slice id, struct proof *p)
{
    struct service_files f = service_folder(s);
    for (size_t i = 0; i < f.n; i++) {
        const struct json *v = NULL;
        if (!slice_starts(f.list[i].path, S("scenarios/"))) continue;
        if (failed(json_parse(a, f.list[i].bytes, 1 << 20, f.list[i].path, &v)) || !lists(json_get(v, "shows"), id))
            continue;
        struct json_builder b = json_builder(a);
        json_set_str(&b, "service", service_code(s));
        json_set_str(&b, "file", f.list[i].path);
        json_set(&b, "title", json_get(v, "title"));
        json_add(&p->scenarios, json_object(&b));
        p->shown = true;
    }
}

static struct proof proof_of(struct arena *a, const struct service *const *list, size_t n, struct slice id)
{
    struct proof p = {.services = json_builder(a), .scenarios = json_builder(a)};
    for (size_t i = 0; i < n; i++) {
        const struct json *j = service_json(list[i]);
        if (!lists(json_get(j, "systems"), id)) continue;
        const struct json *doubles = json_get(j, "doubles");
        json_add(&p.services, json_of_string(a, service_code(list[i])));
        p.is_double = p.is_double || (doubles && doubles->n);
        scenarios_of(a, list[i], id, &p);
    }
    return p;
}

const struct json *coverage_json(struct arena *a, struct catalogue *c)
{
    static const char *const STATES[] = {"shown", "partial", "open"};
    const struct service *const *list;
    const struct json *systems = catalogue_data(c)->systems;
    struct json_builder all = json_builder(a), out = json_builder(a), totals = json_builder(a);
    int64_t count[3] = {0, 0, 0};
    size_t n;
    catalogue_all(c, a, &list, &n);
    for (size_t i = 0; systems && i < systems->n; i++) {
        const struct json *row = systems->items[i];
        struct proof p = proof_of(a, list, n, json_string(row, "id"));
        struct json_builder b = json_builder(a);
        int state = p.shown ? 0 : p.services.n ? 1 : 2;
        count[state]++;
        json_set_cstr(&b, "state", STATES[state]);
        json_set(&b, "kind", p.services.n ? json_of_cstr(a, p.is_double ? "double" : "ours") : json_null());
        json_set(&b, "services", json_array(&p.services));
        json_set(&b, "scenarios", json_array(&p.scenarios));
        json_add(&all, json_merge(a, row, json_object(&b)));
    }
    json_set_int(&totals, "all", count[0] + count[1] + count[2]);
    for (int i = 0; i < 3; i++) json_set_int(&totals, STATES[i], count[i]);
    json_set(&out, "systems", json_array(&all));
    json_set(&out, "totals", json_object(&totals));
    return json_object(&out);
}
