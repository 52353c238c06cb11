/* Messages that nobody received, for whoever looks after them. */
#include "city/cases/flow.h"

#include "city/sql.h"

#define UNDELIVERED_KEPT (90 * MS_DAY)

static const struct stmt LIST = {
    "messages_undelivered",
    "SELECT m.id, m.kind, m.name, m.at, m.expires_at, m.error, m.sender, f.number, f.department, f.town FROM case_message m"
    " LEFT JOIN case_file f ON f.id = m.sender WHERE m.state = 2 AND m.id < ?1 ORDER BY m.id DESC LIMIT ?2",
    NULL, false};
static const struct stmt ONE = {
    "message_undelivered",
    "SELECT m.name, m.sender, f.department, f.town, f.number FROM case_message m LEFT JOIN case_file f ON f.id = m.sender"
    " WHERE m.id=?1 AND m.state = 2",
    NULL, false};
static const struct stmt TRY_AGAIN = {
    "message_try_again",
    "UPDATE case_message SET state=0, tries=0, error='', due_at=?2, expires_at=?3, lease_until=0 WHERE id=?1 AND state=2",
    NULL, false};
static const struct stmt CLOSE = {"message_close", "DELETE FROM case_message WHERE id = ?1 AND state = 2", NULL, false};
static const struct stmt SWEEP = {"messages_undelivered_sweep",
                                  "DELETE FROM case_message WHERE state = 2 AND expires_at < ?1", NULL, false};
static const struct stmt SWEEP_PAST = {
    "signals_past_sweep",
    "DELETE FROM case_signal_past WHERE NOT EXISTS (SELECT 1 FROM case_message m WHERE m.id = case_signal_past.signal)",
    NULL, false};

/* The head of the sender's body; who looks after the city: those from outside too. */
static bool may_look(const struct actor *x, const struct sql_value *sender, struct slice department, struct slice town)
{
    struct slice any = {NULL, 0};
    if (actor_has_role(x, ROLE_ADMINISTRATOR, any, any)) return true;
    return sender->type != SQL_NULL && actor_has_role(x, ROLE_HEAD, department, town);
}

static const struct json *message_json(struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", v[0].s);
    json_set_cstr(&b, "kind", v[1].i == FLOW_SIGNAL ? "signal" : "message");
    json_set_str(&b, "name", v[2].s);
    json_set_instant(&b, "at", v[3].i);
    json_set_instant(&b, "kept_until", v[4].i);
    json_set(&b, "code", v[5].s.n ? json_of_string(a, v[5].s) : json_null());
    if (v[6].type == SQL_NULL)
        json_set(&b, "case", json_null());
    else
        json_set_id(&b, "case", v[6].s);
    json_set(&b, "case_number", v[7].type == SQL_TEXT ? json_of_string(a, v[7].s) : json_null());
    return json_object(&b);
}

result message_undelivered(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                           const struct json **out)
{
    struct rows rows;
    struct id before;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &LIST, BINDS(sql_id(&before), sql_int(limit + 1)), &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&rows, i);
        if (may_look(x, &v[6], v[8].s, v[9].s)) json_add(&items, message_json(a, v));
    }
    *out = page_json(a, &items, &rows, limit);
    return ok();
}

struct again {
    const struct actor *x;
    struct id id;
    struct slice name, number, reason;
    instant now;
};

static result noted(struct tx *tx, struct arena *a, const struct again *g, const char *action)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "message", g->name);
    if (g->number.n) json_set_str(&b, "case_number", g->number);
    json_set_str(&b, "reason", g->reason);
    return audit_add(tx, a, g->x, g->now, action, json_object(&b));
}

static result gone(struct arena *a, struct id id)
{
    return fail(a, CODE_NOT_FOUND, S("message"), "value", id_text(a, id), NULL);
}

static result again_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct again *g = ctx;
    int64_t changed;
    TRY(tx_exec(tx, a, &TRY_AGAIN, BINDS(sql_id(&g->id), sql_int(g->now), sql_int(g->now + MESSAGE_KEEP_DAYS * MS_DAY)),
                &changed));
    return changed ? noted(tx, a, g, "message.again") : gone(a, g->id);
}

static result close_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct again *g = ctx;
    int64_t changed;
    TRY(tx_exec(tx, a, &CLOSE, BINDS(sql_id(&g->id)), &changed));
    return changed ? noted(tx, a, g, "message.closed") : gone(a, g->id);
}

/* What is said of it in the audit journal; CODE_NOT_FOUND for whoever may not look at it. */
static result looked_up(struct city *c, struct arena *a, struct again *g)
{
    struct rows rows;
    TRY(store_query(c->store, a, &ONE, BINDS(sql_id(&g->id)), &rows));
    const struct sql_value *v = rows.n ? row(&rows, 0) : NULL;
    if (!v || !may_look(g->x, &v[1], v[2].s, v[3].s)) return gone(a, g->id);
    g->name = v[0].s;
    g->number = v[4].s;
    return ok();
}

result message_try_again(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                         instant now)
{
    struct again g = {.x = x, .id = id, .reason = reason, .now = now};
    TRY(looked_up(c, a, &g));
    return store_run(c->store, a, "message_try_again", again_body, &g);
}

result message_close(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                     instant now)
{
    struct again g = {.x = x, .id = id, .reason = reason, .now = now};
    TRY(looked_up(c, a, &g));
    return store_run(c->store, a, "message_close", close_body, &g);
}

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct again *g = ctx;
    TRY(tx_exec(tx, a, &SWEEP, BINDS(sql_int(g->now - UNDELIVERED_KEPT)), NULL));
    return tx_exec(tx, a, &SWEEP_PAST, NULL, 0, NULL);
}

result messages_undelivered_sweep(struct city *c, struct arena *a, instant now)
{
    struct again g = {.now = now};
    return store_run(c->store, a, "messages_undelivered_sweep", sweep_body, &g);
}
