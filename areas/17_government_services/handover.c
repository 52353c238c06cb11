/* handover.send, handover.receive and how they are folded into their table. */
#include "areas/17_government_services/handover.h"

/* ---- handover.send ---- */

static bool list_of_texts(const struct json *v)
{
    if (!v || v->type != JSON_ARRAY || !v->n) return false;
    for (size_t i = 0; i < v->n; i++)
        if (v->items[i]->type != JSON_STRING || !v->items[i]->text.n) return false;
    return true;
}

static result send_run(struct verb_call *x, const struct json **output)
{
    const struct json *papers = json_get(x->input, "papers");
    struct json_builder b = json_builder(x->a);
    struct slice from = json_string(x->input, "from"), to = json_string(x->input, "to");
    if (!list_of_texts(papers)) return fail(x->a, CODE_FIELD_REQUIRED, S("/papers"), "title", S("papers"), NULL);
    struct civil now = civil_of_instant(x->now);
    int64_t serial = x->number(x->number_ctx, arena_printf(x->a, "handover:%d", now.year));
    if (serial == 0) return ok();
    json_set_str(&b, "number", arena_printf(x->a, "YJ%04d%07lld", now.year, (long long)serial));
    json_set_str(&b, "case_number", x->case_number);
    json_set_str(&b, "from", from);
    json_set_str(&b, "to", to);
    json_set_str(&b, "department", x->department);
    json_set(&b, "papers", papers);
    json_set_int(&b, "at", x->now);
    *output = json_object(&b);
    return ok();
}

static const char *const SERIES[] = {"handover", NULL};
const struct verb VERB_HANDOVER_SEND = {
    .name = "handover.send",
    .kind = VERB_LOCAL,
    .summary_zh = "移交纸质材料，记入移交清单",
    .summary_en = "Sends original papers to another town, on the tracked list",
    .series = SERIES,
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"from\",\"to\",\"papers\"],\"properties\":{\"from\":{\"type\":\"string\"},\"to\":{\"type\":\"string\"},"
        "\"papers\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"number\":{\"type\":\"string\"},\"papers\":{\"type\":\"array\"}}}",
    .run = send_run};

/* ---- handover.receive ---- */

static const struct stmt ON_THE_WAY = {
    "handover_on_the_way", "SELECT state FROM paper_handover WHERE number = ?1 AND case_id = ?2", NULL, false};

static result receive_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    struct slice number = json_string(x->input, "number");
    if (!x->nrows) {
        decision_load(x->decision, &ON_THE_WAY, 2, sql_text(number), sql_id(&x->case_id));
        return fail(x->a, CODE_VERB_MORE, S("number"), NULL);
    }
    if (!x->rows[0].n) return fail(x->a, CODE_NOT_FOUND, S("/number"), "value", number, NULL);
    bool complete = json_bool(x->input, "complete", false);
    json_set_str(&b, "number", number);
    json_set_cstr(&b, "state", complete ? "received" : "incomplete");
    json_set_int(&b, "at", x->now);
    *output = json_object(&b);
    return ok();
}

const struct verb VERB_HANDOVER_RECEIVE = {
    .name = "handover.receive",
    .kind = VERB_LOCAL,
    .summary_zh = "签收移交的纸质材料",
    .summary_en = "Takes over original papers that another town sent",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"number\",\"complete\"],\"properties\":{\"number\":{\"type\":\"string\"},\"complete\":{\"type\":\"boolean\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"number\":{\"type\":\"string\"},\"state\":{\"type\":\"string\"}}}",
    .run = receive_run};

/* ---- the table ---- */

static const struct stmt INSERT = {
    "handover_insert",
    "INSERT INTO paper_handover (number, case_id, case_number, from_town, to_town, department, papers, state, sent_at, received_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,'sent',?8,0)",
    NULL, false};
static const struct stmt RECEIVED = {
    "handover_received", "UPDATE paper_handover SET state = ?2, received_at = ?3 WHERE number = ?1", NULL, false};

result area_17_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d)
{
    const struct json *v = json_get(fact, "output");
    struct slice verb = json_string(fact, "verb");
    struct id *id = NEW(d->a, struct id);
    *id = case_id;
    (void)a;
    if (slice_is(verb, "handover.send"))
        decision_write(d, &INSERT, 1, 8, sql_text(json_string(v, "number")), sql_id(id),
                       sql_text(json_string(v, "case_number")), sql_text(json_string(v, "from")),
                       sql_text(json_string(v, "to")), sql_text(json_string(v, "department")),
                       sql_text(json_write(d->a, json_get(v, "papers"))), sql_int(json_int(v, "at", 0)));
    if (slice_is(verb, "handover.receive"))
        decision_write(d, &RECEIVED, 1, 3, sql_text(json_string(v, "number")), sql_text(json_string(v, "state")),
                       sql_int(json_int(v, "at", 0)));
    return ok();
}

static const struct stmt CLEAR = {"clear_paper_handover", "DELETE FROM paper_handover", NULL, false};
const struct stmt *const AREA_17_CLEAR[] = {&CLEAR, NULL};
