/* The outbox: written with the cause, emptied by workers. A message is first spread over the receiver's inbox and the
 * channels the receiver has an address for (one row each), then every row is delivered by itself. */
#include "city/messages/internal.h"

#define LEASE_MS (2 * MS_MINUTE)
#define PAUSE_MAX (6 * MS_HOUR)
#define NEVER INT64_MAX

const struct migration MESSAGES_MIGRATIONS[] = {
    {"city.messages", 1, "messages",
     "-- retention: until delivered; dead letters 90 days\n"
     "CREATE TABLE outbox (id {BLOB} PRIMARY KEY, message {BLOB} NOT NULL, channel {TEXT} NOT NULL, kind {INT} NOT NULL,"
     " recipient {BLOB} NOT NULL, case_id {BLOB}, payload_ct {BLOB} NOT NULL, created_at {INT} NOT NULL, due_at {INT} NOT NULL,"
     " lease_until {INT} NOT NULL, lease_owner {BLOB}, tries {INT} NOT NULL, state {TEXT} NOT NULL, error {TEXT} NOT NULL);\n"
     "CREATE INDEX outbox_due ON outbox (due_at);\n"
     "-- retention: 3 years, or until the receiver is erased\n"
     "CREATE TABLE inbox (id {BLOB} PRIMARY KEY, owner {BLOB} NOT NULL, case_id {BLOB}, content_ct {BLOB} NOT NULL,"
     " at {INT} NOT NULL, read_at {INT} NOT NULL);\n"
     "CREATE INDEX inbox_owner ON inbox (owner, id);\n"
     "-- retention: 90 days; what the stand-ins for SMS and WeChat would have sent\n"
     "CREATE TABLE double_delivery (message {BLOB} NOT NULL, channel {TEXT} NOT NULL, at {INT} NOT NULL, letter_ct {BLOB} NOT NULL,"
     " PRIMARY KEY (message, channel));\n",
     NULL},
};
const size_t MESSAGES_NMIGRATIONS = sizeof MESSAGES_MIGRATIONS / sizeof *MESSAGES_MIGRATIONS;

static const struct stmt OUTBOX_INSERT = {
    "outbox_insert",
    "INSERT INTO outbox (id, message, channel, kind, recipient, case_id, payload_ct, created_at, due_at, lease_until, tries, state, error)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,0,0,'waiting','')",
    NULL, false};
static const struct stmt OUTBOX_LOAD = {
    "outbox_load",
    "SELECT id, message, channel, kind, recipient, case_id, payload_ct, tries, created_at FROM outbox WHERE id = ?1",
    NULL, false};
static const struct stmt OUTBOX_DELETE = {"outbox_delete", "DELETE FROM outbox WHERE id = ?1", NULL, false};
static const struct stmt OUTBOX_RETRY = {
    "outbox_retry", "UPDATE outbox SET due_at = ?2, lease_until = 0, tries = ?3, state = ?4, error = ?5 WHERE id = ?1",
    NULL, false};
static const struct stmt OUTBOX_COUNTS = {
    "outbox_counts",
    "SELECT channel, state, COUNT(*), error FROM outbox GROUP BY channel, state, error ORDER BY channel, state, error",
    NULL, false};
static const struct stmt OUTBOX_ERASE = {"outbox_erase", "DELETE FROM outbox WHERE recipient = ?1", NULL, false};
/* what a double kept carries the id of the message, which its copy in the inbox has too */
static const struct stmt DOUBLE_ERASE = {
    "double_erase", "DELETE FROM double_delivery WHERE message IN (SELECT id FROM inbox WHERE owner = ?1)", NULL,
    false};
static const struct stmt SWEEP_DEAD = {
    "sweep_dead", "DELETE FROM outbox WHERE state = 'dead' AND due_at = ?1 AND created_at < ?2", NULL, false};
static const struct stmt SWEEP_DOUBLE = {"sweep_double", "DELETE FROM double_delivery WHERE message < ?1", NULL, false};
static const struct stmt SWEEP_INBOX = {"sweep_inbox", "DELETE FROM inbox WHERE id < ?1", NULL, false};
static const struct stmt INBOX_ERASE = {"inbox_erase", "DELETE FROM inbox WHERE owner = ?1", NULL, false};

static const struct channel *const CHANNELS[] = {&CHANNEL_EMAIL, &CHANNEL_SMS, &CHANNEL_WECHAT};
enum { NCHANNELS = 3 };

struct slice payload_seal(const struct city *c, struct arena *a, const struct message *m, struct slice address)
{
    struct json_builder b = json_builder(a);
    json_set(&b, "title", bitext_json(a, m->title));
    json_set(&b, "body", bitext_json(a, m->body));
    if (address.n) json_set_str(&b, "address", address);
    if (m->inbox_only) json_set_bool(&b, "inbox_only", true);
    return vault_seal_city(c, a, "outbox.payload", json_write(a, json_object(&b)));
}

void message_write(const struct city *c, struct decision *d, const struct message *m, instant now)
{
    struct id *id = NEW(d->a, struct id), *to = NEW(d->a, struct id), *case_id = NEW(d->a, struct id);
    *id = id_new(now);
    *to = m->to;
    *case_id = m->case_id;
    decision_write(d, &OUTBOX_INSERT, 1, 9, sql_id(id), sql_id(id), sql_text(S("fan")), sql_int((int64_t)m->kind),
                   sql_id(to), sql_id(case_id), sql_blob(payload_seal(c, d->a, m, (struct slice){0})), sql_int(now),
                   sql_int(now));
}

static result insert(struct tx *tx, struct arena *a, struct id id, struct id message, const char *channel,
                     const struct message *m, struct slice payload, instant created, instant due)
{
    return tx_exec(tx, a, &OUTBOX_INSERT,
                   BINDS(sql_id(&id), sql_id(&message), sql_text(slice_cstr(channel)), sql_int((int64_t)m->kind),
                         sql_id(&m->to), sql_id(&m->case_id), sql_blob(payload), sql_int(created), sql_int(due)),
                   NULL);
}

result message_send(const struct city *c, struct tx *tx, struct arena *a, const struct message *m, instant now)
{
    struct id id = id_new(now);
    return insert(tx, a, id, id, "fan", m, payload_seal(c, a, m, (struct slice){0}), now, now);
}

/* ---- spreading ---- */

struct addresses {
    struct slice of[NCHANNELS]; /* by CHANNELS; empty: none */
    bool gone;                  /* the receiver was erased or never was */
};

static result addresses_of(struct city *c, struct arena *a, const struct out_row *o, struct addresses *out)
{
    *out = (struct addresses){.gone = false};
    result r;
    if (o->kind == MESSAGE_TO_SUBJECT) {
        const struct json *p;
        r = subject_profile(c, a, o->to, &p);
        if (!failed(r)) {
            const struct json *f = json_get(p, "fields");
            out->of[0] = json_string(json_get(f, "email"), "value");
            out->of[1] = json_string(json_get(f, "phone"), "value");
            out->of[2] = json_string(json_get(f, "wechat"), "value");
        }
    } else {
        r = account_contact(c, a, o->to, &out->of[0], &out->of[1]);
    }
    enum code code = result_code(r);
    if (code == CODE_VAULT_ERASED || code == CODE_NOT_FOUND) {
        out->gone = true;
        return ok();
    }
    return r;
}

struct work {
    struct city *c;
    const struct out_row *o;
    const struct json *payload;
    struct addresses to;
    instant now, due;
    int64_t tries;
    struct slice state, error;
};

static result spread_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct work *w = ctx;
    const struct out_row *o = w->o;
    int64_t deleted;
    struct message m = {.kind = o->kind,
                        .to = o->to,
                        .case_id = o->case_id,
                        .title = bitext_of(json_get(w->payload, "title")),
                        .body = bitext_of(json_get(w->payload, "body"))};
    TRY(tx_exec(tx, a, &OUTBOX_DELETE, BINDS(sql_id(&o->id)), &deleted));
    if (!deleted || w->to.gone) return ok(); /* another worker was faster, or there is nobody any more */
    TRY(inbox_insert(w->c, tx, a, o, m.title, m.body));
    if (json_bool(w->payload, "inbox_only", false)) return ok();
    for (int i = 0; i < NCHANNELS; i++)
        if (w->to.of[i].n)
            TRY(insert(tx, a, id_new(w->now), o->message, CHANNELS[i]->name, &m, payload_seal(w->c, a, &m, w->to.of[i]),
                       o->at, w->now));
    return ok();
}

/* ---- delivering ---- */

static result gone_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct work *w = ctx;
    return tx_exec(tx, a, &OUTBOX_DELETE, BINDS(sql_id(&w->o->id)), NULL);
}

static result retry_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct work *w = ctx;
    return tx_exec(tx, a, &OUTBOX_RETRY,
                   BINDS(sql_id(&w->o->id), sql_int(w->due), sql_int(w->tries), sql_text(w->state), sql_text(w->error)),
                   NULL);
}

static result later(struct work *w, struct arena *a, result why)
{
    int64_t pause = MESSAGE_PAUSE;
    w->tries = w->o->tries + 1;
    for (int64_t i = 1; i < w->tries && pause < PAUSE_MAX; i++) pause *= 2;
    bool dead = w->tries >= MESSAGE_TRIES || result_code(why) == CODE_MESSAGE_REFUSED;
    w->due = dead ? NEVER : w->now + (pause < PAUSE_MAX ? pause : PAUSE_MAX);
    w->state = dead ? S("dead") : S("waiting");
    w->error = slice_cstr(code_name(result_code(why))); /* the code only: texts could hold an address */
    return store_run(w->c->store, a, "outbox_retry", retry_body, w);
}

/* Without a mail server mail waits, and that is no failure. */
static result parked(struct work *w, struct arena *a)
{
    w->tries = w->o->tries;
    w->due = w->now + MS_HOUR;
    w->state = S("waiting");
    w->error = S("no mail server");
    return store_run(w->c->store, a, "outbox_parked", retry_body, w);
}

static result deliver(struct work *w, struct arena *a, bool *left)
{
    const struct out_row *o = w->o;
    struct letter l = {.message = o->message,
                       .address = json_string(w->payload, "address"),
                       .at = o->at,
                       .title = bitext_of(json_get(w->payload, "title")),
                       .body = bitext_of(json_get(w->payload, "body"))};
    for (int i = 0; i < NCHANNELS; i++) {
        if (!slice_is(o->channel, CHANNELS[i]->name)) continue;
        if (CHANNELS[i] == &CHANNEL_EMAIL && !w->c->mail_url.n) return parked(w, a);
        result r = CHANNELS[i]->send(w->c, a, &l);
        if (failed(r)) return later(w, a, r);
        TRY(store_run(w->c->store, a, "outbox_delivered", gone_body, w));
        *left = true;
        return ok();
    }
    return later(w, a, fail(a, CODE_NOT_FOUND, S("channel"), "value", o->channel, NULL));
}

static result one(struct city *c, struct arena *a, struct id id, instant now, bool *left)
{
    struct rows r;
    struct out_row o = {0};
    struct slice text;
    *left = false;
    TRY(store_query(c->store, a, &OUTBOX_LOAD, BINDS(sql_id(&id)), &r));
    if (!r.n) return ok();
    const struct sql_value *v = row(&r, 0);
    o.id = id;
    (void)id_from_bytes(v[1].s, &o.message);
    o.channel = v[2].s;
    o.kind = (enum message_to)v[3].i;
    (void)id_from_bytes(v[4].s, &o.to);
    (void)id_from_bytes(v[5].s, &o.case_id);
    o.payload_ct = v[6].s;
    o.tries = v[7].i;
    o.at = v[8].i;
    struct work w = {.c = c, .o = &o, .now = now};
    result opened = vault_open_city(c, a, "outbox.payload", o.payload_ct, &text);
    if (!failed(opened)) opened = json_parse(a, text, 1024 * 1024, S("outbox.payload"), &w.payload);
    if (failed(opened)) { /* a row that cannot be read is told, and given up like one that cannot be delivered */
        TRY(later(&w, a, opened));
        return opened;
    }
    if (!slice_is(o.channel, "fan")) return deliver(&w, a, left);
    TRY(addresses_of(c, a, &o, &w.to));
    TRY(store_run(c->store, a, "outbox_spread", spread_body, &w));
    *left = true;
    return ok();
}

result messages_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    struct rows r;
    struct id owner = id_new(now);
    result faults = ok();
    *done = 0;
    TRY(store_lease(c->store, a, "outbox", owner, LEASE_MS, n, &r));
    for (size_t i = 0; i < r.n; i++) {
        struct id id;
        bool left = false;
        if (!id_from_bytes(row(&r, i)[0].s, &id)) continue;
        result res = one(c, a, id, now, &left); /* one bad row must not hold up the others */
        if (failed(res)) faults = result_join(a, faults, res);
        if (left) (*done)++;
    }
    return faults;
}

result outbox_counts(struct city *c, struct arena *a, const struct json **out)
{
    struct rows r;
    TRY(store_query(c->store, a, &OUTBOX_COUNTS, NULL, 0, &r));
    struct json_builder list = json_builder(a), b = json_builder(a);
    int64_t waiting = 0, dead = 0;
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder x = json_builder(a);
        json_set_str(&x, "channel", v[0].s);
        json_set_str(&x, "state", v[1].s);
        json_set_str(&x, "error", v[3].s);
        json_set_int(&x, "n", v[2].i);
        json_add(&list, json_object(&x));
        if (slice_is(v[1].s, "dead"))
            dead += v[2].i;
        else
            waiting += v[2].i;
    }
    json_set_int(&b, "waiting", waiting);
    json_set_int(&b, "dead", dead);
    json_set(&b, "by_channel", json_array(&list));
    *out = json_object(&b);
    return ok();
}

result messages_erase(struct tx *tx, struct arena *a, struct id subject)
{
    TRY(tx_exec(tx, a, &OUTBOX_ERASE, BINDS(sql_id(&subject)), NULL));
    TRY(tx_exec(tx, a, &DOUBLE_ERASE, BINDS(sql_id(&subject)), NULL));
    return tx_exec(tx, a, &INBOX_ERASE, BINDS(sql_id(&subject)), NULL);
}

/* The lowest id of a time (RFC 9562, 5.7: 48 bits of milliseconds first), to find rows by the age of their key. */
static struct id id_floor(instant at)
{
    struct id v = ID_NONE;
    for (int i = 0; i < 6; i++) v.b[i] = (uint8_t)((uint64_t)at >> (40 - 8 * i));
    return v;
}

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant now = *(instant *)ctx;
    struct id doubles = id_floor(now - DOUBLE_KEPT), inbox = id_floor(now - INBOX_KEPT);
    TRY(tx_exec(tx, a, &SWEEP_DEAD, BINDS(sql_int(NEVER), sql_int(now - DEAD_KEPT)), NULL));
    TRY(tx_exec(tx, a, &SWEEP_DOUBLE, BINDS(sql_id(&doubles)), NULL));
    return tx_exec(tx, a, &SWEEP_INBOX, BINDS(sql_id(&inbox)), NULL);
}

result messages_sweep(struct city *c, struct arena *a, instant now)
{
    return store_run(c->store, a, "messages_sweep", sweep_body, &now);
}
