/* What a case waits for and throws: effects of the engine on messages and signals, and their fold. */
#include "city/cases/flow.h"

static const struct stmt AWAIT_INSERT = {
    "await_insert", "INSERT INTO case_await (case_id, token, kind, name, key_hash, since) VALUES (?1,?2,?3,?4,?5,?6)",
    NULL, false};
static const struct stmt AWAIT_DELETE = {"await_delete", "DELETE FROM case_await WHERE case_id=?1 AND token=?2", NULL,
                                         false};
/* A message that was kept is looked at again at once. */
static const struct stmt MESSAGE_WAKE = {
    "message_wake",
    "UPDATE case_message SET state=0, due_at=?3, lease_until=0 WHERE key_hash=?1 AND name=?2 AND state=1", NULL, false};
static const struct stmt MESSAGE_INSERT = {
    "message_insert",
    "INSERT INTO case_message (id, kind, name, key_hash, sender, seq, service, town, payload_ct, at, expires_at, due_at, state,"
    " tries, error, cursor, lease_until, lease_owner) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?10,0,0,'',?12,0,NULL)",
    NULL, false};

/* Signals under way were thrown before this case began to wait. One that is thrown at this very moment by another case may be on
 * either side, and is then heard. */
static const struct stmt SIGNAL_PAST = {
    "signal_past",
    "INSERT INTO case_signal_past (signal, case_id, token) SELECT id, ?1, ?2 FROM case_message WHERE kind=1 AND name=?3",
    "INSERT INTO case_signal_past (signal, case_id, token) SELECT id, ?1::bytea, ?2::bigint FROM case_message WHERE kind=1 AND name=?3",
    false};

struct slice flow_key(const struct city *c, struct arena *a, const struct json *key)
{
    if (!key || key->type == JSON_NULL) return (struct slice){0};
    bool word = key->type == JSON_STRING || key->type == JSON_NUMBER;
    return vault_index(c, a, "message.key", word ? key->text : json_write(a, key));
}

instant flow_keep_until(const struct calendar *cal, struct slice keep, instant from)
{
    struct limit l = {.n = MESSAGE_KEEP_DAYS, .unit = LIMIT_CALENDAR_DAY};
    if (keep.n) (void)limit_scan(keep, &l);
    struct clock k = {.started = from};
    instant until = clock_due(cal, &k, &l), most = from + MESSAGE_KEEP_MAX * MS_DAY;
    return until < most ? until : most;
}

static struct sql_value key_value(struct slice key)
{
    return key.n ? sql_blob(key) : sql_null();
}

result run_await(struct run *r, const struct effect *e)
{
    bool signal = slice_is(json_string(e->data, "kind"), "signal");
    struct slice name = json_string(e->data, "name"), key = flow_key(r->k->city, r->a, json_get(e->data, "key"));
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "await");
    json_set_int(&b, "token", e->token);
    json_set_int(&b, "k", signal ? FLOW_SIGNAL : FLOW_MESSAGE);
    json_set_str(&b, "name", name);
    if (key.n) json_set_str(&b, "key", base64_encode(r->a, key));
    if (signal) decision_write(r->d, &SIGNAL_PAST, -1, 3, sql_id(&r->c->id), sql_int(e->token), sql_text(name));
    if (key.n && !signal) decision_write(r->d, &MESSAGE_WAKE, -1, 3, sql_blob(key), sql_text(name), sql_int(r->k->now));
    return run_fact(r, json_object(&b));
}

result fold_await(struct fold *f, const struct json *v)
{
    struct slice key = {0};
    if (json_get(v, "key") && !base64_decode(f->d->a, json_string(v, "key"), &key))
        return fail(f->d->a, CODE_INTERNAL, S("fact.await"), "detail", S("the key is not base64"), NULL);
    decision_write(f->d, &AWAIT_INSERT, 1, 6, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)),
                   sql_int(json_int(v, "k", 0)), sql_text(json_string(v, "name")), key_value(key), sql_int(f->at));
    return ok();
}

result fold_await_over(struct fold *f, const struct json *v)
{
    decision_write(f->d, &AWAIT_DELETE, -1, 2, sql_id(&f->c->id), sql_int(json_int(v, "token", 0)));
    return ok();
}

/* The row is the city's post, not the case's state: a rebuild leaves it as it is, as it leaves the inbox. */
result run_thrown(struct run *r, const struct effect *e)
{
    struct id *id = NEW(r->a, struct id), first = ID_NONE;
    bool signal = slice_is(json_string(e->data, "kind"), "signal");
    struct slice name = json_string(e->data, "name"), key = flow_key(r->k->city, r->a, json_get(e->data, "key"));
    struct slice payload = vault_seal(r->a, &r->key, "case.message", json_write(r->a, json_get(e->data, "payload")));
    instant until = flow_keep_until(r->k->city->calendar, json_string(e->data, "keep"), r->k->now);
    *id = id_new(r->k->now);
    first.b[15] = 1; /* before every case */
    decision_write(r->d, &MESSAGE_INSERT, 1, 12, sql_id(id), sql_int(signal ? FLOW_SIGNAL : FLOW_MESSAGE),
                   sql_text(name), key_value(key), sql_id(&r->c->id),
                   sql_int(((r->c->version + 1) << 16) + (int64_t)r->nthrown++), sql_text(r->c->service),
                   sql_text(r->c->town), sql_blob(payload), sql_int(r->k->now), sql_int(until),
                   sql_blob(arena_copy(r->a, id_bytes(&first))));
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "thrown");
    json_set_str(&b, "id", id_text(r->a, *id));
    json_set_int(&b, "k", signal ? FLOW_SIGNAL : FLOW_MESSAGE);
    json_set_str(&b, "message", name); /* "name" would be a person's */
    json_set_str(&b, "node", e->node->id);
    return run_fact(r, json_object(&b));
}

/* An activity that somebody may begin stands on the desk like a task of those who may; what is begun is a task of its own. */
result run_offered(struct run *r, const struct effect *e)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "task");
    json_set_int(&b, "token", e->token);
    json_set_str(&b, "node", e->node->id);
    json_set_str(&b, "step", e->step);
    json_set_cstr(&b, "kind", TASK_KIND_OFFER);
    json_set_str(&b, "department", e->department.n ? e->department : r->c->department);
    json_set_str(&b, "role", e->role.n ? e->role : slice_cstr(role_name(ROLE_HANDLER)));
    json_set_str(&b, "town", r->c->town);
    json_set_int(&b, "due", 0);
    return run_fact(r, json_object(&b));
}
