/* A body uses a licence: for a purpose with a basis in law, or with the holder's consent. */
#include "city/cases/licence_use.h"

#include "city/cases/licence_show.h"
#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "city/sql.h"

const struct json *licence_purposes(struct city *c, struct arena *a, const struct actor *x)
{
    const struct citydata *d = catalogue_data(c->catalogue);
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < d->nlicence_purposes; i++) {
        const struct licence_purpose *p = &d->licence_purposes[i];
        struct json_builder b = json_builder(a);
        if (x && !licence_purpose_for(p, x->department)) continue;
        json_set_str(&b, "code", p->code);
        json_set(&b, "name", bitext_json(a, p->name));
        json_set(&b, "basis", p->law.zh.n ? bitext_json(a, p->law) : json_null());
        if (!x) json_set(&b, "departments", p->departments);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

struct bitext licence_purpose_words(struct city *c, struct slice code)
{
    const struct licence_purpose *p = citydata_licence_purpose(catalogue_data(c->catalogue), code);
    return p ? p->name : (struct bitext){code, code};
}

static result need_purpose(struct city *c, struct arena *a, const struct actor *x, struct slice code,
                           const struct licence_purpose **out)
{
    *out = citydata_licence_purpose(catalogue_data(c->catalogue), code);
    if (!*out) return fail(a, CODE_NOT_FOUND, S("/purpose"), "value", code, NULL);
    return licence_purpose_for(*out, x->department)
               ? ok()
               : fail(a, CODE_FORBIDDEN, S("/purpose"), "right", S("purpose"), NULL);
}

/* For the holder's record: the purpose's code behind a prefix that city/rights/words.c knows. */
static result note(struct city *c, struct arena *a, const struct actor *x, instant now, struct id subject,
                   struct id case_id, const char *what, const struct licence_purpose *p)
{
    return read_record(c, a, x, now, subject, case_id, what, arena_printf(a, "licence:%.*s", SLICE_ARG(p->code)));
}

/* ---- search ---- */

static const struct stmt HELD = {"licences_held", "SELECT id FROM licence WHERE subject=?1 ORDER BY id DESC LIMIT 100",
                                 NULL, false};

result licence_search(struct city *c, struct arena *a, const struct actor *x, struct slice id_kind, struct slice number,
                      struct slice purpose, instant now, const struct json **out)
{
    const struct licence_purpose *p;
    struct json_builder list = json_builder(a), b = json_builder(a);
    struct id subject;
    struct rows rows = {.n = 0};
    bool found;
    TRY(need_purpose(c, a, x, purpose, &p));
    TRY(identity_number_check(a, id_kind, number, S("/id_number"), &number));
    TRY(subject_find(c, a, id_kind, number, &subject, &found));
    if (found) {
        TRY(note(c, a, x, now, subject, ID_NONE, "licence.search", p));
        TRY(store_query(c->store, a, &HELD, BINDS(sql_id(&subject)), &rows));
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct json_builder one = json_builder(a);
        struct licence_row l;
        struct id id;
        (void)id_from_bytes(row(&rows, i)[0].s, &id);
        TRY(licence_open(c, a, id, &l));
        json_set_str(&one, "id", id_text(a, id));
        json_set(&one, "type", l.title);
        json_set_cstr(&one, "status", licence_status(l.status, l.valid_to, now));
        json_set_str(&one, "issued_on", day_text(a, day_of_instant(l.issued_at)));
        json_set_int(&one, "version", l.version);
        json_set_bool(&one, "can_change", actor_has_role(x, ROLE_HEAD, l.department, l.town));
        json_add(&list, json_object(&one));
    }
    json_set_bool(&b, "found", found);
    json_set(&b, "items", json_array(&list));
    *out = json_object(&b);
    return ok();
}

/* ---- consent ---- */

static const struct stmt ASK = {
    "consent_ask",
    "INSERT INTO licence_consent (id, licence_id, subject, department, purpose, why_ct, asked_by, asked_at, state, answered_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,'asked',0)",
    NULL, false};
static const struct stmt CURRENT = {
    "consent_current",
    "SELECT state FROM licence_consent WHERE licence_id=?1 AND department=?2 AND purpose=?3 AND state IN ('asked', 'granted')",
    NULL, false};
static const struct stmt ANSWER = {
    "consent_answer", "UPDATE licence_consent SET state=?3, answered_at=?4 WHERE id=?1 AND subject=?2 AND state=?5",
    NULL, false};
static const struct stmt OF_SUBJECT = {
    "consents_of",
    "SELECT k.id, k.licence_id, k.department, k.purpose, k.why_ct, k.asked_at, k.state, k.answered_at, l.title, l.number"
    " FROM licence_consent k JOIN licence l ON l.id = k.licence_id WHERE k.subject=?1 ORDER BY k.id DESC LIMIT 200",
    NULL, false};

struct consent {
    struct id id, licence, subject, by;
    struct slice department, purpose, why, to, from;
    instant now;
    int64_t changed;
    const struct city *city;
    const struct message *message;
};

static result ask_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct consent *k = ctx;
    TRY(tx_exec(tx, a, &ASK,
                BINDS(sql_id(&k->id), sql_id(&k->licence), sql_id(&k->subject), sql_text(k->department),
                      sql_text(k->purpose), sql_blob(k->why), sql_id(&k->by), sql_int(k->now)),
                NULL));
    return message_send(k->city, tx, a, k->message, k->now);
}

static result answer_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct consent *k = ctx;
    return tx_exec(tx, a, &ANSWER,
                   BINDS(sql_id(&k->id), sql_id(&k->subject), sql_text(k->to), sql_int(k->now), sql_text(k->from)),
                   &k->changed);
}

static result consent_state(struct city *c, struct arena *a, struct id licence, struct slice department,
                            struct slice purpose, struct slice *state)
{
    struct rows rows;
    TRY(store_query(c->store, a, &CURRENT, BINDS(sql_id(&licence), sql_text(department), sql_text(purpose)), &rows));
    *state = rows.n ? row(&rows, 0)[0].s : (struct slice){NULL, 0};
    return ok();
}

result licence_consent_ask(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice purpose,
                           struct slice why, instant now, const struct json **out)
{
    const struct licence_purpose *p;
    struct licence_row l;
    struct slice state;
    struct json_builder b = json_builder(a);
    struct message m = {.kind = MESSAGE_TO_SUBJECT};
    TRY(need_purpose(c, a, x, purpose, &p));
    if (slice_trim(why).n == 0) return fail(a, CODE_FIELD_REQUIRED, S("/why"), NULL);
    TRY(licence_open(c, a, id, &l));
    TRY(consent_state(c, a, id, x->department, purpose, &state));
    if (state.n) return fail(a, CODE_CONFLICT, S("consent"), "value", state, NULL);
    const struct department *d = citydata_department(catalogue_data(c->catalogue), x->department);
    struct bitext who = d ? d->name : (struct bitext){x->department, x->department}, what = bitext_of(l.title);
    m.to = l.subject;
    m.title = (struct bitext){S("请您同意使用证照"), S("You are asked to consent")};
    m.body.zh =
        arena_printf(a, "%.*s 请求使用您的《%.*s》，用途：%.*s。说明：%.*s\n答复：%.*s/licences", SLICE_ARG(who.zh),
                     SLICE_ARG(what.zh), SLICE_ARG(p->name.zh), SLICE_ARG(why), SLICE_ARG(c->base_url));
    m.body.en = arena_printf(a, "%.*s asks to use your %.*s for %.*s. Why: %.*s\nAnswer: %.*s/licences",
                             SLICE_ARG(who.en), SLICE_ARG(what.en.n ? what.en : what.zh), SLICE_ARG(p->name.en),
                             SLICE_ARG(why), SLICE_ARG(c->base_url));
    struct consent k = {.id = id_new(now),
                        .licence = id,
                        .subject = l.subject,
                        .by = x->account,
                        .department = x->department,
                        .purpose = purpose,
                        .why = vault_seal_city(c, a, "licence.why", why),
                        .now = now,
                        .city = c,
                        .message = &m};
    TRY(store_run(c->store, a, "licence_consent_ask", ask_body, &k));
    json_set_str(&b, "id", id_text(a, k.id));
    json_set_cstr(&b, "state", "asked");
    *out = json_object(&b);
    return ok();
}

result licence_consent_answer(struct city *c, struct arena *a, const struct actor *x, struct id consent,
                              struct slice answer, instant now)
{
    static const char *const ANSWERS[][3] = {
        {"grant", "asked", "granted"}, {"refuse", "asked", "refused"}, {"withdraw", "granted", "withdrawn"}};
    struct consent k = {.id = consent, .subject = x->subject, .now = now};
    for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++)
        if (slice_is(answer, ANSWERS[i][0])) {
            k.from = slice_cstr(ANSWERS[i][1]);
            k.to = slice_cstr(ANSWERS[i][2]);
        }
    if (!k.to.n || id_is_none(x->subject)) return fail(a, CODE_NOT_FOUND, S("/answer"), "value", answer, NULL);
    TRY(store_run(c->store, a, "licence_consent_answer", answer_body, &k));
    return k.changed ? ok() : fail(a, CODE_NOT_FOUND, S("consent"), "value", id_text(a, consent), NULL);
}

static result consent_json(struct city *c, struct arena *a, const struct sql_value *v, const struct json **out)
{
    struct json_builder b = json_builder(a);
    const struct department *d = citydata_department(catalogue_data(c->catalogue), v[2].s);
    const struct json *title;
    struct bitext purpose = licence_purpose_words(c, v[3].s);
    struct slice why;
    struct id id, licence;
    (void)id_from_bytes(v[0].s, &id);
    (void)id_from_bytes(v[1].s, &licence);
    TRY(vault_open_city(c, a, "licence.why", v[4].s, &why));
    TRY(json_parse(a, v[8].s, 4096, S("licence.title"), &title));
    json_set_str(&b, "id", id_text(a, id));
    json_set_str(&b, "licence", id_text(a, licence));
    json_set(&b, "type", title);
    json_set_str(&b, "number", v[9].s);
    json_set(&b, "department", d ? bitext_json(a, d->name) : json_of_string(a, v[2].s));
    json_set(&b, "purpose", bitext_json(a, purpose));
    json_set_str(&b, "why", why);
    json_set_str(&b, "asked_at", instant_text(a, v[5].i));
    json_set_str(&b, "state", v[6].s);
    json_set(&b, "answered_at", v[7].i ? json_of_string(a, instant_text(a, v[7].i)) : json_null());
    *out = json_object(&b);
    return ok();
}

result licence_consents_of(struct city *c, struct arena *a, struct id subject, const struct id *licence, instant now,
                           const struct json **out)
{
    struct rows rows;
    struct json_builder list = json_builder(a);
    (void)now;
    TRY(store_query(c->store, a, &OF_SUBJECT, BINDS(sql_id(&subject)), &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct json *one;
        struct id of;
        if (licence && (!id_from_bytes(row(&rows, i)[1].s, &of) || !id_eq(of, *licence))) continue;
        TRY(consent_json(c, a, row(&rows, i), &one));
        json_add(&list, one);
    }
    *out = json_array(&list);
    return ok();
}

result licence_consents(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    struct json_builder b = json_builder(a);
    const struct json *list;
    TRY(licence_consents_of(c, a, x->subject, NULL, now, &list));
    json_set(&b, "items", list);
    *out = json_object(&b);
    return ok();
}

/* ---- use ---- */

result licence_use(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice purpose,
                   instant now, const struct json **out)
{
    const struct licence_purpose *p;
    const struct json *history;
    struct licence_row l;
    struct slice state = {NULL, 0};
    struct json_builder b = json_builder(a);
    TRY(need_purpose(c, a, x, purpose, &p));
    TRY(licence_open(c, a, id, &l));
    if (!p->law.zh.n) TRY(consent_state(c, a, id, x->department, purpose, &state));
    if (!p->law.zh.n && !slice_is(state, "granted"))
        return fail(a, CODE_LICENCE_CONSENT, S("licence"), "detail_zh",
                    slice_is(state, "asked") ? S("已请求，等待持证人答复") : S("尚未请求"), "detail_en",
                    slice_is(state, "asked") ? S("asked, not answered yet") : S("not asked yet"), NULL);
    TRY(note(c, a, x, now, l.subject, l.case_id, "licence", p));
    TRY(licence_history(c, a, &l, now, &history));
    licence_say(c, &b, &l, now);
    json_set(&b, "history", history);
    json_set(&b, "purpose", bitext_json(a, p->name));
    json_set(&b, "basis", p->law.zh.n ? bitext_json(a, p->law) : json_null());
    *out = json_object(&b);
    return ok();
}
