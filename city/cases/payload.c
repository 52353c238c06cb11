/* What the journal keeps of one event. */
#include "city/cases/facts.h"

static const struct json *changed(struct arena *a, const struct json *before, const struct json *after)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; after && i < after->n; i++) {
        const struct json *was = json_get_slice(before, after->keys[i]);
        if (!was || !json_equal(was, after->items[i])) json_set_slice(&b, after->keys[i], after->items[i]);
    }
    return json_object(&b);
}

static void set_removed(struct json_builder *event, const struct json *before, const struct json *after)
{
    struct json_builder b = json_builder(event->a);
    for (size_t i = 0; before && i < before->n; i++)
        if (!json_get_slice(after, before->keys[i])) json_add(&b, json_of_string(event->a, before->keys[i]));
    if (b.n) json_set(event, "d", json_array(&b));
}

static const char *place(struct arena *a, int64_t seq)
{
    return arena_cstr(a, arena_printf(a, "case.event/%lld", (long long)seq));
}

struct slice event_seal(struct arena *a, const struct data_key *key, int64_t seq, struct slice engine,
                        const struct json *before, const struct json *after, const struct json *facts)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "e", base64_encode(a, engine));
    json_set(&b, "v", changed(a, before, after));
    set_removed(&b, before, after);
    json_set(&b, "f", facts);
    return vault_seal(a, key, place(a, seq), json_write(a, json_object(&b)));
}

result event_plain(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload, struct slice *plain)
{
    return vault_open(a, key, place(a, seq), payload, plain);
}

struct slice event_seal_again(struct arena *a, const struct data_key *key, int64_t seq, struct slice plain,
                              struct slice nonce)
{
    return vault_seal_again(a, key, place(a, seq), plain, nonce);
}

result event_open(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload,
                  const struct json **out)
{
    struct slice plain;
    TRY(event_plain(a, key, seq, payload, &plain));
    return json_parse(a, plain, 8 * 1024 * 1024, S("case_event.payload"), out);
}

const struct json *event_vars(struct arena *a, const struct json *before, const struct json *event)
{
    const struct json *removed = json_get(event, "d"), *v = json_merge(a, before, json_get(event, "v"));
    if (!removed) return v;
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < v->n; i++) {
        bool gone = false;
        for (size_t k = 0; k < removed->n; k++) gone = gone || slice_eq(removed->items[k]->text, v->keys[i]);
        if (!gone) json_set_slice(&b, v->keys[i], v->items[i]);
    }
    return json_object(&b);
}
