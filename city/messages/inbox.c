/* The inbox: sealed under the receiver's data key (staff: the city key). */
#include "city/messages/internal.h"

static const struct stmt INBOX_INSERT = {
    "inbox_insert",
    "INSERT INTO inbox (id, owner, case_id, content_ct, at, read_at) VALUES (?1,?2,?3,?4,?5,0) ON CONFLICT (id) DO NOTHING",
    NULL, false};
static const struct stmt INBOX_LIST = {
    "inbox_list",
    "SELECT id, owner, case_id, content_ct, at, read_at, (SELECT service FROM case_file WHERE case_file.id = inbox.case_id)"
    " FROM inbox WHERE (owner = ?3 OR owner = ?4) AND id < ?1 ORDER BY id DESC LIMIT ?2",
    NULL, false};
static const struct stmt INBOX_READ = {
    "inbox_read", "UPDATE inbox SET read_at = ?4 WHERE id = ?1 AND (owner = ?2 OR owner = ?3) AND read_at = 0", NULL,
    false};
static const struct stmt INBOX_THERE = {
    "inbox_there", "SELECT id FROM inbox WHERE id = ?1 AND (owner = ?2 OR owner = ?3)", NULL, false};

result inbox_insert(struct city *c, struct tx *tx, struct arena *a, const struct out_row *o, struct bitext title,
                    struct bitext body)
{
    struct json_builder b = json_builder(a);
    json_set(&b, "title", bitext_json(a, title));
    json_set(&b, "body", bitext_json(a, body));
    struct slice text = json_write(a, json_object(&b)), ct;
    if (o->kind == MESSAGE_TO_SUBJECT) {
        struct data_key k;
        TRY(vault_load(c, a, tx, o->to, &k));
        ct = vault_seal(a, &k, "inbox.content", text);
    } else {
        ct = vault_seal_city(c, a, "inbox.content", text);
    }
    return tx_exec(tx, a, &INBOX_INSERT,
                   BINDS(sql_id(&o->message), sql_id(&o->to), sql_id(&o->case_id), sql_blob(ct), sql_int(o->at)), NULL);
}

static bool of_subject(const struct actor *x, struct slice owner)
{
    return slice_eq(owner, id_bytes(&x->subject));
}

/* An agent of few services is told nothing of the others; its own messages come when it acts for itself again. */
static bool for_agent(const struct actor *x, const struct delegation_scope *scope, const struct sql_value *v)
{
    if (id_is_none(x->delegation)) return true;
    return of_subject(x, v[1].s) && delegation_names(scope, v[6].s);
}

result inbox_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                  const struct json **out)
{
    struct id before;
    struct rows r;
    struct data_key k;
    bool have_key = false;
    struct delegation_scope scope;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(delegation_scope(c, a, x, time_now(c->time), &scope));
    TRY(store_query(c->store, a, &INBOX_LIST,
                    BINDS(sql_id(&before), sql_int(limit + 1), sql_id(&x->subject), sql_id(&x->account)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        const struct json *content;
        struct slice text;
        if (!for_agent(x, &scope, v)) continue;
        if (of_subject(x, v[1].s)) {
            if (!have_key) TRY(vault_load(c, a, NULL, x->subject, &k));
            have_key = true;
            TRY(vault_open(a, &k, "inbox.content", v[3].s, &text));
        } else {
            TRY(vault_open_city(c, a, "inbox.content", v[3].s, &text));
        }
        TRY(json_parse(a, text, 1024 * 1024, S("inbox.content"), &content));
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[0].s);
        json_set_instant(&b, "at", v[4].i);
        json_set(&b, "title", json_get(content, "title"));
        json_set(&b, "body", json_get(content, "body"));
        json_set_id(&b, "case", v[2].s);
        json_set_bool(&b, "read", v[5].i != 0);
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}

struct reading {
    const struct actor *x;
    struct id id;
    instant now;
};

static result read_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct reading *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &INBOX_THERE, BINDS(sql_id(&k->id), sql_id(&k->x->subject), sql_id(&k->x->account)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("message"), "value", id_text(a, k->id), NULL);
    return tx_exec(tx, a, &INBOX_READ,
                   BINDS(sql_id(&k->id), sql_id(&k->x->subject), sql_id(&k->x->account), sql_int(k->now)), NULL);
}

result inbox_read(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct reading k = {x, id, now};
    return store_run(c->store, a, "inbox_read", read_body, &k);
}
