/* Services as the interface shows them: ServiceCard and Service of docs/api.md. */
#include "city/catalogue/internal.h"

static const struct json *limit_json(struct arena *a, const struct json *l)
{
    if (!l || l->type != JSON_OBJECT) return json_null();
    struct json_builder b = json_builder(a);
    json_set(&b, "n", json_get(l, "n"));
    json_set(&b, "unit", json_get(l, "unit"));
    json_set(&b, "source", json_get(l, "source"));
    return json_object(&b);
}

/* 免费 / 50元起 …: one short text for the card; the fees themselves are in the full view. */
static const struct json *fee_text(struct arena *a, const struct json *fees)
{
    int64_t sum = 0;
    for (size_t i = 0; fees && i < fees->n; i++) sum += json_int(fees->items[i], "amount_fen", 0);
    if (sum == 0) return bitext_json(a, (struct bitext){S("免费"), S("Free of charge")});
    long long yuan = (long long)(sum / 100), fen = (long long)(sum % 100);
    struct bitext t = {arena_printf(a, "%lld.%02lld元", yuan, fen), arena_printf(a, "CNY %lld.%02lld", yuan, fen)};
    return bitext_json(a, t);
}

static void set_or(struct json_builder *b, const char *key, const struct json *v, const struct json *dflt)
{
    json_set(b, key, v ? v : dflt);
}

static void card_members(struct json_builder *b, const struct catalogue *c, const struct service *s)
{
    struct arena *a = b->a;
    const struct json *v = s->json;
    struct json_builder none = json_builder(a);
    json_set_str(b, "code", s->code);
    json_set(b, "name", json_get(v, "name"));
    json_set(b, "summary", json_get(v, "summary"));
    json_set(b, "area", json_get(v, "area"));
    json_set(b, "department", citydata_department_json(a, c->data, s->department));
    json_set(b, "audience", json_get(v, "audience"));
    json_set(b, "online", json_get(v, "online"));
    json_set(b, "promised", limit_json(a, json_get(v, "promised")));
    json_set(b, "statutory", limit_json(a, json_get(v, "statutory")));
    json_set(b, "fee", fee_text(a, json_get(v, "fees")));
    json_set(b, "visits", json_get(v, "visits"));
    json_set(b, "kind", json_get(v, "kind"));
    set_or(b, "properties", json_get(v, "properties"), json_array(&none));
    set_or(b, "events", json_get(v, "events"), json_array(&none));
}

const struct json *service_card_json(struct arena *a, const struct catalogue *c, const struct service *s)
{
    struct json_builder b = json_builder(a);
    card_members(&b, c, s);
    return json_object(&b);
}

static const struct json *steps_json(struct arena *a, const struct catalogue *c, const struct service *s)
{
    struct json_builder list = json_builder(a);
    const struct json *steps = json_get(s->json, "steps");
    for (size_t i = 0; i < s->nsteps; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "key", s->steps[i].key);
        json_set(&b, "name", bitext_json(a, s->steps[i].name));
        json_set(&b, "department", json_get(citydata_department_json(a, c->data, s->steps[i].department), "name"));
        json_set(&b, "clock", limit_json(a, json_get(steps->items[i], "limit")));
        json_set_bool(&b, "optional", s->steps[i].optional);
        json_set_int(&b, "group", json_int(steps->items[i], "group", (int64_t)i));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static const struct json *halls_json(struct arena *a, const struct catalogue *c, const struct json *halls)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; halls && i < halls->n; i++) {
        if (!slice_is(halls->items[i]->text, "*")) {
            json_add(&list, halls->items[i]);
            continue;
        }
        for (size_t k = 0; c->data && k < c->data->nhalls; k++)
            json_add(&list, json_of_string(a, c->data->halls[k].id));
    }
    return json_array(&list);
}

static const struct json *papers_json(struct arena *a, const struct json *materials)
{
    struct json_builder list = json_builder(a), defaults = json_builder(a);
    json_set(&defaults, "reuse", json_null());
    const struct json *base = json_object(&defaults);
    for (size_t i = 0; materials && i < materials->n; i++) json_add(&list, json_merge(a, base, materials->items[i]));
    return json_array(&list);
}

const struct json *service_full_json(struct arena *a, const struct catalogue *c, const struct service *s)
{
    const struct json *v = s->json;
    struct json_builder b = json_builder(a), none = json_builder(a);
    struct limit l;
    bool lapses;
    card_members(&b, c, s);
    json_set_str(&b, "basic_code", s->basic_code);
    json_set_str(&b, "implementation_code", s->implementation_code);
    json_set(&b, "type", json_get(v, "type"));
    json_set(&b, "level", json_get(v, "level"));
    json_set(&b, "legal_basis", json_get(v, "legal_basis"));
    json_set(&b, "conditions", json_get(v, "conditions"));
    json_set(&b, "materials", papers_json(a, json_get(v, "materials")));
    json_set(&b, "steps", steps_json(a, c, s));
    json_set(&b, "results", json_get(v, "results"));
    json_set_bool(&b, "confirm", json_get(v, "confirm") != NULL);
    json_set(&b, "fees", json_get(v, "fees"));
    json_set(&b, "channels", json_get(v, "channels"));
    json_set(&b, "halls", halls_json(a, c, json_get(v, "halls")));
    set_or(&b, "hotline", json_get(v, "hotline"), json_null());
    json_set_str(&b, "version", s->hash);
    json_set(&b, "remedies", json_get(v, "remedies"));
    set_or(&b, "papers", json_get(v, "papers"), json_null()); /* null: all that the law asks for */
    json_set_cstr(&b, "acceptance", s->acceptance == ACCEPT_AUTOMATIC ? "automatic" : "officer");
    json_set(&b, "correction", s->acceptance == ACCEPT_AUTOMATIC ? json_null() : service_correction(a, s, &l, &lapses));
    set_or(&b, "doubles", json_get(v, "doubles"), json_array(&none));
    set_or(&b, "systems", json_get(v, "systems"), json_array(&none));
    return json_object(&b);
}
