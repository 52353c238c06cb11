/* What one officer asks for and another one decides: roles (roles.c) and staff accounts (staff_change.c). Each kind has a table of its
 * own; what they share is read here. */
#include "city/identity/internal.h"

result change_waiting(struct tx *tx, struct arena *a, const struct stmt *load, const struct actor *x, struct id id,
                      const char *what, const struct sql_value **out, struct id *account)
{
    struct rows r;
    struct id by;
    struct slice field = slice_cstr(what);
    TRY(tx_query(tx, a, load, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, field, "value", id_text(a, id), NULL);
    const struct sql_value *v = row(&r, 0);
    if (!slice_is(v[CHANGE_STATE].s, "waiting"))
        return fail(a, CODE_REQUEST_SETTLED, field, "value", v[CHANGE_STATE].s, NULL);
    if (!id_from_bytes(v[CHANGE_ACCOUNT].s, account) || !id_from_bytes(v[CHANGE_BY].s, &by))
        return fail(a, CODE_INTERNAL, field, "detail", S("no account"), NULL);
    if (id_eq(by, x->account) || id_eq(*account, x->account)) return fail(a, CODE_TWO_PEOPLE, field, NULL);
    *out = v;
    return ok();
}

result change_list(struct city *c, struct arena *a, const struct stmt *list, change_own own, int64_t limit,
                   struct slice cursor, const struct json **out)
{
    struct id before;
    struct rows r;
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, list, BINDS(sql_id(&before), sql_int(limit + 1)), &r));
    struct json_builder items = json_builder(a);
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[CHANGE_ID].s);
        json_set_id(&b, "account", v[CHANGE_ACCOUNT].s);
        json_set_str(&b, "name", identity_name_of(c, a, v[CHANGE_ACCOUNT].s, ACTOR_STAFF));
        own(&b, v + CHANGE_OWN);
        json_set_str(&b, "reason", v[CHANGE_REASON].s);
        json_set_str(&b, "requested_by", identity_name_of(c, a, v[CHANGE_BY].s, ACTOR_STAFF));
        json_set_instant(&b, "requested_at", v[CHANGE_AT].i);
        json_set_str(&b, "state", v[CHANGE_STATE].s);
        if (v[CHANGE_DECIDED_BY].s.n)
            json_set_str(&b, "decided_by", identity_name_of(c, a, v[CHANGE_DECIDED_BY].s, ACTOR_STAFF));
        json_set_instant(&b, "decided_at", v[CHANGE_DECIDED_AT].i);
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}
