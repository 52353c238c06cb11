/* The articles and the guide that come with the program, into an empty or demonstration city. */
#include "areas/17_government_services/knowledge.h"
#include "city/identity/identity.h"
#include "city/sql.h"

static const struct stmt HAVE_GUIDE = {"guide_have", "SELECT count(*) FROM kb_guide", NULL, false};
static const struct stmt HAVE_ARTICLE = {"kb_have_article", "SELECT count(*) FROM kb_article WHERE key = ?1", NULL,
                                         false};

/* "knowledge/apply_online.json" -> "apply_online" */
static struct slice key_of(struct slice path)
{
    struct slice key = slice_sub(path, 0, path.n - (sizeof ".json" - 1));
    for (size_t i = key.n; i; i--)
        if (key.p[i - 1] == '/') return slice_sub(key, i, key.n);
    return key;
}

/* The review date of a file that gives months from today instead ("review_months"). */
static const struct json *dated(struct arena *a, const struct json *v, instant now)
{
    struct json_builder b = json_builder(a);
    if (json_string(v, "review_on").n) return v;
    json_set_str(&b, "review_on", day_text(a, day_of_instant(now) + (day)(30 * json_int(v, "review_months", 12))));
    return json_merge(a, v, json_object(&b));
}

static result install_article(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                              const struct json *v, instant now, size_t *n)
{
    struct rows r;
    int64_t version;
    TRY(store_query(c->store, a, &HAVE_ARTICLE, BINDS(sql_text(key)), &r));
    if (row(&r, 0)[0].i) return ok();
    TRY(knowledge_submit(c, a, x, key, dated(a, v, now), true, now, &version));
    TRY(knowledge_decide(c, a, x, key, version, true, S(""), now));
    ++*n;
    return ok();
}

result knowledge_install(struct city *c, struct arena *a, struct service_files files, instant now, size_t *n)
{
    struct actor x = actor_system();
    const struct json *guide = NULL, *v;
    struct rows r;
    int64_t version;
    *n = 0;
    for (size_t i = 0; i < files.n; i++) {
        struct slice path = files.list[i].path, key;
        if (!slice_ends(path, S(".json"))) continue;
        key = key_of(path);
        TRY(json_parse(a, files.list[i].bytes, 1 << 20, path, &v));
        if (slice_is(key, "guide"))
            guide = v;
        else
            TRY(install_article(c, a, &x, key, v, now, n));
    }
    if (!guide) return ok();
    TRY(store_query(c->store, a, &HAVE_GUIDE, NULL, 0, &r));
    return row(&r, 0)[0].i ? ok() : guide_submit(c, a, &x, guide, true, now, &version);
}
