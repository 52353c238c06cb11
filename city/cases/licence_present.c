/* The holder shows a licence: a code with an end, and what it shows. */
#include "city/cases/licence_use.h"

#include "city/cases/licence_show.h"
#include "city/identity/identity.h"
#include "city/sql.h"
#include "trust/crypto.h"

/* ---- what a licence says ---- */

struct slice licence_holder(struct city *c, struct arena *a, struct id subject)
{
    const struct json *profile;
    if (failed(subject_profile(c, a, subject, &profile))) return S("");
    return json_string(json_get(json_get(profile, "fields"), "name"), "value");
}

void licence_say(struct city *c, struct json_builder *b, const struct licence_row *l, instant now)
{
    struct arena *a = b->a;
    const struct department *d = citydata_department(catalogue_data(c->catalogue), l->department);
    json_set_str(b, "id", id_text(a, l->id));
    json_set(b, "type", l->title);
    json_set_str(b, "number", l->number);
    json_set_str(b, "certificate_id", l->certificate_id);
    json_set_int(b, "version", l->version);
    json_set_str(b, "holder", licence_holder(c, a, l->subject));
    json_set(b, "issuer", d ? bitext_json(a, d->name) : json_null());
    json_set_str(b, "issued_on", day_text(a, day_of_instant(l->issued_at)));
    json_set(b, "valid_to", l->valid_to ? json_of_string(a, day_text(a, day_of_instant(l->valid_to))) : json_null());
    json_set_cstr(b, "status", licence_status(l->status, l->valid_to, now));
    json_set_str(b, "verify_url", arena_printf(a, "%.*s/verify/%.*s", SLICE_ARG(c->base_url), SLICE_ARG(l->token)));
}

result licence_held_open(struct city *c, struct arena *a, const struct actor *x, struct id id, struct licence_row *l)
{
    TRY(licence_open(c, a, id, l));
    if (x->kind == ACTOR_STAFF || id_is_none(x->subject) ||
        (!id_eq(x->subject, l->subject) && !id_eq(x->subject, l->applicant)))
        return fail(a, CODE_NOT_FOUND, S("licence"), "value", id_text(a, id), NULL);
    return delegation_covers(c, a, x, l->service, time_now(c->time));
}

/* ---- presentations ---- */

static const struct stmt INSERT = {
    "presentation_insert",
    "INSERT INTO licence_presentation (id, token_hash, licence_id, subject, to_ct, created_at, expires_at, ended_at, seen, seen_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,0,0,0)",
    NULL, false};
static const struct stmt BY_TOKEN = {
    "presentation_by_token",
    "SELECT id, licence_id, to_ct, expires_at, ended_at FROM licence_presentation WHERE token_hash=?1", NULL, false};
static const struct stmt SEEN = {
    "presentation_seen", "UPDATE licence_presentation SET seen = seen + 1, seen_at = ?2 WHERE id=?1", NULL, false};
static const struct stmt END = {"presentation_end",
                                "UPDATE licence_presentation SET ended_at=?3 WHERE id=?1 AND subject=?2 AND ended_at=0",
                                NULL, false};
static const struct stmt OF_LICENCE = {
    "presentations_of",
    "SELECT id, to_ct, created_at, expires_at, ended_at, seen, seen_at FROM licence_presentation WHERE licence_id=?1 AND subject=?2"
    " ORDER BY id DESC LIMIT 50",
    NULL, false};

struct shown {
    struct id id, licence, subject;
    struct slice hash, to;
    instant now, expires;
    int64_t changed;
};

static struct slice hash_of(struct arena *a, struct slice token)
{
    uint8_t h[32];
    crypto_sha256(token, h);
    return arena_copy(a, slice_of((const char *)h, 32));
}

static result insert_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct shown *s = ctx;
    return tx_exec(tx, a, &INSERT,
                   BINDS(sql_id(&s->id), sql_blob(s->hash), sql_id(&s->licence), sql_id(&s->subject), sql_blob(s->to),
                         sql_int(s->now), sql_int(s->expires)),
                   NULL);
}

static result seen_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct shown *s = ctx;
    return tx_exec(tx, a, &SEEN, BINDS(sql_id(&s->id), sql_int(s->now)), NULL);
}

static result end_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct shown *s = ctx;
    return tx_exec(tx, a, &END, BINDS(sql_id(&s->id), sql_id(&s->subject), sql_int(s->now)), &s->changed);
}

result licence_present(struct city *c, struct arena *a, const struct actor *x, struct id id, int64_t hours,
                       struct slice to, instant now, const struct json **out)
{
    struct licence_row l;
    struct json_builder b = json_builder(a);
    TRY(licence_held_open(c, a, x, id, &l));
    const char *status = licence_status(l.status, l.valid_to, now);
    if (strcmp(status, "valid") != 0) return licence_wrong_state(a, slice_cstr(status));
    struct slice token = random_token(a, 18);
    struct shown s = {.id = id_new(now),
                      .licence = id,
                      .subject = x->subject,
                      .hash = hash_of(a, token),
                      .to = vault_seal_city(c, a, "licence.to", to),
                      .now = now,
                      .expires = now + hours * MS_HOUR};
    TRY(store_run(c->store, a, "licence_present", insert_body, &s));
    json_set_str(&b, "id", id_text(a, s.id));
    json_set_str(&b, "url", arena_printf(a, "%.*s/p/%.*s", SLICE_ARG(c->base_url), SLICE_ARG(token)));
    json_set_str(&b, "expires_at", instant_text(a, s.expires));
    *out = json_object(&b);
    return ok();
}

result licence_present_end(struct city *c, struct arena *a, const struct actor *x, struct id presentation, instant now)
{
    struct shown s = {.id = presentation, .subject = x->subject, .now = now};
    TRY(store_run(c->store, a, "licence_present_end", end_body, &s));
    return s.changed ? ok() : fail(a, CODE_NOT_FOUND, S("presentation"), "value", id_text(a, presentation), NULL);
}

result licence_presented(struct city *c, struct arena *a, struct slice token, instant now, const struct json **out)
{
    struct rows rows;
    struct json_builder b = json_builder(a);
    struct licence_row l;
    struct slice hash = hash_of(a, token), to;
    struct shown s = {.now = now};
    TRY(store_query(c->store, a, &BY_TOKEN, BINDS(sql_blob(hash)), &rows));
    if (!rows.n || row(&rows, 0)[3].i < now || row(&rows, 0)[4].i)
        return fail(a, CODE_NOT_FOUND, S("token"), "value", S("***"), NULL);
    const struct sql_value *v = row(&rows, 0);
    (void)id_from_bytes(v[0].s, &s.id);
    (void)id_from_bytes(v[1].s, &s.licence);
    TRY(vault_open_city(c, a, "licence.to", v[2].s, &to));
    TRY(licence_open(c, a, s.licence, &l));
    TRY(store_run(c->store, a, "licence_presented", seen_body, &s));
    licence_say(c, &b, &l, now);
    json_set_str(&b, "to", to);
    json_set_str(&b, "expires_at", instant_text(a, v[3].i));
    json_set_bool(&b, "test_keys", c->test_keys);
    *out = json_object(&b);
    return ok();
}

static result presentations(struct city *c, struct arena *a, const struct actor *x, const struct licence_row *l,
                            const struct json **out)
{
    struct rows rows;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &OF_LICENCE, BINDS(sql_id(&l->id), sql_id(&x->subject)), &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct json_builder b = json_builder(a);
        struct slice to;
        struct id id;
        (void)id_from_bytes(v[0].s, &id);
        TRY(vault_open_city(c, a, "licence.to", v[1].s, &to));
        json_set_str(&b, "id", id_text(a, id));
        json_set_str(&b, "to", to);
        json_set_str(&b, "created_at", instant_text(a, v[2].i));
        json_set_str(&b, "expires_at", instant_text(a, v[3].i));
        json_set(&b, "ended_at", v[4].i ? json_of_string(a, instant_text(a, v[4].i)) : json_null());
        json_set_int(&b, "seen", v[5].i);
        json_set(&b, "seen_at", v[6].i ? json_of_string(a, instant_text(a, v[6].i)) : json_null());
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

result licence_mine(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                    const struct json **out)
{
    struct json_builder b = json_builder(a), l_ = json_builder(a);
    struct licence_row l;
    const struct json *history, *shown, *consents;
    TRY(licence_held_open(c, a, x, id, &l));
    TRY(licence_history(c, a, &l, now, &history));
    TRY(presentations(c, a, x, &l, &shown));
    TRY(licence_consents_of(c, a, x->subject, &id, now, &consents));
    licence_say(c, &l_, &l, now);
    json_set_str(&l_, "case", id_text(a, l.case_id));
    json_set_str(&l_, "document", id_text(a, l.document));
    json_set(&b, "licence", json_object(&l_));
    json_set(&b, "history", history);
    json_set(&b, "presentations", shown);
    json_set(&b, "consents", consents);
    *out = json_object(&b);
    return ok();
}

/* ---- erasure, retention ---- */

result licence_shows_erase(struct tx *tx, struct arena *a, struct id subject)
{
    static const struct stmt SHOWN = {"presentations_erase", "DELETE FROM licence_presentation WHERE subject=?1", NULL,
                                      false};
    static const struct stmt ASKED = {"consents_erase", "DELETE FROM licence_consent WHERE subject=?1", NULL, false};
    TRY(tx_exec(tx, a, &SHOWN, BINDS(sql_id(&subject)), NULL));
    return tx_exec(tx, a, &ASKED, BINDS(sql_id(&subject)), NULL);
}

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    static const struct stmt SHOWN = {"presentations_sweep", "DELETE FROM licence_presentation WHERE expires_at < ?1",
                                      NULL, false};
    static const struct stmt ASKED = {
        "consents_sweep", "DELETE FROM licence_consent WHERE asked_at < ?1 AND state <> 'granted'", NULL, false};
    instant now = *(const instant *)ctx;
    TRY(tx_exec(tx, a, &SHOWN, BINDS(sql_int(now - PRESENTATION_KEPT)), NULL));
    return tx_exec(tx, a, &ASKED, BINDS(sql_int(now - CONSENT_KEPT)), NULL);
}

result licence_shows_sweep(struct city *c, struct arena *a, instant now)
{
    return store_run(c->store, a, "licence_shows_sweep", sweep_body, &now);
}
