/* Thousands of documents at once: handed in as a ZIP, sealed by a worker one after the other, each counted like a use by hand. */
#include "city/seals/internal.h"
#include "trust/zip.h"

enum { ROUND = 64, FILE_MAX = 2 << 20, TOTAL_MAX = 32 << 20 };

static const struct stmt BATCH_INSERT = {
    "seal_batch_insert",
    "INSERT INTO seal_batch (id, seal_id, grant_id, account, document, total, sealed, failed, created_at, done_at, due_at, lease_until)"
    " VALUES (?1,?2,?3,?4,?5,?6,0,0,?7,0,?7,0)",
    NULL, false};
static const struct stmt FILE_INSERT = {
    "seal_batch_file_insert",
    "INSERT INTO seal_batch_file (batch, n, name_ct, file_ct, error, done) VALUES (?1,?2,?3,?4,'',0)", NULL, false};
static const struct stmt BATCH = {
    "seal_batch_select",
    "SELECT seal_id, grant_id, account, document, total, sealed, failed, created_at, done_at FROM seal_batch WHERE id=?1",
    NULL, false};
static const struct stmt WAITING = {
    "seal_batch_waiting",
    "SELECT n, name_ct, file_ct FROM seal_batch_file WHERE batch=?1 AND done=0 ORDER BY n LIMIT ?2", NULL, false};
static const struct stmt FILE_DONE = {
    "seal_batch_file_done",
    "UPDATE seal_batch_file SET done=1, error=?3, file_ct=?4 WHERE batch=?1 AND n=?2 AND done=0", NULL, false};
static const struct stmt COUNT = {
    "seal_batch_count", "UPDATE seal_batch SET sealed = sealed + ?2, failed = failed + ?3 WHERE id=?1", NULL, false};
static const struct stmt NEXT = {"seal_batch_next",
                                 "UPDATE seal_batch SET due_at=?2, done_at=?3, lease_until=0 WHERE id=?1", NULL, false};
static const struct stmt FILES = {
    "seal_batch_files",
    "SELECT n, name_ct, file_ct, error FROM seal_batch_file WHERE batch=?1 AND done=1 AND n >= ?2 AND n < ?3 ORDER BY n",
    NULL, false};
static const struct stmt ERRORS = {
    "seal_batch_errors",
    "SELECT n, name_ct, error FROM seal_batch_file WHERE batch=?1 AND error <> '' ORDER BY n LIMIT 100", NULL, false};
static const struct stmt OLD = {
    "seal_batch_old",
    "DELETE FROM seal_batch_file WHERE batch IN (SELECT id FROM seal_batch WHERE done_at > 0 AND done_at < ?1)", NULL,
    false};
static const struct stmt OLD_BATCH = {"seal_batch_old_batch",
                                      "DELETE FROM seal_batch WHERE done_at > 0 AND done_at < ?1", NULL, false};

#define BATCH_KEPT (30 * MS_DAY)

struct adding {
    const struct seal_row *s;
    const struct seal_right *right;
    const struct zip *zip;
    struct slice document;
    struct id id;
    instant now;
};

static result add_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct adding *k = ctx;
    TRY(tx_exec(tx, a, &BATCH_INSERT,
                BINDS(sql_id(&k->id), sql_id(&k->s->id), sql_id(&k->right->grant), sql_id(&k->right->account),
                      sql_text(k->document), sql_int((int64_t)k->zip->n), sql_int(k->now)),
                NULL));
    for (size_t i = 0; i < k->zip->n; i++) {
        const struct zip_entry *e = &k->zip->entries[i];
        TRY(tx_exec(tx, a, &FILE_INSERT,
                    BINDS(sql_id(&k->id), sql_int((int64_t)i),
                          sql_blob(vault_seal(a, &k->s->key, "seal.batch.name", e->name)),
                          sql_blob(vault_seal(a, &k->s->key, "seal.batch.file", e->bytes))),
                    NULL));
    }
    return ok();
}

static int64_t parts_of(int64_t files)
{
    return (files + SEAL_BATCH_PART - 1) / SEAL_BATCH_PART;
}

static const struct json *view_json(struct arena *a, struct id id, const struct sql_value *v, const struct json *errors)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "id", id_text(a, id));
    json_set_str(&b, "document", v[3].s);
    json_set_int(&b, "total", v[4].i);
    json_set_int(&b, "sealed", v[5].i);
    json_set_int(&b, "failed", v[6].i);
    json_set_int(&b, "parts", parts_of(v[4].i));
    json_set_instant(&b, "created_at", v[7].i);
    json_set_instant(&b, "done_at", v[8].i);
    json_set(&b, "errors", errors);
    return json_object(&b);
}

result seal_batch_add(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct slice zip,
                      struct slice document, instant now, const struct json **out)
{
    static const struct zip_limits MOST = {SEAL_BATCH_FILES, TOTAL_MAX, 200};
    struct seal_row s;
    struct seal_right right;
    struct zip z;
    TRY(seal_load(c, a, NULL, code, &s));
    TRY(seal_takes(a, &s, document));
    TRY(seal_right_of(c, a, x, &s, document, now, &right));
    if (!slice_is(s.state, "active")) return seal_use_refused(a, "印章不在可用状态", "the seal is not in use");
    TRY(zip_read(a, zip, &MOST, &z));
    if (z.n == 0) return seal_use_refused(a, "压缩包内没有文件", "no file in the package");
    for (size_t i = 0; i < z.n; i++)
        if (z.entries[i].bytes.n > FILE_MAX)
            return fail(a, CODE_TOO_LARGE, z.entries[i].name, "limit", S("2097152"), NULL);
    struct adding k = {&s, &right, &z, document, id_new(now), now};
    TRY(store_run(c->store, a, "seal_batch_add", add_body, &k));
    return seal_batch_view(c, a, x, code, k.id, out);
}

static result load(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct id batch,
                   instant now, struct seal_row *s, struct rows *r)
{
    TRY(seal_load(c, a, NULL, code, s));
    TRY(store_query(c->store, a, &BATCH, BINDS(sql_id(&batch)), r));
    bool own = !failed(seal_owner(c, a, x, s, now));
    if (r->n && slice_eq(row(r, 0)[0].s, id_bytes(&s->id)) && (own || slice_eq(row(r, 0)[2].s, id_bytes(&x->account))))
        return ok();
    return fail(a, CODE_NOT_FOUND, S("batch"), "value", id_text(a, batch), NULL);
}

result seal_batch_view(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct id batch,
                       const struct json **out)
{
    struct seal_row s;
    struct rows r, bad;
    struct json_builder errors = json_builder(a);
    TRY(load(c, a, x, code, batch, time_now(c->time), &s, &r));
    TRY(store_query(c->store, a, &ERRORS, BINDS(sql_id(&batch)), &bad));
    for (size_t i = 0; i < bad.n; i++) {
        struct json_builder b = json_builder(a);
        struct slice name = S("");
        TRY(vault_open(a, &s.key, "seal.batch.name", row(&bad, i)[1].s, &name));
        json_set_str(&b, "file", name);
        json_set_str(&b, "code", row(&bad, i)[2].s);
        json_add(&errors, json_object(&b));
    }
    *out = view_json(a, batch, row(&r, 0), json_array(&errors));
    return ok();
}

result seal_batch_file(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct id batch,
                       int64_t part, struct slice *zip)
{
    struct seal_row s;
    struct rows r, files;
    TRY(load(c, a, x, code, batch, time_now(c->time), &s, &r));
    if (row(&r, 0)[8].i == 0) return fail(a, CODE_NOT_FOUND, S("batch"), "value", S("尚未完成 / not done yet"), NULL);
    if (part < 1 || part > parts_of(row(&r, 0)[4].i))
        return fail(a, CODE_NOT_FOUND, S("part"), "value", arena_printf(a, "%lld", (long long)part), NULL);
    TRY(store_query(c->store, a, &FILES,
                    BINDS(sql_id(&batch), sql_int((part - 1) * SEAL_BATCH_PART), sql_int(part * SEAL_BATCH_PART)),
                    &files));
    struct zip_entry *e = NEW_ARRAY(a, struct zip_entry, files.n);
    size_t n = 0;
    for (size_t i = 0; i < files.n; i++) {
        const struct sql_value *v = row(&files, i);
        if (v[3].s.n) continue;
        TRY(vault_open(a, &s.key, "seal.batch.name", v[1].s, &e[n].name));
        TRY(vault_open(a, &s.key, "seal.batch.file", v[2].s, &e[n].bytes));
        n++;
    }
    return zip_write(a, e, n, zip);
}

/* ---- the worker ---- */

struct finishing {
    struct id batch;
    int64_t n;
    struct slice error, file_ct;
    instant due, done;
};

static result file_done_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct finishing *f = ctx;
    int64_t changed;
    TRY(tx_exec(tx, a, &FILE_DONE,
                BINDS(sql_id(&f->batch), sql_int(f->n), sql_text(f->error), sql_blob_or_null(f->file_ct)), &changed));
    if (!changed) return ok();
    return tx_exec(tx, a, &COUNT, BINDS(sql_id(&f->batch), sql_int(f->error.n == 0), sql_int(f->error.n != 0)), NULL);
}

static result next_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct finishing *f = ctx;
    return tx_exec(tx, a, &NEXT, BINDS(sql_id(&f->batch), f->due ? sql_int(f->due) : sql_null(), sql_int(f->done)),
                   NULL);
}

/* The same for every try of a file, so that one that was counted by a process that died is not counted again. */
static struct id use_of(struct id batch, int64_t n)
{
    for (int i = 0; i < 4; i++) batch.b[15 - i] ^= (uint8_t)((n + 1) >> (8 * i));
    return batch;
}

/* An outage leaves the file for later; anything else is said of the file. */
static result seal_one(struct city *c, struct arena *a, const struct seal_row *s, const struct sql_value *batch,
                       struct id id, const struct sql_value *file, instant now)
{
    struct finishing f = {.batch = id, .n = file[0].i, .error = S("")};
    struct seal_right right = {.grant = ID_NONE, .account = ID_NONE};
    struct slice name, ofd, sealed = S("");
    if (batch[1].type != SQL_NULL) (void)id_from_bytes(batch[1].s, &right.grant);
    (void)id_from_bytes(batch[2].s, &right.account);
    TRY(vault_open(a, &s->key, "seal.batch.name", file[1].s, &name));
    TRY(vault_open(a, &s->key, "seal.batch.file", file[2].s, &ofd));
    const struct seal_using u = {.ofd = ofd,
                                 .document = batch[3].s,
                                 .title = slice_sub(name, 0, slice_utf8_end(slice_sub(name, 0, 200))),
                                 .x = -1,
                                 .y = -1,
                                 .use = use_of(id, f.n)};
    result r = seal_use_under(c, a, s, &right, &u, id, now, &sealed);
    if (failed(r) && code_status(result_code(r)) >= 500) return r;
    if (failed(r))
        f.error = slice_cstr(code_name(result_code(r)));
    else
        f.file_ct = vault_seal(a, &s->key, "seal.batch.file", sealed);
    return store_run(c->store, a, "seal_batch_file", file_done_body, &f);
}

static result round_of(struct city *c, struct arena *a, struct id id, instant now, size_t *done)
{
    struct rows batch, files;
    struct seal_row s;
    struct id seal = ID_NONE;
    struct finishing f = {.batch = id};
    result all = ok();
    TRY(store_query(c->store, a, &BATCH, BINDS(sql_id(&id)), &batch));
    if (!batch.n) return ok();
    (void)id_from_bytes(row(&batch, 0)[0].s, &seal);
    TRY(seal_load_id(c, a, NULL, seal, &s));
    TRY(store_query(c->store, a, &WAITING, BINDS(sql_id(&id), sql_int(ROUND)), &files));
    for (size_t i = 0; i < files.n && !failed(all); i++) {
        struct arena *own = arena_new("seal batch");
        result r = seal_one(c, own, &s, row(&batch, 0), id, row(&files, i), now);
        if (failed(r))
            all = result_copy(a, r);
        else
            (*done)++;
        arena_free(own);
    }
    f.due = failed(all) ? now + MS_MINUTE : files.n < ROUND ? 0 : now;
    f.done = f.due ? 0 : now;
    return result_join(a, all, store_run(c->store, a, "seal_batch_next", next_body, &f));
}

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant before = *(instant *)ctx - BATCH_KEPT;
    TRY(tx_exec(tx, a, &OLD, BINDS(sql_int(before)), NULL));
    return tx_exec(tx, a, &OLD_BATCH, BINDS(sql_int(before)), NULL);
}

result seal_batches_run(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct rows due;
    *done = 0;
    if (!c->signer) return ok();
    TRY(store_lease(c->store, a, "seal_batch", id_new(now), MS_MINUTE, 1, &due));
    for (size_t i = 0; i < due.n; i++) {
        struct id id = ID_NONE;
        (void)id_from_bytes(row(&due, i)[0].s, &id);
        TRY(round_of(c, a, id, now, done));
    }
    return due.n ? ok() : store_run(c->store, a, "seal_batch_sweep", sweep_body, &now);
}
