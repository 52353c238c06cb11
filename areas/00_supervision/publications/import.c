/* A folder of pieces, by the command line: each is checked as the interface checks what a person sends. */
#include "areas/00_supervision/plan.h"
#include "areas/00_supervision/publications/news.h"
#include "city/identity/identity.h"
#include "city/sql.h"

struct importing {
    struct city *c;
    struct arena *a;
    struct actor x;
    struct service_files files;
    bool release;
    instant now;
    int64_t added, changed, same, released;
};

static const struct stmt NEWEST = {
    "news_newest", "SELECT content, version, state FROM news_version WHERE key = ?1 ORDER BY version DESC LIMIT 1",
    NULL, false};

/* {file, name?} becomes {sha256, name}: the file beside it is kept. */
static result attachments(struct importing *m, const struct json *list, const struct json **out)
{
    struct json_builder done = json_builder(m->a);
    for (size_t i = 0; i < list->n; i++) {
        struct json_builder b = json_builder(m->a);
        struct slice path = json_string(list->items[i], "file"), name = json_string(list->items[i], "name");
        const struct service_file *f = path.n ? service_files_find(m->files, arena_cstr(m->a, path)) : NULL;
        struct plan_file kept;
        if (!f) return fail(m->a, CODE_NOT_FOUND, arena_printf(m->a, "/attachments/%zu/file", i), "value", path, NULL);
        TRY(plan_file_keep(m->c, m->a, &m->x, name.n ? name : path, f->bytes, m->now, &kept));
        json_set_str(&b, "sha256", kept.hash);
        json_set_str(&b, "name", kept.name);
        json_add(&done, json_object(&b));
    }
    *out = json_array(&done);
    return ok();
}

static result call(struct importing *m, const struct endpoint *e, struct slice key, struct slice version,
                   const struct json *body)
{
    struct reply r = {0};
    struct request q = {.a = m->a,
                        .city = m->c,
                        .actor = &m->x,
                        .now = m->now,
                        .route = slice_cstr(e->path),
                        .params = {key, version},
                        .nparams = 2,
                        .body = body};
    return door_call(e, &q, &r);
}

static result piece(struct importing *m, struct slice key, const struct json *v)
{
    struct rows r;
    const struct json *files = json_get(v, "attachments"), *had;
    struct json_builder b = json_builder(m->a), k = json_builder(m->a);
    int64_t version = 1;
    if (files && files->type == JSON_ARRAY) {
        TRY(attachments(m, files, &files));
        json_set(&b, "attachments", files);
        v = json_merge(m->a, v, json_object(&b));
    }
    TRY(store_query(m->c->store, m->a, &NEWEST, BINDS(sql_text(key)), &r));
    if (!r.n) {
        json_set_str(&k, "key", key);
        TRY(call(m, &EP_NEWS_NEW, key, S(""), json_merge(m->a, v, json_object(&k))));
        m->added++;
    } else {
        version = row(&r, 0)[1].i;
        bool waits = slice_is(row(&r, 0)[2].s, "waiting");
        TRY(json_parse(m->a, row(&r, 0)[0].s, 1 << 20, S("content"), &had));
        if (json_equal(had, v)) {
            m->same++;
            if (!waits) return ok();
        } else {
            TRY(call(m, &EP_NEWS_VERSION, key, S(""), v));
            m->changed++;
            version++;
        }
    }
    if (!m->release) return ok();
    m->released++;
    return call(m, &EP_NEWS_APPROVE, key, arena_printf(m->a, "%lld", (long long)version), NULL);
}

/* "demo/one-day.json" -> "one-day" */
static struct slice key_of(struct slice path)
{
    struct slice key = slice_sub(path, 0, path.n - (sizeof ".json" - 1));
    for (size_t i = key.n; i; i--)
        if (key.p[i - 1] == '/') return slice_sub(key, i, key.n);
    return key;
}

result news_import(struct city *c, struct arena *a, struct service_files files, bool release, instant now,
                   const struct json **report)
{
    struct importing m = {.c = c, .a = a, .x = actor_system(), .files = files, .release = release, .now = now};
    struct json_builder b = json_builder(a);
    result all = ok();
    for (size_t i = 0; i < files.n; i++) {
        const struct json *v;
        struct slice path = files.list[i].path;
        if (!slice_ends(path, S(".json"))) continue;
        result r = json_parse(a, files.list[i].bytes, 1 << 20, path, &v);
        if (!failed(r)) r = result_in_file(a, path, piece(&m, key_of(path), v));
        all = result_join(a, all, r);
    }
    json_set_int(&b, "added", m.added);
    json_set_int(&b, "changed", m.changed);
    json_set_int(&b, "same", m.same);
    json_set_int(&b, "released", m.released);
    *report = json_object(&b);
    return all;
}
