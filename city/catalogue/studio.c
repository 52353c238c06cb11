/* What the studio shows: services with their versions, and the files of one version. */
#include "city/catalogue/studio.h"

#include "city/catalogue/internal.h"

static const struct stmt VERSIONS = {
    "studio_versions",
    "SELECT hash, published_at FROM service_version WHERE code = ?1 ORDER BY published_at DESC, hash LIMIT 100", NULL,
    false};

static result one_row(struct city *c, struct arena *a, const struct service *s, const struct json **out)
{
    struct rows r;
    struct json_builder list = json_builder(a), b = json_builder(a);
    TRY(store_query(c->store, a, &VERSIONS, BINDS(sql_text(s->code)), &r));
    json_set_str(&b, "code", s->code);
    json_set(&b, "name", bitext_json(a, s->name));
    json_set_str(&b, "hash", s->hash);
    for (size_t i = 0; i < r.n; i++) {
        struct json_builder v = json_builder(a);
        bool current = slice_eq(row(&r, i)[0].s, s->hash);
        json_set_str(&v, "hash", row(&r, i)[0].s);
        json_set_instant(&v, "published_at", row(&r, i)[1].i);
        json_set_bool(&v, "current", current);
        if (current) json_set_instant(&b, "published_at", row(&r, i)[1].i);
        json_add(&list, json_object(&v));
    }
    json_set(&b, "versions", json_array(&list));
    *out = json_object(&b);
    return ok();
}

result studio_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    const struct service *const *all;
    size_t n, i = 0;
    struct json_builder items = json_builder(a), o = json_builder(a);
    catalogue_all(c->catalogue, a, &all, &n);
    while (i < n && cursor.n && slice_cmp(all[i]->code, cursor) <= 0) i++; /* the cursor is the last code shown */
    int64_t shown = 0;
    for (; i < n && shown < limit; i++, shown++) {
        const struct json *one;
        TRY(one_row(c, a, all[i], &one));
        json_add(&items, one);
    }
    json_set(&o, "items", json_array(&items));
    if (i < n && shown)
        json_set_str(&o, "next", all[i - 1]->code);
    else
        json_set(&o, "next", json_null());
    *out = json_object(&o);
    return ok();
}

result studio_files(struct city *c, struct arena *a, struct slice code, struct slice hash, const struct json **out)
{
    const struct service *s;
    struct json_builder f = json_builder(a), b = json_builder(a);
    TRY(catalogue_by_hash(c->catalogue, a, hash, &s));
    if (!slice_eq(s->code, code)) return fail(a, CODE_NOT_FOUND, S("service"), "value", hash, NULL);
    for (size_t i = 0; i < s->files.n; i++) {
        struct service_file x = s->files.list[i];
        if (slice_utf8(x.bytes)) json_set_str_slice(&f, x.path, x.bytes); /* a folder's files are texts */
    }
    json_set(&b, "files", json_object(&f));
    *out = json_object(&b);
    return ok();
}

/* {path: text, …} as files; "folder/" in front of every path (as browsers send a chosen folder) is taken off. */
result studio_files_of(struct arena *a, const struct json *files, struct service_files *out)
{
    if (!files || files->type != JSON_OBJECT || !files->n)
        return service_fault(a, S("/files"), "没有文件", "there are no files");
    struct service_file *list = NEW_ARRAY(a, struct service_file, files->n);
    struct slice stem, rest;
    bool in_folder = slice_cut(files->keys[0], '/', &stem, &rest);
    for (size_t i = 0; i < files->n; i++) {
        struct slice head;
        if (files->items[i]->type != JSON_STRING) return service_fault(a, files->keys[i], "须为文本", "must be text");
        if (slice_eq(files->keys[i], S("service.json"))) in_folder = false;
        if (!slice_cut(files->keys[i], '/', &head, &rest) || !slice_eq(head, stem)) in_folder = false;
    }
    for (size_t i = 0; i < files->n; i++) {
        struct slice path = in_folder ? slice_sub(files->keys[i], stem.n + 1, files->keys[i].n) : files->keys[i];
        list[i] = (struct service_file){path, files->items[i]->text};
    }
    *out = (struct service_files){list, files->n};
    return ok();
}
