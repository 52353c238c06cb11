/* Messages and signals of a case, in words. */
#include "city/cases/flow.h"
#include "city/cases/view.h"

#include "city/sql.h"

static const struct stmt AWAITS = {
    "view_awaits", "SELECT token, kind, name, since FROM case_await WHERE case_id=?1 ORDER BY since, token", NULL,
    false};

static struct bitext element(const struct process_node *n, struct slice otherwise)
{
    struct slice zh = n && n->name.n ? n->name : otherwise;
    return (struct bitext){zh, n && n->name_en.n ? n->name_en : zh};
}

/* Who sends it, as the model says. */
static const struct json *sender(const struct view *v, const struct process_node *n, struct slice name)
{
    const struct service *own = service_of_node(v->service, n);
    const struct process_declared *d = NULL;
    size_t count = own ? process_declared(v->a, service_model(own), &d) : 0;
    for (size_t i = 0; i < count; i++) {
        if (d[i].node != n || !slice_eq(d[i].name, name) || !d[i].from.n) continue;
        struct bitext t = {d[i].from, d[i].from_en.n ? d[i].from_en : d[i].from};
        return bitext_json(v->a, t);
    }
    return json_null();
}

result view_awaiting(const struct view *v, const struct json **out)
{
    struct rows rows = {0};
    const struct process_state *state;
    const struct process_waiting *w;
    struct json_builder list = json_builder(v->a);
    TRY(process_state_decode(v->a, service_model(v->service), v->c->engine, &state));
    size_t n = process_waiting(v->a, state, &w);
    if (case_state_open(v->c->state)) TRY(store_query(v->city->store, v->a, &AWAITS, BINDS(sql_id(&v->c->id)), &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *r = row(&rows, i);
        const struct process_node *node = NULL;
        struct json_builder b = json_builder(v->a);
        for (size_t k = 0; k < n && !node; k++)
            if (w[k].token == r[0].i) node = w[k].node;
        json_set_cstr(&b, "kind", r[1].i == FLOW_SIGNAL ? "signal" : "message");
        json_set_str(&b, "name", r[2].s);
        json_set(&b, "title", bitext_json(v->a, element(node, r[2].s)));
        json_set(&b, "from", node ? sender(v, node, r[2].s) : json_null());
        json_set_instant(&b, "since", r[3].i);
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

/* ---- the journal ---- */

/* By the element that threw or caught it, as it is drawn; a signal may have been caught at several. */
static struct bitext named(const struct view *v, const struct json *f)
{
    const struct process_model *m = service_model(v->service);
    const struct process_node *n =
        json_get(f, "node") ? model_node(m, json_string(f, "node"), (struct slice){0}) : NULL;
    const struct process_declared *d = NULL;
    size_t count = n ? 0 : process_declared(v->a, m, &d);
    for (size_t i = 0; i < count && !n; i++)
        if (!d[i].throws && slice_eq(d[i].name, json_string(f, "message"))) n = d[i].node;
    return element(n, json_string(f, "message"));
}

static struct bitext line(const struct view *v, const char *zh, const char *en, struct bitext x)
{
    return (struct bitext){arena_printf(v->a, "%s%.*s", zh, SLICE_ARG(x.zh)),
                           arena_printf(v->a, "%s%.*s", en, SLICE_ARG(x.en))};
}

static struct bitext started(const struct json *by)
{
    struct slice kind = json_string(by, "kind");
    if (slice_is(kind, "timer")) return (struct bitext){S("到时间自动启动"), S("Begun at its time")};
    if (slice_is(kind, "condition")) return (struct bitext){S("条件成立，自动启动"), S("Begun by its condition")};
    if (slice_is(kind, "signal")) return (struct bitext){S("由信号启动"), S("Begun by a signal")};
    return (struct bitext){S("由另一件办件的消息启动"), S("Begun by a message")};
}

/* Somebody's choice, with the reason for the staff. */
static struct bitext chosen(const struct view *v, const struct json *f)
{
    const struct process_node *n =
        model_node(service_model(v->service), json_string(f, "node"), json_string(f, "step"));
    struct bitext t = line(v, "选择开始：", "Chosen to begin: ", element(n, json_string(f, "node")));
    if (v->audience != VIEW_STAFF) return t;
    struct slice reason = json_string(f, "reason");
    return (struct bitext){arena_printf(v->a, "%.*s（%.*s）", SLICE_ARG(t.zh), SLICE_ARG(reason)),
                           arena_printf(v->a, "%.*s (%.*s)", SLICE_ARG(t.en), SLICE_ARG(reason))};
}

bool history_flow(const struct view *v, const struct json *f, struct bitext *out)
{
    struct slice t = json_string(f, "t");
    bool signal = json_int(f, "k", FLOW_MESSAGE) == FLOW_SIGNAL;
    if (slice_is(t, "filed"))
        *out = started(json_get(f, "started_by"));
    else if (slice_is(t, "thrown"))
        *out = line(v, signal ? "发出信号：" : "发出消息：", signal ? "Signal sent: " : "Message sent: ", named(v, f));
    else if (slice_is(t, "heard"))
        *out = line(v, signal ? "收到信号：" : "收到消息：",
                    signal ? "Signal heard: " : "Message received: ", named(v, f));
    else if (slice_is(t, "unheard"))
        *out = line(v, "消息无人接收：", "Received by nobody: ", named(v, f));
    else if (slice_is(t, "chosen"))
        *out = chosen(v, f);
    else
        return false;
    return true;
}
