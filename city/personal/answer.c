/* The desk's answer; four eyes where it erases. */
#include "city/identity/identity.h"
#include "city/personal/row.h"
#include "city/sql.h"
#include "city/vault/vault.h"

static const struct stmt ANSWER = {
    "rights_answer",
    "UPDATE rights_request SET state = ?2, outcome = ?3, answer_ct = ?4, proposed_by = ?5, answered_by = ?6, answered_at = ?7"
    " WHERE id = ?1",
    NULL, false};
static const struct stmt CONFIRM = {
    "rights_confirm", "UPDATE rights_request SET state = ?2, answered_by = ?3, answered_at = ?4 WHERE id = ?1", NULL,
    false};

/* The officer is the person who asks. */
static const struct stmt OWN_PERSON = {
    "rights_own_person",
    "SELECT p.account FROM staff_person p JOIN subject s ON s.index_hash = p.index_hash WHERE p.account = ?1 AND s.id = ?2",
    NULL, false};

struct answering {
    struct city *c;
    const struct actor *x;
    struct id id;
    const struct personal_answer *answer;
    bool agree;
    instant now;
};

static result settled(struct arena *a, const struct personal_row *r)
{
    return fail(a, CODE_REQUEST_SETTLED, S("request"), "value", r->state, NULL);
}

static result own_desk(struct arena *a, const struct actor *x, const struct personal_row *r)
{
    if (!personal_of_desk(x, r)) return fail(a, CODE_FORBIDDEN, S("request"), "right", S("department"), NULL);
    return ok();
}

static result nobody_decides_own(struct tx *tx, struct arena *a, const struct actor *x, struct id subject)
{
    struct rows r;
    TRY(tx_query(tx, a, &OWN_PERSON, BINDS(sql_id(&x->account), sql_id(&subject)), &r));
    return r.n ? fail(a, CODE_TWO_PEOPLE, S("request"), NULL) : ok();
}

static result check(const struct answering *k, struct tx *tx, struct arena *a, const struct personal_row *r)
{
    struct personal_row of;
    TRY(own_desk(a, k->x, r));
    if (!slice_is(r->state, "open")) return settled(a, r);
    TRY(nobody_decides_own(tx, a, k->x, r->subject));
    if (!personal_complaint(r)) return ok();
    TRY(personal_load(k->c, a, tx, r->about, &of));
    bool same = id_eq(of.answered_by, k->x->account) || id_eq(of.proposed_by, k->x->account);
    return same ? fail(a, CODE_TWO_PEOPLE, S("request"), NULL) : ok();
}

static bool erases(const struct personal_row *r, struct slice outcome)
{
    const struct personal_kind *kind = personal_kind_of(r->kind);
    return kind && kind->erases && !slice_is(outcome, "refused");
}

static result answer_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct answering *k = ctx;
    struct personal_row r;
    struct data_key key;
    struct json_builder b = json_builder(a);
    TRY(personal_load(k->c, a, tx, k->id, &r));
    TRY(check(k, tx, a, &r));
    TRY(vault_load(k->c, a, tx, r.subject, &key));
    json_set_str(&b, "text", k->answer->text);
    json_set_str(&b, "ground", k->answer->ground);
    struct slice ct = vault_seal(a, &key, PERSONAL_ANSWER, json_write(a, json_object(&b)));
    bool waits = erases(&r, k->answer->outcome);
    struct id none = ID_NONE;
    TRY(tx_exec(tx, a, &ANSWER,
                BINDS(sql_id(&r.id), sql_text(waits ? S("confirm") : S("answered")), sql_text(k->answer->outcome),
                      sql_blob(ct), sql_id(&k->x->account), sql_id(waits ? &none : &k->x->account),
                      sql_int(waits ? 0 : k->now)),
                NULL));
    r.outcome = k->answer->outcome;
    TRY(personal_note(tx, a, k->x, k->now, waits ? "rights.proposed" : "rights.answered", &r));
    if (waits) return ok();
    return personal_tell(
        k->c, tx, a, &r, "已答复，请查看；如不服可向个人信息保护负责人投诉，也可依法向人民法院提起诉讼。",
        "it is answered. If you do not agree, complain to the officer responsible, or sue before a people's court.",
        k->now);
}

result personal_answer(struct city *c, struct arena *a, const struct actor *x, struct id id,
                       const struct personal_answer *answer, instant now)
{
    struct answering k = {.c = c, .x = x, .id = id, .answer = answer, .now = now};
    bool granted = slice_is(answer->outcome, "granted");
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_STAFF}, S("rights")));
    TRY(personal_text_check(a, answer->text, "/text"));
    if (!granted && !answer->ground.n) return fail(a, CODE_FIELD_REQUIRED, S("/ground"), NULL);
    if (!granted && !personal_ground_of(answer->ground))
        return fail(a, CODE_NOT_FOUND, S("/ground"), "value", answer->ground, NULL);
    return store_run(c->store, a, "rights_answer", answer_body, &k);
}

static result confirm_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct answering *k = ctx;
    struct personal_row r;
    TRY(personal_load(k->c, a, tx, k->id, &r));
    TRY(own_desk(a, k->x, &r));
    if (!slice_is(r.state, "confirm")) return settled(a, &r);
    if (id_eq(r.proposed_by, k->x->account)) return fail(a, CODE_TWO_PEOPLE, S("request"), NULL);
    TRY(nobody_decides_own(tx, a, k->x, r.subject));
    struct id none = ID_NONE;
    TRY(tx_exec(tx, a, &CONFIRM,
                BINDS(sql_id(&r.id), sql_text(k->agree ? S("answered") : S("open")),
                      sql_id(k->agree ? &k->x->account : &none), sql_int(k->agree ? k->now : 0)),
                NULL));
    TRY(personal_note(tx, a, k->x, k->now, k->agree ? "rights.answered" : "rights.sent_back", &r));
    if (!k->agree) return ok();
    /* of the asker's own data; what a relative asks for is carried out by the desk where it lies */
    if (slice_is(r.kind, "erase")) TRY(erasure_put(tx, a, r.subject, r.proposed_by, k->x, k->now));
    return personal_tell(
        k->c, tx, a, &r, "同意删除，由安全管理员执行；依法须保存的办件档案除外。",
        "the erasure is granted and goes to the security officer; files of cases that the law keeps stay.", k->now);
}

result personal_confirm(struct city *c, struct arena *a, const struct actor *x, struct id id, bool agree, instant now)
{
    struct answering k = {.c = c, .x = x, .id = id, .agree = agree, .now = now};
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_STAFF}, S("rights")));
    return store_run(c->store, a, "rights_confirm", confirm_body, &k);
}
