/* Asking, and complaining about an answer. */
#include "city/identity/identity.h"
#include "city/catalogue/catalogue.h"
#include "city/personal/row.h"
#include "city/sql.h"
#include "city/vault/vault.h"

static const struct stmt SAME = {"rights_same", "SELECT id FROM rights_request WHERE idem = ?1", NULL, false};
static const struct stmt INSERT = {
    "rights_insert",
    "INSERT INTO rights_request (id, number, kind, subject, asked_by, idem, department, case_number, state, outcome, asked_at, due_at,"
    " answered_at, about, content_ct) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,'open','',?9,?10,0,?11,?12)",
    NULL, false};
static const struct stmt OWN_CASE = {
    "rights_case", "SELECT department FROM case_file WHERE number = ?1 AND subject = ?2", NULL, false};

struct asking {
    struct city *c;
    const struct actor *x;
    const struct personal_asked *q;
    struct personal_row row;
    struct slice idem, content;
    instant now;
};

static const struct json *receipt(struct arena *a, const struct personal_row *r)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", id_bytes(&r->id));
    json_set_str(&b, "number", r->number);
    json_set_instant(&b, "due_at", r->due_at);
    return json_object(&b);
}

static result body(struct tx *tx, struct arena *a, void *ctx)
{
    struct asking *k = ctx;
    struct rows r;
    struct data_key key;
    struct personal_row *p = &k->row;
    TRY(tx_query(tx, a, &SAME, BINDS(sql_blob(k->idem)), &r));
    if (r.n) {
        struct id id;
        (void)id_from_bytes(row(&r, 0)[0].s, &id);
        return personal_load(k->c, a, tx, id, p);
    }
    if (!id_is_none(p->about)) {
        struct personal_row of;
        TRY(personal_load(k->c, a, tx, p->about, &of));
        if (!of.answered_at || of.complaint.n || personal_complaint(&of))
            return fail(a, CODE_REQUEST_SETTLED, S("request"), "value_zh",
                        of.answered_at ? S("已经投诉过，或本身就是投诉") : S("尚未答复"), "value_en",
                        of.answered_at ? S("complained about already, or a complaint itself") : S("not answered yet"),
                        NULL);
    }
    TRY(vault_load(k->c, a, tx, p->subject, &key));
    struct slice ct = vault_seal(a, &key, PERSONAL_CONTENT, k->content);
    TRY(tx_exec(tx, a, &INSERT,
                BINDS(sql_id(&p->id), sql_text(p->number), sql_text(p->kind), sql_id(&p->subject), sql_id(&p->asked_by),
                      sql_blob(k->idem), sql_text(p->department), sql_text(p->case_number), sql_int(p->asked_at),
                      sql_int(p->due_at), sql_id(&p->about), sql_blob(ct)),
                NULL));
    TRY(personal_note(tx, a, k->x, k->now, "rights.asked", p));
    return personal_tell(k->c, tx, a, p, "已收到，将在三十日内答复。", "received; it is answered within thirty days.",
                         k->now);
}

static result number(struct city *c, struct arena *a, instant now, struct slice *out)
{
    struct civil t = civil_of_instant(now);
    struct slice date = arena_printf(a, "%04d%02d%02d", t.year, t.month, t.day);
    int64_t n;
    TRY(store_numbers(c->store, a, arena_printf(a, "rights:%.*s", SLICE_ARG(date)), 1, &n));
    *out = arena_printf(a, "QL%.*s%04lld", SLICE_ARG(date), (long long)n);
    return ok();
}

static result take(struct asking *k, struct arena *a, const struct json **out)
{
    struct personal_row *p = &k->row;
    uint8_t *h = arena_alloc(a, CRYPTO_HASH_BYTES);
    const struct slice parts[] = {id_bytes(&k->x->account), S("\nrights\n"), k->q->key};
    crypto_sha256_parts(parts, 3, h);
    k->idem = slice_of((const char *)h, CRYPTO_HASH_BYTES);
    TRY(number(k->c, a, k->now, &p->number));
    p->id = id_new(k->now);
    p->subject = k->x->subject;
    p->asked_by = k->x->account;
    p->asked_at = k->now;
    p->due_at = k->now + PERSONAL_LIMIT;
    TRY(store_run(k->c->store, a, "rights_ask", body, k));
    *out = receipt(a, p);
    return ok();
}

static result of_oneself(struct arena *a, const struct actor *x)
{
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_SELF}, S("self")));
    return id_is_none(x->delegation) ? ok() : fail(a, CODE_FORBIDDEN, S("rights"), "right", S("principal"), NULL);
}

/* Who answers: the department of the case, when one is named, else the one that was chosen. */
static result desk_of(struct city *c, struct arena *a, const struct actor *x, const struct personal_asked *q,
                      struct slice *out)
{
    struct rows r;
    *out = q->department;
    if (q->case_number.n) {
        TRY(store_query(c->store, a, &OWN_CASE, BINDS(sql_text(q->case_number), sql_id(&x->subject)), &r));
        if (!r.n) return fail(a, CODE_NOT_FOUND, S("/case_number"), "value", q->case_number, NULL);
        *out = row(&r, 0)[0].s;
        return ok();
    }
    if (!q->department.n) return fail(a, CODE_FIELD_REQUIRED, S("/department"), NULL);
    if (!citydata_department(catalogue_data(c->catalogue), q->department))
        return fail(a, CODE_NOT_FOUND, S("/department"), "value", q->department, NULL);
    return ok();
}

static result relative(struct arena *a, const struct personal_asked *q, struct json_builder *b)
{
    TRY(personal_text_check(a, q->deceased, "/deceased"));
    TRY(personal_text_check(a, q->relation, "/relation"));
    json_set_str(b, "deceased", q->deceased);
    json_set_str(b, "deceased_number", q->deceased_number);
    json_set_str(b, "relation", q->relation);
    return ok();
}

result personal_ask(struct city *c, struct arena *a, const struct actor *x, const struct personal_asked *q, instant now,
                    const struct json **out)
{
    struct asking k = {.c = c, .x = x, .q = q, .now = now};
    struct json_builder b = json_builder(a);
    TRY(of_oneself(a, x));
    if (!personal_kind_of(q->kind) || slice_is(q->kind, "complaint"))
        return fail(a, CODE_NOT_FOUND, S("/kind"), "value", q->kind, NULL);
    TRY(personal_text_check(a, q->text, "/text"));
    TRY(desk_of(c, a, x, q, &k.row.department));
    json_set_str(&b, "text", q->text);
    if (slice_is(q->kind, "relatives")) TRY(relative(a, q, &b));
    k.content = json_write(a, json_object(&b));
    k.row.kind = q->kind;
    k.row.case_number = q->case_number;
    return take(&k, a, out);
}

result personal_complain(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice text,
                         struct slice key, instant now, const struct json **out)
{
    struct personal_asked q = {.kind = S("complaint"), .text = text, .key = key};
    struct asking k = {.c = c, .x = x, .q = &q, .now = now};
    struct json_builder b = json_builder(a);
    struct personal_row of;
    TRY(of_oneself(a, x));
    TRY(personal_text_check(a, text, "/text"));
    TRY(personal_load(c, a, NULL, id, &of));
    if (!id_eq(of.subject, x->subject)) return fail(a, CODE_NOT_FOUND, S("request"), "value", id_text(a, id), NULL);
    json_set_str(&b, "text", text);
    k.content = json_write(a, json_object(&b));
    k.row.kind = q.kind;
    k.row.department = of.department;
    k.row.case_number = of.case_number;
    k.row.about = id;
    return take(&k, a, out);
}
