/* The form of a service as its applicant meets it: the schema, what the city knows already with its source and date, and the
 * papers that need not be uploaded again. */
#include "city/catalogue/prefill.h"

#include "city/cases/run.h"
#include "city/catalogue/internal.h"
#include "city/drafts/drafts.h"
#include "city/identity/identity.h"

static const struct stmt LATEST_CASE = {
    "prefill_case", "SELECT id FROM case_file WHERE subject = ?1 AND service = ?2 ORDER BY id DESC LIMIT 1", NULL,
    false};

#define SOURCES_MAX 400
struct known {
    struct city *c;
    struct id subject;
    const struct json *profile;
    struct {
        struct slice name;
        const struct json *origin;
    } seen[SOURCES_MAX];
    size_t n;
};

static void remember(struct known *k, struct arena *a, struct slice name, const struct json *origin)
{
    if (k->n == SOURCES_MAX) return;
    k->seen[k->n].name = arena_copy(a, name);
    k->seen[k->n++].origin = origin;
}

/* "case.SERVICE.path.to.value": from the applicant's latest case in that service. */
static const struct json *from_case(struct known *k, struct arena *a, struct slice name)
{
    struct slice head, rest, service, path;
    struct rows r;
    struct id id;
    struct case_row row_;
    struct data_key key;
    if (!slice_cut(name, '.', &head, &rest) || !slice_cut(rest, '.', &service, &path)) return NULL;
    if (failed(store_query(k->c->store, a, &LATEST_CASE, BINDS(sql_id(&k->subject), sql_text(service)), &r)) || !r.n)
        return NULL;
    if (!id_from_bytes(row(&r, 0)[0].s, &id) || failed(case_read(k->c, a, id, &row_, &key))) return NULL;
    char *p = arena_cstr(a, arena_printf(a, "/%.*s", SLICE_ARG(path)));
    for (size_t i = 1; p[i]; i++)
        if (p[i] == '.') p[i] = '/';
    const struct json *v = json_pointer(row_.vars, slice_cstr(p));
    if (!v) return NULL;
    struct json_builder b = json_builder(a);
    struct bitext source = {arena_printf(a, "您的办件 %.*s", SLICE_ARG(row_.number)),
                            arena_printf(a, "your case %.*s", SLICE_ARG(row_.number))};
    json_set(&b, "source", bitext_json(a, source));
    json_set_str(&b, "as_of", day_text(a, day_of_instant(row_.filed_at)));
    remember(k, a, name, json_object(&b));
    return v;
}

static const struct json *source(void *ctx, struct arena *a, struct slice name)
{
    struct known *k = ctx;
    const struct json *origin, *v;
    if (slice_starts(name, S("case."))) return from_case(k, a, name);
    v = profile_prefill(a, k->profile, name, &origin);
    if (v) remember(k, a, name, origin);
    return v;
}

/* form_prefill says which source filled a field; people are shown where that comes from and of what date. */
static const struct json *origins(struct arena *a, const struct known *k, const struct json *by_name)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; by_name && i < by_name->n; i++) {
        struct slice name = by_name->items[i]->text;
        const struct json *o = NULL;
        for (size_t j = 0; j < k->n && !o; j++)
            if (slice_eq(k->seen[j].name, name)) o = k->seen[j].origin;
        if (!o) {
            struct json_builder x = json_builder(a);
            json_set(&x, "source",
                     bitext_json(a, (struct bitext){S("由已知信息得出"), S("worked out from known data")}));
            json_set(&x, "as_of", json_null());
            o = json_object(&x);
        }
        json_set_slice(&b, by_name->keys[i], o);
    }
    return json_object(&b);
}

static const struct json *reusable(struct arena *a, const struct service *s, const struct json *mine)
{
    struct json_builder list = json_builder(a);
    const struct json *items = json_get(mine, "items");
    for (size_t i = 0; i < s->nmaterials; i++)
        for (size_t k = 0; items && k < items->n; k++) {
            if (!slice_eq(json_string(items->items[k], "material"), s->materials[i].code)) continue;
            struct json_builder b = json_builder(a);
            json_set_str(&b, "material", s->materials[i].code);
            json_set(&b, "attachment", items->items[k]);
            json_add(&list, json_object(&b));
        }
    return json_array(&list);
}

result service_prefill(struct city *c, struct arena *a, const struct service *s, struct id subject,
                       const struct json **out)
{
    struct known *k = NEW(a, struct known);
    const struct json *data, *by_name, *mine;
    struct json_builder none = json_builder(a), b = json_builder(a);
    struct actor owner = {.kind = ACTOR_PERSON, .subject = subject};
    k->c = c;
    k->subject = subject;
    TRY(subject_profile(c, a, subject, &k->profile));
    TRY(form_prefill(a, s->form, json_object(&none), source, k, &data, &by_name));
    TRY(attachment_list(c, a, &owner, 100, (struct slice){0}, &mine));
    json_set(&b, "schema", s->form_json);
    json_set(&b, "data", data);
    json_set(&b, "origin", origins(a, k, by_name));
    json_set(&b, "materials", json_get(s->json, "materials"));
    json_set(&b, "reusable", reusable(a, s, mine));
    json_set_str(&b, "version", s->hash);
    *out = json_object(&b);
    return ok();
}
