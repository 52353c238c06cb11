/* Pages of lists and small members of replies, shared by the rooms of city/. */
#include "city/sql.h"

const struct json *page_json(struct arena *a, struct json_builder *items, const struct rows *r, int64_t limit)
{
    struct json_builder o = json_builder(a);
    json_set(&o, "items", json_array(items));
    if ((int64_t)r->n > limit)
        json_set_id(&o, "next", row(r, (size_t)limit - 1)[0].s);
    else
        json_set(&o, "next", json_null());
    return json_object(&o);
}

result page_cursor(struct arena *a, struct slice cursor, struct id *before)
{
    memset(before->b, 0xff, sizeof before->b);
    if (!cursor.n || id_scan(cursor, before)) return ok();
    return fail(a, CODE_QUERY_BAD, S("cursor"), "value", cursor, NULL);
}

void json_set_id(struct json_builder *b, const char *key, struct slice id16)
{
    struct id v;
    if (id_from_bytes(id16, &v))
        json_set_str(b, key, id_text(b->a, v));
    else
        json_set(b, key, json_null());
}

void json_set_instant(struct json_builder *b, const char *key, instant t)
{
    if (t)
        json_set_str(b, key, instant_text(b->a, t));
    else
        json_set(b, key, json_null());
}
