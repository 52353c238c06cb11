/* A folder of articles and the guide: of the program, at the first start, or of a city, by the command line. */
#include "areas/17_government_services/knowledge.h"
#include "city/identity/identity.h"
#include "city/sql.h"
#include "engine/form/form.h"

struct importing {
    struct city *c;
    struct arena *a;
    struct actor x;
    struct knowledge_import how;
    const struct schema *schema;
    struct slice keys; /* of the folder's articles, each between spaces: the guide may lead to them */
    instant now;
    int64_t added, changed, same, kept, published;
    const char *guide; /* what became of it; NULL: the folder has none */
};

static const struct stmt ARTICLE = {"kb_import_article", "SELECT retired_at FROM kb_article WHERE key = ?1", NULL,
                                    false};
/* The version that waits, or else the one that is published. */
static const struct stmt NEWEST = {
    "kb_import_newest",
    "SELECT content, version, state FROM kb_version WHERE key = ?1 AND state IN ('waiting', 'published')"
    " ORDER BY version DESC LIMIT 1",
    NULL, false};
static const struct stmt GUIDE = {
    "kb_import_guide",
    "SELECT content, state FROM kb_guide WHERE state IN ('waiting', 'published') ORDER BY version DESC LIMIT 1", NULL,
    false};

/* "knowledge/apply_online.json" -> "apply_online" */
static struct slice key_of(struct slice path)
{
    struct slice key = slice_sub(path, 0, path.n - (sizeof ".json" - 1));
    for (size_t i = key.n; i; i--)
        if (key.p[i - 1] == '/') return slice_sub(key, i, key.n);
    return key;
}

/* The members but one. */
static const struct json *without(struct arena *a, const struct json *v, const char *name)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < v->n; i++)
        if (!slice_is(v->keys[i], name)) json_set_slice(&b, v->keys[i], v->items[i]);
    return json_object(&b);
}

/* A file may give months from now ("review_months") instead of the day of the review. */
static const struct json *dated(const struct importing *m, const struct json *v)
{
    struct json_builder b = json_builder(m->a);
    const struct json *months = json_get(v, "review_months");
    if (!months) return v;
    json_set_str(&b, "review_on",
                 day_text(m->a, day_of_instant(m->now) + (day)(30 * json_int(v, "review_months", 12))));
    return json_merge(m->a, without(m->a, v, "review_months"), json_object(&b));
}

/* What a person would be told who sends it. */
static result good(const struct importing *m, const struct json *content)
{
    result r = schema_validate(m->a, m->schema, content);
    return failed(r) ? r : knowledge_check(m->c, m->a, content, day_of_instant(m->now));
}

static bool key_good(struct slice key)
{
    bool good = key.n >= 3 && key.n <= 60 && key.p[0] >= 'a' && key.p[0] <= 'z';
    for (size_t i = 0; i < key.n; i++) {
        char ch = key.p[i];
        good = good && ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_');
    }
    return good;
}

static result article_good(const struct importing *m, struct slice path, const struct json *v)
{
    if (!key_good(key_of(path)))
        return fail(m->a, CODE_FIELD_FORMAT, S("/"), "title", key_of(path), "expected", S("[a-z][a-z0-9_]{2,59}.json"),
                    NULL);
    if (v->type != JSON_OBJECT) return fail(m->a, CODE_FIELD_TYPE, S("/"), "expected", S("object"), NULL);
    return good(m, dated(m, v));
}

static bool same_as(const struct importing *m, const struct json *file, const struct json *content)
{
    const struct json *mine = dated(m, file);
    if (!json_get(file, "review_months")) return json_equal(mine, content);
    return json_equal(without(m->a, mine, "review_on"), without(m->a, content, "review_on"));
}

static result release(struct importing *m, struct slice key, int64_t version)
{
    if (!m->how.release) return ok();
    TRY(knowledge_decide(m->c, m->a, &m->x, key, version, true, S(""), m->now));
    m->published++;
    return ok();
}

static result article(struct importing *m, struct slice key, const struct json *v)
{
    struct rows r, newest;
    const struct json *content;
    int64_t version;
    TRY(store_query(m->c->store, m->a, &ARTICLE, BINDS(sql_text(key)), &r));
    if (r.n && (m->how.keep || row(&r, 0)[0].i)) { /* what a person took off is not brought back by a file */
        m->kept++;
        return ok();
    }
    TRY(store_query(m->c->store, m->a, &NEWEST, BINDS(sql_text(key)), &newest));
    if (newest.n) {
        const struct sql_value *have = row(&newest, 0);
        TRY(json_parse(m->a, have[0].s, 1 << 20, S("content"), &content));
        if (same_as(m, v, content)) {
            m->same++;
            return slice_is(have[2].s, "waiting") ? release(m, key, have[1].i) : ok();
        }
    }
    TRY(knowledge_submit(m->c, m->a, &m->x, key, dated(m, v), !r.n, m->now, &version));
    if (r.n)
        m->changed++;
    else
        m->added++;
    return release(m, key, version);
}

static result guide(struct importing *m, const struct json *v)
{
    struct rows r;
    int64_t version;
    const struct json *have;
    TRY(store_query(m->c->store, m->a, &GUIDE, NULL, 0, &r));
    if (r.n) {
        TRY(json_parse(m->a, row(&r, 0)[0].s, 1 << 20, S("guide"), &have));
        bool waits = slice_is(row(&r, 0)[1].s, "waiting");
        m->guide = m->how.keep ? "kept" : "same";
        if (m->how.keep || (json_equal(v, have) && !(waits && m->how.release))) return ok();
    }
    m->guide = "articles_wait"; /* it leads to published articles only */
    if (failed(guide_check(m->c, m->a, v, S("")))) return ok();
    m->guide = m->how.release ? "published" : "waits";
    return guide_submit(m->c, m->a, &m->x, v, m->how.release, m->now, &version);
}

static result begin(struct importing *m, struct city *c, struct arena *a, instant now)
{
    const struct json *j;
    struct schema_options o = {.assert_format = true, .forms = false};
    *m = (struct importing){.c = c, .a = a, .x = actor_system(), .now = now};
    TRY(json_parse(a, slice_cstr(EP_KNOWLEDGE_VERSION.request_schema), 1024 * 1024, S("content"), &j));
    return schema_compile(a, j, &o, S("content"), &m->schema);
}

static bool is_guide(struct slice path)
{
    return slice_is(key_of(path), "guide");
}

/* Each file by itself: what is wrong with one does not keep the others out. `write`: else only looked at. */
static result each_article(struct importing *m, struct service_files files, bool write)
{
    result all = ok();
    struct buf keys = buf_new(m->a, 1 << 20);
    for (size_t i = 0; i < files.n; i++) {
        const struct json *v;
        struct slice path = files.list[i].path;
        if (!slice_ends(path, S(".json")) || is_guide(path)) continue;
        result r = json_parse(m->a, files.list[i].bytes, 1 << 20, path, &v);
        if (!failed(r)) r = result_in_file(m->a, path, article_good(m, path, v));
        if (!failed(r)) buf_printf(&keys, " %.*s ", SLICE_ARG(key_of(path)));
        if (!failed(r) && write) r = result_in_file(m->a, path, article(m, key_of(path), v));
        all = result_join(m->a, all, r);
    }
    m->keys = buf_slice(&keys);
    return all;
}

static result the_guide(struct importing *m, struct service_files files, bool write)
{
    result all = ok();
    for (size_t i = 0; i < files.n; i++) {
        const struct json *v;
        struct slice path = files.list[i].path;
        if (!slice_ends(path, S(".json")) || !is_guide(path)) continue;
        result r = json_parse(m->a, files.list[i].bytes, 1 << 20, path, &v);
        if (!failed(r)) r = result_in_file(m->a, path, guide_check(m->c, m->a, v, m->keys));
        if (!failed(r) && write) r = result_in_file(m->a, path, guide(m, v));
        all = result_join(m->a, all, r);
    }
    return all;
}

result knowledge_check_folder(struct city *c, struct arena *a, struct service_files files, instant now, size_t *n)
{
    struct importing m;
    TRY(begin(&m, c, a, now));
    result r = each_article(&m, files, false);
    r = result_join(a, r, the_guide(&m, files, false));
    *n = 0;
    for (size_t i = 0; i < files.n; i++)
        *n += slice_ends(files.list[i].path, S(".json")) && !is_guide(files.list[i].path);
    return r;
}

result knowledge_import(struct city *c, struct arena *a, struct service_files files, struct knowledge_import how,
                        instant now, const struct json **report)
{
    struct importing m;
    struct json_builder b = json_builder(a);
    TRY(begin(&m, c, a, now));
    m.how = how;
    result r = each_article(&m, files, true);
    r = result_join(a, r, the_guide(&m, files, true));
    json_set_int(&b, "added", m.added);
    json_set_int(&b, "changed", m.changed);
    json_set_int(&b, "same", m.same);
    json_set_int(&b, "kept", m.kept);
    json_set_int(&b, "published", m.published);
    json_set(&b, "guide", m.guide ? json_of_string(a, slice_cstr(m.guide)) : json_null());
    *report = json_object(&b);
    return r;
}
