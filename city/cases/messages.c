/* Bringing messages: to the one case that awaits them, else to a service that they start; else they are kept until somebody awaits
 * them or their time is over. */
#include "city/cases/flow.h"

#include "city/sql.h"

static const struct stmt MESSAGE_SELECT = {
    "message_select",
    "SELECT m.kind, m.name, m.key_hash, m.sender, m.seq, m.service, m.town, m.payload_ct, m.at, m.expires_at, m.tries, m.cursor,"
    " k.wrapped FROM case_message m LEFT JOIN data_key k ON k.id = m.sender WHERE m.id=?1 AND m.state < 2",
    NULL, false};
const struct stmt MESSAGE_THERE = {"message_there", "SELECT id FROM case_message WHERE id=?1", NULL, false};
const struct stmt MESSAGE_TAKEN = {"message_taken", "DELETE FROM case_message WHERE id=?1", NULL, false};
static const struct stmt MESSAGE_AGAIN = {
    "message_again", "UPDATE case_message SET state=?2, tries=?3, error=?4, due_at=?5, lease_until=0 WHERE id=?1", NULL,
    false};
/* What the same sender threw before, for the same receiver, comes first: what is under way, and what of this name nobody awaits yet. */
static const struct stmt MESSAGE_EARLIER = {
    "message_earlier",
    "SELECT state FROM case_message WHERE sender=?1 AND seq<?2 AND kind=0 AND (state=0 OR (state=1 AND name=?4))"
    " AND (key_hash=?3 OR (?3 IS NULL AND key_hash IS NULL)) ORDER BY state, seq LIMIT 1",
    "SELECT state FROM case_message WHERE sender=?1 AND seq<?2 AND kind=0 AND (state=0 OR (state=1 AND name=?4))"
    " AND key_hash IS NOT DISTINCT FROM ?3::bytea ORDER BY state, seq LIMIT 1",
    false};
/* Who has waited longest. A case whose key was destroyed hears nothing any more. */
static const struct stmt AWAITING = {
    "message_awaiting",
    "SELECT w.case_id, w.token FROM case_await w JOIN data_key k ON k.id = w.case_id AND k.destroyed_at = 0"
    " WHERE w.kind=0 AND w.key_hash=?1 AND w.name=?2 ORDER BY w.since, w.case_id, w.token LIMIT 1",
    NULL, false};

struct change {
    const struct message *m;
    enum message_state state;
    int64_t tries;
    struct slice error;
    instant due;
};

static result change_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct change *x = ctx;
    const struct sql_value v[] = {sql_id(&x->m->id), sql_int((int64_t)x->state), sql_int(x->tries), sql_text(x->error),
                                  x->state == MESSAGE_FAILED ? sql_null() : sql_int(x->due)};
    return tx_exec(tx, a, &MESSAGE_AGAIN, v, 5, NULL);
}

result message_again(struct city *c, struct arena *a, const struct message *m, enum message_state state,
                     struct slice error, instant due)
{
    struct change x = {m, state, error.n ? m->tries + 1 : m->tries, error, due};
    return store_run(c->store, a, "message_again", change_body, &x);
}

static result taken_body(struct tx *tx, struct arena *a, void *ctx)
{
    return tx_exec(tx, a, &MESSAGE_TAKEN, BINDS(sql_id(ctx)), NULL);
}

static result message_load(struct city *c, struct arena *a, struct id id, struct message *m, bool *there)
{
    struct rows rows;
    struct data_key key;
    struct slice plain;
    TRY(store_query(c->store, a, &MESSAGE_SELECT, BINDS(sql_id(&id)), &rows));
    *there = rows.n == 1;
    if (!*there) return ok();
    const struct sql_value *v = row(&rows, 0);
    *m = (struct message){.id = id,
                          .kind = (enum flow_kind)v[0].i,
                          .name = v[1].s,
                          .key = v[2].s,
                          .seq = v[4].i,
                          .service = v[5].s,
                          .town = v[6].s,
                          .at = v[8].i,
                          .expires = v[9].i,
                          .tries = v[10].i,
                          .cursor = v[11].s};
    bool inside = v[3].type != SQL_NULL && id_from_bytes(v[3].s, &m->sender);
    /* the sender's key was destroyed, and what it said with it */
    *there = !inside || v[12].s.n > 0;
    if (!*there) return store_run(c->store, a, "message_taken", taken_body, &id);
    if (inside) TRY(vault_unwrap(c, a, m->sender, v[12].s, &key));
    if (inside)
        TRY(vault_open(a, &key, "case.message", v[7].s, &plain));
    else
        TRY(vault_open_city(c, a, "case.message", v[7].s, &plain));
    return json_parse(a, plain, 1024 * 1024, S("case_message.payload"), &m->payload);
}

/* ---- to a case that waits ---- */

static result heard(struct run *r, const struct message *m, const struct process_node *node)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "heard");
    json_set_str(&b, "id", id_text(r->a, m->id));
    json_set_int(&b, "k", (int64_t)m->kind);
    json_set_str(&b, "message", m->name);
    if (node) json_set_str(&b, "node", node->id);
    if (!id_is_none(m->sender)) json_set_str(&b, "from", id_text(r->a, m->sender));
    return run_fact(r, json_object(&b));
}

static result hear_body(struct run *r)
{
    const struct message *m = r->args;
    const struct process_waiting *w = case_state_open(r->c->state) ? run_waiting(r, r->token) : NULL;
    if (!w || w->why != WAIT_BOUNDARY) { /* not any more: the worker looks for another one */
        r->silent = true;
        return ok();
    }
    decision_write(r->d, &MESSAGE_TAKEN, 1, 1, sql_id(&m->id));
    TRY(heard(r, m, w->node));
    struct process_event e = {.type = EV_MESSAGE, .token = (uint32_t)r->token, .data = m->payload, .at = r->k->now};
    return run_advance(r, &e);
}

static result hear(struct city *c, struct arena *a, instant now, struct message *m, const struct sql_value *v)
{
    struct id case_id;
    struct case_done out;
    if (!id_from_bytes(v[0].s, &case_id)) return ok();
    struct case_command k = work_command(c, a, now, "message", case_id);
    struct run r = {.k = &k, .kind = "message", .body = hear_body, .args = m, .token = v[1].i, .out = &out};
    r.there = &MESSAGE_THERE;
    r.there_bind = sql_id(&m->id);
    TRY(run_command(&r));
    /* it is no longer awaited there; a row that somebody else has taken is not changed */
    return r.silent ? message_again(c, a, m, MESSAGE_UNDER_WAY, (struct slice){0}, now + MS_SECOND) : ok();
}

/* ---- to a service that it starts ---- */

static result start_by(struct city *c, struct arena *a, instant now, const struct message *m, const struct starting *s)
{
    struct flow_start x = {.service = s->service,
                           .node = s->node,
                           .payload = m->payload,
                           .kind = "message",
                           .name = m->name,
                           .sender = m->sender,
                           .town = m->town,
                           .case_id = start_id(m->id, service_code(s->service)),
                           .there = &MESSAGE_THERE,
                           .consume = &MESSAGE_TAKEN,
                           .binds = {sql_id(&m->id)},
                           .nbinds = 1};
    bool begun;
    TRY(start_begun(c, a, &x, &begun));
    if (begun) return store_run(c->store, a, "message_taken", taken_body, (void *)(uintptr_t)&m->id);
    return start_case(c, a, now, &x);
}

/* ---- to nobody ---- */

static result unheard_body(struct run *r)
{
    const struct change *x = r->args;
    const struct rows *heads;
    size_t n;
    TRY(run_asked(r, ASKED_HEADS, &heads, &n));
    if (!heads) {
        decision_load(r->d, &HEADS_OF, 2, sql_text(r->c->department), sql_text(r->c->town));
        run_remember_asked(r, ASKED_HEADS);
        return fail(r->a, CODE_VERB_MORE, S("heads"), NULL);
    }
    decision_write(r->d, &MESSAGE_AGAIN, 1, 5, sql_id(&x->m->id), sql_int(MESSAGE_FAILED), sql_int(x->tries),
                   sql_text(x->error), sql_null());
    run_notice_heads(r, heads, "发出的消息没有办件接收，请处理", "a message that it sent was received by nobody",
                     arena_printf(r->a, "（%.*s）", SLICE_ARG(x->m->name)));
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "unheard");
    json_set_str(&b, "id", id_text(r->a, x->m->id));
    json_set_str(&b, "message", x->m->name);
    json_set_str(&b, "error", x->error);
    return run_fact(r, json_object(&b));
}

/* Told in the sender's journal and to the heads of its body, and listed for whoever looks after the city's post. */
static result give_up(struct city *c, struct arena *a, instant now, const struct message *m, struct slice error)
{
    struct change x = {m, MESSAGE_FAILED, m->tries, error, 0};
    struct case_done out;
    if (!id_is_none(m->sender)) {
        struct case_command k = work_command(c, a, now, "unheard", m->sender);
        struct run r = {.k = &k, .kind = "unheard", .body = unheard_body, .args = &x, .out = &out};
        r.there = &MESSAGE_THERE;
        r.there_bind = sql_id(&m->id);
        result res = run_command(&r);
        if (!failed(res)) return ok(); /* else the sender's case has gone from here: the row alone says it */
    }
    return store_run(c->store, a, "message_failed", change_body, &x);
}

/* At first after seconds, then less and less often: whoever begins to await it wakes it at once. */
static instant next_look(instant now, const struct message *m)
{
    int64_t age = now - m->at;
    int64_t wait = age < 10 * MS_SECOND ? 5 * MS_SECOND : age / 2;
    if (wait > MS_HOUR) wait = MS_HOUR;
    return now + wait < m->expires ? now + wait : m->expires;
}

static result keep(struct city *c, struct arena *a, instant now, const struct message *m)
{
    if (now >= m->expires) return give_up(c, a, now, m, S(""));
    return message_again(c, a, m, MESSAGE_KEPT, (struct slice){0}, next_look(now, m));
}

static result bring(struct city *c, struct arena *a, instant now, struct message *m)
{
    struct rows rows = {0};
    const struct starting *starts;
    struct sql_value key = m->key.n ? sql_blob(m->key) : sql_null();
    if (!id_is_none(m->sender)) {
        TRY(store_query(c->store, a, &MESSAGE_EARLIER,
                        BINDS(sql_id(&m->sender), sql_int(m->seq), key, sql_text(m->name)), &rows));
        if (rows.n && row(&rows, 0)[0].i == MESSAGE_KEPT) return keep(c, a, now, m); /* woken together */
        if (rows.n) return message_again(c, a, m, MESSAGE_UNDER_WAY, (struct slice){0}, now + MS_SECOND / 5);
    }
    if (m->key.n) TRY(store_query(c->store, a, &AWAITING, BINDS(key, sql_text(m->name)), &rows));
    if (m->key.n && rows.n) return hear(c, a, now, m, row(&rows, 0));
    if (starts_of(c, a, DECLARED_MESSAGE, m->name, &starts)) return start_by(c, a, now, m, &starts[0]);
    return keep(c, a, now, m);
}

static result deliver(struct city *c, struct arena *a, instant now, struct id id)
{
    struct message m;
    bool there;
    TRY(message_load(c, a, id, &m, &there));
    if (!there) return ok();
    result r = m.kind == FLOW_SIGNAL ? signal_bring(c, a, &m, now) : bring(c, a, now, &m);
    if (!failed(r)) return ok();
    /* the code alone: the text may repeat what the message says */
    struct slice error = slice_cstr(code_name(result_code(r)));
    bool passes = code_status(result_code(r)) >= 500 || result_code(r) == CODE_STORE_VERSION ||
                  result_code(r) == CODE_STORE_CONSTRAINT;
    if (!passes || m.tries + 1 >= MESSAGE_TRIES)
        TRY(give_up(c, a, now, &m, error));
    else
        TRY(message_again(c, a, &m, MESSAGE_UNDER_WAY, error, now + (MS_SECOND << m.tries)));
    return r;
}

result case_messages_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    return work_leased(c, a, now, "case_message", n, done, deliver);
}
