/* What goes into forms: learnt from the service's own scenarios, so that any service of the catalogue can be played. */
#include "app/year/year.h"

#include "city/catalogue/prefill.h"
#include "city/simulation/simulation.h"

static bool bad_word(struct slice s)
{
    static const char *const BAD[] = {"correct", "refuse", "reject", "return", "refused",       "rejected",
                                      "missing", "appeal", "again",  "no",     "not_satisfied", "unreached"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (slice_is(s, BAD[i])) return true;
    return false;
}

result year_service_read(struct year *y, struct slice code, struct year_service *out)
{
    struct arena *a = y->a;
    struct json_builder list = json_builder(a);
    *out = (struct year_service){.code = code, .rates = year_rates(y->p, code)};
    TRY(catalogue_current(y->c->catalogue, a, code, &out->version));
    struct service_files f = service_folder(out->version);
    /* the one in which all goes well first, where there is one of that name */
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < f.n; i++) {
            const struct json *v;
            if (!slice_starts(f.list[i].path, S("scenarios/")) || !slice_ends(f.list[i].path, S(".json"))) continue;
            bool whole =
                slice_is(f.list[i].path, "scenarios/whole.json") || slice_is(f.list[i].path, "scenarios/granted.json");
            if (whole != (round == 0)) continue;
            TRY(json_parse(a, f.list[i].bytes, 1 << 20, f.list[i].path, &v));
            json_add(&list, v);
        }
    out->scenarios = json_array(&list);
    const struct json *audience = json_get(service_json(out->version), "audience");
    out->enterprise = true;
    for (size_t i = 0; audience && i < audience->n; i++)
        if (slice_is(audience->items[i]->text, "person")) out->enterprise = false;
    return ok();
}

/* The first step that does this (at this task, with this outcome) and is not refused; *start: its scenario's beginning. */
static const struct json *said(const struct json *scenarios, const char *what, struct slice task, struct slice outcome,
                               instant *start)
{
    for (size_t i = 0; i < scenarios->n; i++) {
        const struct json *steps = json_get(scenarios->items[i], "steps");
        for (size_t k = 0; steps && k < steps->n; k++) {
            const struct json *v = steps->items[k];
            bool fits = slice_is(json_string(v, "do"), what) && (!task.n || slice_eq(json_string(v, "task"), task)) &&
                        (!outcome.n || slice_eq(json_string(v, "outcome"), outcome));
            if (!fits || json_get(v, "refused") || json_get(v, "parts") || json_get(v, "service") ||
                json_get(v, "files"))
                continue;
            if (!instant_scan(json_string(scenarios->items[i], "start"), start)) continue;
            return v;
        }
    }
    return NULL;
}

/* A company of one founder, who applies: nobody else has to confirm. */
static const struct json *own_company(struct arena *a, const struct json *data, const struct json *applicant,
                                      int64_t serial)
{
    static const char *const SIGNS[] = {"星", "辰", "云", "海", "松", "竹", "梅", "兰",
                                        "金", "玉", "明", "辉", "瑞", "祥", "泰", "安"};
    struct json_builder b = json_builder(a), founder = json_builder(a), head = json_builder(a), list = json_builder(a);
    struct buf name = buf_new(a, 256);
    if (!json_get(data, "shareholders")) return data;
    json_set(&founder, "name", json_get(applicant, "name"));
    json_set(&founder, "id_number", json_get(applicant, "id_number"));
    json_set_int(&founder, "share", 100);
    json_add(&list, json_object(&founder));
    json_set(&b, "shareholders", json_array(&list));
    struct slice number = json_string(applicant, "id_number");
    json_set(&head, "name", json_get(applicant, "name"));
    json_set(&head, "id_number", json_get(applicant, "id_number"));
    json_set_str(&head, "birth_date",
                 arena_printf(a, "%.*s-%.*s-%.*s", SLICE_ARG(slice_sub(number, 6, 4)),
                              SLICE_ARG(slice_sub(number, 10, 2)), SLICE_ARG(slice_sub(number, 12, 2))));
    json_set(&b, "legal_representative", json_merge(a, json_get(data, "legal_representative"), json_object(&head)));
    buf_puts(&name, "演");
    for (uint64_t n = (uint64_t)serial + 16; n > 0; n /= 16) buf_puts(&name, SIGNS[n % 16]);
    json_set_str(&b, "shop_name", buf_slice(&name));
    return json_merge(a, data, json_object(&b));
}

result year_form(struct year *y, const struct year_service *s, struct id subject, const struct json *applicant,
                 int64_t serial, const struct json **out)
{
    instant start;
    const struct json *known,
        *step = said(s->scenarios, "file", (struct slice){NULL, 0}, (struct slice){NULL, 0}, &start);
    struct arena *a = y->a;
    if (!step || !json_get(step, "data"))
        return fail(a, CODE_YEAR_PARAMETERS, s->code, "detail_zh", S("该事项没有可照办的申报场景"), "detail_en",
                    S("no scenario of the service files"), NULL);
    const struct json *data =
        form_dates_moved(a, json_get(step, "data"), day_of_instant(y->now) - day_of_instant(start));
    TRY(service_prefill(y->c, a, s->version, subject, &known));
    data = json_overlay(a, data, json_get(known, "data"));
    *out = own_company(a, data, applicant, serial);
    return ok();
}

static const struct process_node *node_of(const struct process_model *m, struct slice id)
{
    const struct process_node *nodes;
    size_t n = process_nodes(m, &nodes);
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(nodes[i].id, id)) return &nodes[i];
        const struct process_node *inside = nodes[i].called ? node_of(nodes[i].called, id) : NULL;
        if (inside) return inside;
    }
    return NULL;
}

static struct slice outcome_of(const struct year_service *s, struct slice node, struct slice wanted)
{
    const struct process_node *n = node_of(service_model(s->version), node);
    for (size_t i = 0; wanted.n && n && i < n->noutcomes; i++)
        if (slice_eq(n->outcomes[i], wanted)) return wanted;
    for (size_t i = 0; n && i < n->noutcomes; i++)
        if (!bad_word(n->outcomes[i])) return n->outcomes[i];
    return S("done");
}

bool year_task_has(const struct year_service *s, struct slice node, const char *outcome)
{
    return slice_is(outcome_of(s, node, slice_cstr(outcome)), outcome);
}

static const struct json *one(struct arena *a, const char *text)
{
    struct json_builder b = json_builder(a);
    json_add(&b, json_of_cstr(a, text));
    return json_array(&b);
}

struct task_decision year_decision(struct year *y, struct arena *a, const struct year_service *s, struct slice node,
                                   int64_t token, struct slice wanted, const struct id *case_id)
{
    instant start = y->now;
    struct slice outcome = outcome_of(s, node, wanted);
    const struct json *step = said(s->scenarios, "decide", node, outcome, &start);
    const struct json *data = json_get(step, "data");
    bool bad = bad_word(outcome);
    (void)case_id;
    return (struct task_decision){
        .token = token,
        .outcome = outcome,
        .opinion = bad ? S("不符合条件（演示）") : S("符合条件（演示）"),
        .data = data ? form_dates_moved(a, data, day_of_instant(y->now) - day_of_instant(start)) : NULL,
        .reasons = bad ? one(a, "材料与实际不符（演示）") : NULL,
        .corrections = slice_is(outcome, "correct") ? one(a, "请补正所附材料（演示）") : NULL};
}
