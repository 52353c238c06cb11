/* Messages from other systems. What they say is checked against what the model declares; who sends it is an officer of the body whose
 * service takes it, or an account of staff that such a system signs in with. */
#include "city/cases/flow.h"

#include "city/sql.h"
#include "trust/crypto.h"

static const struct stmt SENT_BEFORE = {
    "outside_sent", "SELECT body_hash, reply FROM idempotency WHERE actor=?1 AND route=?2 AND idem_key=?3", NULL,
    false};
static const struct stmt SENT = {
    "outside_send",
    "INSERT INTO idempotency (actor, route, idem_key, body_hash, status, reply, at) VALUES (?1,?2,?3,?4,0,?5,?6)", NULL,
    false};
static const struct stmt OUTSIDE_INSERT = {
    "outside_insert",
    "INSERT INTO case_message (id, kind, name, key_hash, sender, seq, service, town, payload_ct, at, expires_at, due_at, state,"
    " tries, error, cursor, lease_until, lease_owner) VALUES (?1,0,?2,?3,NULL,0,'','',?4,?5,?6,?5,0,0,'',?7,0,NULL)",
    NULL, false};

struct taker { /* a service that declares the message as one from outside */
    const struct schema *schema;
    struct slice keep;
    bool starts, may, found;
};

static bool sends(const struct actor *x, struct slice department)
{
    static const enum role ROLES[] = {ROLE_HANDLER, ROLE_REVIEWER, ROLE_HEAD};
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        if (actor_has_role(x, ROLES[i], department, (struct slice){NULL, 0})) return true;
    return x->kind == ACTOR_SYSTEM;
}

static struct taker find_taker(const struct case_command *k, struct slice name)
{
    const struct service *const *all;
    struct taker t = {.found = false};
    size_t n;
    catalogue_all(k->city->catalogue, k->a, &all, &n);
    for (size_t i = 0; i < n && !t.may; i++) {
        const struct process_declared *d = NULL;
        size_t nd = process_declared(k->a, service_model(all[i]), &d);
        for (size_t j = 0; j < nd && !t.may; j++) {
            if (d[j].kind != DECLARED_MESSAGE || d[j].throws || !d[j].outside || !slice_eq(d[j].name, name)) continue;
            t = (struct taker){.schema = service_task_form(all[i], d[j].form),
                               .keep = d[j].keep,
                               .starts = d[j].starts,
                               .may = sends(k->actor, service_department(all[i])),
                               .found = true};
        }
    }
    return t;
}

/* Problems of the schema under /payload. */
static result check_payload(struct arena *a, const struct schema *schema, const struct json *payload)
{
    result r = schema ? schema_validate(a, schema, payload) : ok(), out = ok();
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct problem one = *p;
        one.field = arena_printf(a, "/payload%.*s", SLICE_ARG(p->field));
        one.next = NULL;
        out = result_join(a, out, result_copy(a, (result){&one}));
    }
    return out;
}

struct sending {
    const struct case_command *k;
    const struct outside_message *m;
    const struct taker *t;
    struct id id;
    uint8_t hash[32];
};

static struct slice hash_of(const struct sending *x)
{
    return (struct slice){(const char *)x->hash, sizeof x->hash};
}

static result send_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct sending *x = ctx;
    const struct case_command *k = x->k;
    struct slice key = flow_key(k->city, a, x->m->key);
    struct id first = ID_NONE;
    struct json_builder b = json_builder(a);
    first.b[15] = 1;
    x->id = id_new(k->now);
    TRY(tx_exec(tx, a, &SENT,
                BINDS(sql_id(&k->actor->account), sql_text(k->route), sql_text(k->key), sql_blob(hash_of(x)),
                      sql_text(id_text(a, x->id)), sql_int(k->now)),
                NULL));
    TRY(tx_exec(tx, a, &OUTSIDE_INSERT,
                BINDS(sql_id(&x->id), sql_text(x->m->name), sql_blob_or_null(key),
                      sql_blob(vault_seal_city(k->city, a, "case.message", json_write(a, x->m->payload))),
                      sql_int(k->now), sql_int(flow_keep_until(k->city->calendar, x->t->keep, k->now)),
                      sql_blob(id_bytes(&first))),
                NULL));
    json_set_str(&b, "message", x->m->name);
    return audit_add(tx, a, k->actor, k->now, "message.sent", json_object(&b));
}

static result sent_before(struct sending *x, bool *before)
{
    const struct case_command *k = x->k;
    struct rows rows;
    TRY(store_query(k->city->store, k->a, &SENT_BEFORE,
                    BINDS(sql_id(&k->actor->account), sql_text(k->route), sql_text(k->key)), &rows));
    *before = rows.n > 0;
    if (!*before) return ok();
    if (!slice_eq(row(&rows, 0)[0].s, hash_of(x)))
        return fail(k->a, CODE_IDEMPOTENCY_BODY, S("Idempotency-Key"), "value", k->key, NULL);
    return id_parse(k->a, row(&rows, 0)[1].s, S("idempotency.reply"), &x->id);
}

result message_from_outside(struct case_command *k, const struct outside_message *m, struct id *id, bool *replayed)
{
    struct sending x = {.k = k, .m = m};
    crypto_sha256(k->body, x.hash);
    TRY(sent_before(&x, replayed));
    *id = x.id;
    if (*replayed) return ok();
    struct taker t = find_taker(k, m->name);
    if (!t.found) return fail(k->a, CODE_MESSAGE_UNKNOWN, S("/name"), "value", m->name, NULL);
    if (!t.may) return fail(k->a, CODE_FORBIDDEN, S("/name"), "right", S("handler"), NULL);
    bool keyed = m->key && m->key->type != JSON_NULL;
    if (!keyed && !t.starts) return fail(k->a, CODE_FIELD_REQUIRED, S("/key"), NULL);
    TRY(check_payload(k->a, t.schema, m->payload));
    x.t = &t;
    result r = store_run(k->city->store, k->a, "message_sent", send_body, &x);
    if (result_code(r) == CODE_STORE_CONSTRAINT) r = sent_before(&x, replayed); /* twice at once */
    *id = x.id;
    return r;
}
