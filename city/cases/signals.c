/* Signals: everybody who waits when it is thrown hears it, and every service that starts by it starts (BPMN 2.0.2, 10.5.5). The cases
 * go by in the order of their ids, some at a time; the row remembers the last one, in the transaction in which that one hears it, so
 * that each hears it once whenever the worker stops.
 *
 * Who waited when it was thrown is not asked of a clock: clocks are set back, and a case whose last event is ahead of the clock
 * keeps to that. Whoever begins to wait while a signal is under way notes that it was thrown before (awaits.c). */
#include "city/cases/flow.h"

#include "base/log.h"
#include "city/sql.h"
#include "trust/crypto.h"

/* The case that threw it has heard it already, inside its own step. */
#define NOT_PAST \
    " AND NOT EXISTS (SELECT 1 FROM case_signal_past p WHERE p.signal=m.id AND p.case_id=w.case_id AND p.token=w.token)"
static const struct stmt LISTENING = {
    "signal_listening",
    "SELECT DISTINCT w.case_id FROM case_message m JOIN case_await w ON w.kind=1 AND w.name=m.name"
    " JOIN data_key k ON k.id = w.case_id AND k.destroyed_at = 0"
    " WHERE m.id=?1 AND w.case_id > ?2 AND w.case_id <> ?3" NOT_PAST " ORDER BY w.case_id LIMIT ?4",
    NULL, false};
static const struct stmt PAST_GOES = {"signal_past_goes", "DELETE FROM case_signal_past WHERE signal=?1", NULL, false};
/* … and it waits still: since it was listed it may have gone on, and even wait again. */
static const struct stmt SIGNAL_BEFORE = {
    "signal_before",
    "SELECT m.id FROM case_message m WHERE m.id=?1 AND m.cursor < ?2 AND EXISTS (SELECT 1 FROM case_await w"
    " WHERE w.case_id=?2 AND w.kind=1 AND w.name=m.name" NOT_PAST ")",
    NULL, false};
static const struct stmt SIGNAL_AT = {"signal_at", "UPDATE case_message SET cursor=?2 WHERE id=?1 AND cursor < ?2",
                                      NULL, false};

static result hear_body(struct run *r)
{
    const struct message *m = r->args;
    decision_write(r->d, &SIGNAL_AT, 1, 2, sql_id(&m->id), sql_id(&r->k->case_id));
    if (!case_state_open(r->c->state)) {
        r->silent = true; /* it has ended meanwhile; only that it went by is written */
        return ok();
    }
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "heard");
    json_set_str(&b, "id", id_text(r->a, m->id));
    json_set_int(&b, "k", FLOW_SIGNAL);
    json_set_str(&b, "message", m->name);
    if (!id_is_none(m->sender)) json_set_str(&b, "from", id_text(r->a, m->sender));
    TRY(run_fact(r, json_object(&b)));
    struct process_event e = {.type = EV_SIGNAL, .name = m->name, .data = m->payload, .at = r->k->now};
    return run_advance(r, &e);
}

struct past {
    const struct message *m;
    struct id case_id;
};

static result past_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct past *x = ctx;
    return tx_exec(tx, a, &SIGNAL_AT, BINDS(sql_id(&x->m->id), sql_id(&x->case_id)), NULL);
}

static result hear(struct city *c, struct arena *a, instant now, const struct message *m, struct id case_id)
{
    struct case_done out;
    struct case_command k = work_command(c, a, now, "signal", case_id);
    struct run r = {.k = &k, .kind = "signal", .body = hear_body, .args = (void *)(uintptr_t)m, .out = &out};
    r.there = &SIGNAL_BEFORE;
    r.there_bind = sql_id(&m->id);
    r.there_case = true;
    result res = run_command(&r);
    if (!failed(res) || code_status(result_code(res)) >= 500) return res;
    /* this case cannot take it (its process runs in a circle …): the others still hear it */
    struct past x = {m, case_id};
    log_problems(LEVEL_WARN, "signal.refused", res);
    return store_run(c->store, a, "signal_past", past_body, &x);
}

struct id start_id(struct id event, struct slice service)
{
    struct id out = event; /* the time in front stays, so that it sorts as what happened then */
    uint8_t h[32];
    const struct slice parts[] = {id_bytes(&event), S("\n"), service};
    crypto_sha256_parts(parts, 3, h);
    memcpy(out.b + 8, h, 8);
    out.b[8] = (uint8_t)((out.b[8] & 0x3f) | 0x80); /* RFC 9562: the variant's bits */
    return out;
}

static result start_all(struct city *c, struct arena *a, instant now, const struct message *m)
{
    const struct starting *list;
    size_t n = starts_of(c, a, DECLARED_SIGNAL, m->name, &list);
    for (size_t i = 0; i < n; i++) {
        bool begun;
        struct flow_start x = {.service = list[i].service,
                               .node = list[i].node,
                               .payload = m->payload,
                               .kind = "signal",
                               .name = m->name,
                               .sender = m->sender,
                               .town = m->town,
                               .case_id = start_id(m->id, service_code(list[i].service)),
                               .there = &MESSAGE_THERE,
                               .binds = {sql_id(&m->id)},
                               .nbinds = 1};
        TRY(start_begun(c, a, &x, &begun));
        if (begun) continue; /* before this worker was stopped */
        TRY(start_case(c, a, now, &x));
    }
    return ok();
}

static result end_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct message *m = ctx;
    TRY(tx_exec(tx, a, &PAST_GOES, BINDS(sql_id(&m->id)), NULL));
    return tx_exec(tx, a, &MESSAGE_TAKEN, BINDS(sql_id(&m->id)), NULL);
}

result signal_bring(struct city *c, struct arena *a, const struct message *m, instant now)
{
    struct rows rows;
    const struct id *sender = &m->sender, *nobody = &m->id; /* no case has a message's id */
    TRY(store_query(c->store, a, &LISTENING,
                    BINDS(sql_id(&m->id), sql_blob(m->cursor), sql_id(id_is_none(m->sender) ? nobody : sender),
                          sql_int(SIGNAL_BATCH)),
                    &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct id case_id;
        if (id_from_bytes(row(&rows, i)[0].s, &case_id)) TRY(hear(c, a, now, m, case_id));
    }
    if (rows.n == SIGNAL_BATCH) return message_again(c, a, m, MESSAGE_UNDER_WAY, (struct slice){0}, now);
    TRY(start_all(c, a, now, m));
    return store_run(c->store, a, "signal_end", end_body, (void *)(uintptr_t)m);
}
