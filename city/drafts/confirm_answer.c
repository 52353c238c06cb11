/* The person named looks, and confirms or denies. */
#include "city/drafts/confirm_internal.h"
#include "city/messages/messages.h"

#define CONFIRM_COLUMNS                                                                                     \
    "p.id, p.confirmation, p.state, p.named_ct, p.answered_at, c.subject, c.service, c.data_ct, c.asked_at" \
    " FROM confirmation_person p JOIN confirmation c ON c.id = p.confirmation"
static const struct stmt CONFIRM_MINE = {
    "confirm_mine",
    "SELECT " CONFIRM_COLUMNS " WHERE p.person = ?3 AND p.id < ?1 AND c.asked_at > ?4 ORDER BY p.id DESC LIMIT ?2",
    NULL, false};
static const struct stmt CONFIRM_ONE = {
    "confirm_one", "SELECT " CONFIRM_COLUMNS " WHERE p.id = ?1 AND p.person = ?2 AND c.asked_at > ?3", NULL, true};
static const struct stmt CONFIRM_SET = {
    "confirm_set",
    "UPDATE confirmation_person SET state = ?2, named_ct = ?3, answered_at = ?4 WHERE id = ?1 AND state = 0", NULL,
    false};
enum { P_ID, P_SET, P_STATE, P_NAMED, P_AT, P_SUBJECT, P_SERVICE, P_DATA, P_ASKED };

static const struct right SELF = {.kind = RIGHT_SELF};

/* ---- what they see ---- */

static bool among(const struct slice *list, size_t n, struct slice pointer)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(list[i], pointer)) return true;
    return false;
}

struct showing {
    struct arena *a;
    const struct json *confirm;
    const struct slice *hidden; /* pointers, "*" for the items of a list */
    size_t nhidden;
};

/* Whom one is to be registered with is part of what one agrees to. */
static bool name_of_person(const struct showing *x, struct slice pointer)
{
    for (size_t i = 0; x->confirm && i < x->confirm->n; i++) {
        struct slice key = x->confirm->items[i]->text;
        if (slice_eq(pointer, arena_printf(x->a, "/%.*s/name", SLICE_ARG(key))) ||
            slice_eq(pointer, arena_printf(x->a, "/%.*s/*/name", SLICE_ARG(key))))
            return true;
    }
    return false;
}

static const struct json *shown(const struct showing *x, const struct json *v, struct slice pointer)
{
    struct json_builder b = json_builder(x->a);
    if (v->type == JSON_ARRAY) {
        struct slice below = arena_printf(x->a, "%.*s/*", SLICE_ARG(pointer));
        if (among(x->hidden, x->nhidden, below)) return json_array(&b);
        for (size_t i = 0; i < v->n; i++) json_add(&b, shown(x, v->items[i], below));
        return json_array(&b);
    }
    if (v->type != JSON_OBJECT) return v;
    for (size_t i = 0; i < v->n; i++) {
        struct slice below = arena_printf(x->a, "%.*s/%.*s", SLICE_ARG(pointer), SLICE_ARG(v->keys[i]));
        if (among(x->hidden, x->nhidden, below) && !name_of_person(x, below)) continue;
        json_set_slice(&b, v->keys[i], shown(x, v->items[i], below));
    }
    return json_object(&b);
}

static const struct json *without_numbers(struct arena *a, const struct service *s, const struct json *data)
{
    const struct slice *personal;
    const struct form_attachment *papers;
    size_t n, npapers;
    form_personal(service_form(s), &personal, &n);
    form_attachments(service_form(s), &papers, &npapers);
    struct slice *hidden = NEW_ARRAY(a, struct slice, n + npapers + 1);
    for (size_t i = 0; i < n; i++) hidden[i] = personal[i];
    for (size_t i = 0; i < npapers; i++) hidden[n + i] = papers[i].pointer;
    struct showing x = {a, json_get(service_json(s), "confirm"), hidden, n + npapers};
    return shown(&x, data, (struct slice){NULL, 0});
}

static result open_json(struct arena *a, const struct data_key *k, const char *place, struct slice ct,
                        const struct json **out)
{
    struct slice text;
    TRY(vault_open(a, k, place, ct, &text));
    return json_parse(a, text, 2 * DRAFT_MAX, S("confirmation"), out);
}

static result item(struct city *c, struct arena *a, const struct sql_value *v, struct json_builder *items)
{
    struct id by;
    struct data_key k;
    const struct json *named, *data, *applicant;
    const struct service *s;
    (void)id_from_bytes(v[P_SUBJECT].s, &by);
    if (failed(catalogue_current(c->catalogue, a, v[P_SERVICE].s, &s))) return ok(); /* offered no more */
    TRY(vault_load(c, a, NULL, by, &k));
    TRY(open_json(a, &k, "confirmation.named", v[P_NAMED].s, &named));
    TRY(open_json(a, &k, "confirmation.data", v[P_DATA].s, &data));
    TRY(subject_snapshot(c, a, by, &applicant));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", v[P_ID].s);
    json_set_str(&b, "service", v[P_SERVICE].s);
    json_set(&b, "service_name", bitext_json(a, service_name(s)));
    json_set_str(&b, "by", json_string(applicant, "name"));
    json_set(&b, "name", json_get(named, "name"));
    json_set(&b, "as", json_get(named, "as"));
    json_set_cstr(&b, "state", confirm_state_name((enum confirm_state)v[P_STATE].i));
    json_set_instant(&b, "asked_at", v[P_ASKED].i);
    json_set_instant(&b, "until", v[P_ASKED].i + CONFIRM_KEPT);
    json_set(&b, "data", without_numbers(a, s, data));
    json_add(items, json_object(&b));
    return ok();
}

/* The actor's own person, never somebody it acts for. */
static result own_key(struct city *c, struct arena *a, const struct actor *x, struct slice *key,
                      const struct json **snapshot)
{
    *key = (struct slice){NULL, 0};
    TRY(city_authorise(a, x, SELF, S("self")));
    if (!id_is_none(x->delegation)) return ok();
    TRY(subject_snapshot(c, a, x->subject, snapshot));
    *key = confirm_key_of(c, a, *snapshot);
    return ok();
}

result confirm_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                    instant now, const struct json **out)
{
    struct slice key;
    struct id before;
    struct rows r = {0};
    const struct json *snapshot;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(own_key(c, a, x, &key, &snapshot));
    if (key.n)
        TRY(store_query(c->store, a, &CONFIRM_MINE,
                        BINDS(sql_id(&before), sql_int(limit + 1), sql_blob(key), sql_int(now - CONFIRM_KEPT)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) TRY(item(c, a, row(&r, i), &items));
    *out = page_json(a, &items, &r, limit);
    return ok();
}

/* ---- what they answer ---- */

struct answering {
    struct city *c;
    const struct actor *x;
    struct id id;
    bool agree, proven;
    struct slice key, name, reason;
    instant now;
};

static struct message told(const struct answering *k, struct arena *a, const struct sql_value *v,
                           const struct json *named, bool all)
{
    const struct service *s;
    struct slice who = json_string(named, "name"), url = k->c->base_url;
    struct message m = {.kind = MESSAGE_TO_SUBJECT, .case_id = ID_NONE};
    struct bitext service = {v[P_SERVICE].s, v[P_SERVICE].s};
    if (!failed(catalogue_current(k->c->catalogue, a, v[P_SERVICE].s, &s))) service = service_name(s);
    (void)id_from_bytes(v[P_SUBJECT].s, &m.to);
    m.title.zh = arena_printf(a, "【%.*s】%s", SLICE_ARG(service.zh), all ? "均已实名确认" : "有人否认");
    m.title.en = arena_printf(a, "%.*s: %s", SLICE_ARG(service.en), all ? "all have confirmed" : "denied");
    if (all) {
        m.body.zh = arena_printf(a, "申请中列明的人员均已确认，现在可以提交：%.*s/cases", SLICE_ARG(url));
        m.body.en = arena_printf(a, "Everybody named has confirmed; you can file now: %.*s/cases", SLICE_ARG(url));
        return m;
    }
    m.body.zh = arena_printf(a, "%.*s 否认参与本申请，不能照此提交。%s%.*s\n修改后可重新提请确认：%.*s/cases",
                             SLICE_ARG(who), k->reason.n ? "理由：" : "", SLICE_ARG(k->reason), SLICE_ARG(url));
    m.body.en = arena_printf(
        a, "%.*s denies taking part; it cannot be filed like this. %s%.*s\nChange it and ask again: %.*s/cases",
        SLICE_ARG(who), k->reason.n ? "Reason: " : "", SLICE_ARG(k->reason), SLICE_ARG(url));
    return m;
}

static result check(const struct answering *k, struct arena *a, const struct json *named)
{
    if (!k->agree) return ok(); /* whoever it is about may always say no */
    if (!k->proven) return fail(a, CODE_CONFIRM_UNPROVEN, S("account"), NULL);
    if (!slice_eq(slice_trim(k->name), json_string(named, "name")))
        return fail(a, CODE_CONFIRM_NAME, S("name"), "value", json_string(named, "name"), NULL);
    return ok();
}

static result settle(const struct answering *k, struct tx *tx, struct arena *a, const struct sql_value *v)
{
    struct id by, set;
    struct data_key key;
    const struct json *named;
    struct rows count;
    struct json_builder b = json_builder(a), log = json_builder(a);
    (void)id_from_bytes(v[P_SUBJECT].s, &by);
    (void)id_from_bytes(v[P_SET].s, &set);
    TRY(vault_load(k->c, a, tx, by, &key));
    TRY(open_json(a, &key, "confirmation.named", v[P_NAMED].s, &named));
    TRY(check(k, a, named));
    if (k->reason.n) json_set_str(&b, "reason", k->reason);
    struct slice ct = vault_seal(a, &key, "confirmation.named", json_write(a, json_merge(a, named, json_object(&b))));
    TRY(tx_exec(
        tx, a, &CONFIRM_SET,
        BINDS(sql_id(&k->id), sql_int(k->agree ? CONFIRM_AGREED : CONFIRM_DENIED), sql_blob(ct), sql_int(k->now)),
        NULL));
    json_set_id(&log, "confirmation", v[P_SET].s);
    json_set_str(&log, "service", v[P_SERVICE].s);
    TRY(audit_add(tx, a, k->x, k->now, k->agree ? "confirmation.confirmed" : "confirmation.denied", json_object(&log)));
    TRY(tx_query(tx, a, &CONFIRM_COUNT, BINDS(sql_id(&set)), &count));
    bool all = row(&count, 0)[0].i == row(&count, 0)[1].i;
    if (k->agree && !all) return ok();
    struct message m = told(k, a, v, named, all);
    return message_send(k->c, tx, a, &m, k->now);
}

static result answer_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct answering *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &CONFIRM_ONE, BINDS(sql_id(&k->id), sql_blob(k->key), sql_int(k->now - CONFIRM_KEPT)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("confirmation"), "value", id_text(a, k->id), NULL);
    const struct sql_value *v = row(&r, 0);
    enum confirm_state before = (enum confirm_state)v[P_STATE].i;
    if (before == CONFIRM_ASKED) return settle(k, tx, a, v);
    if (before == (k->agree ? CONFIRM_AGREED : CONFIRM_DENIED)) return ok();
    return fail(a, CODE_CONFIRM_SETTLED, S("confirmation"), NULL);
}

result confirm_answer(struct city *c, struct arena *a, const struct actor *x, struct id id, bool agree,
                      struct slice reason, instant now)
{
    struct answering k = {.c = c, .x = x, .id = id, .agree = agree, .reason = slice_trim(reason), .now = now};
    const struct json *snapshot = NULL;
    TRY(own_key(c, a, x, &k.key, &snapshot));
    if (!k.key.n) return fail(a, CODE_NOT_FOUND, S("confirmation"), "value", id_text(a, id), NULL);
    if (slice_codepoints(k.reason) > 500) return fail(a, CODE_TOO_LARGE, S("/reason"), "limit", S("500"), NULL);
    if (agree) k.reason = (struct slice){NULL, 0};
    k.name = json_string(snapshot, "name");
    TRY(subject_proven(c, a, x->subject, &k.proven));
    return store_run(c->store, a, "confirm_answer", answer_body, &k);
}
