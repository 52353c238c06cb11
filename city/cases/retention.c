/* Licences five years after they expired (docs/retention.md). The register's entry goes, the paper stays with its case as long as
 * that, and says for ever that it has expired. The journal says so too, so that a rebuild folds the same register. */
#include "city/cases/run.h"
#include "city/rights/rights.h"
#include "city/sql.h"

enum { ENDED_BATCH = 100, ENDED_BATCHES_MAX = 100 /* at one time; the next time goes on */ };

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM, .login = {"system", 6}, .name = {"系统", 6}};
static const struct stmt ENDED = {
    "licences_ended",
    "SELECT case_id, id, document_id FROM licence WHERE valid_to > 0 AND valid_to < ?1 ORDER BY valid_to, id LIMIT ?2",
    NULL, false};
/* ?2, ?3: the licence and its document */
const struct stmt LICENCE_END = {"licence_end", "DELETE FROM licence WHERE case_id=?1 AND id=?2", NULL, false};
const struct stmt LICENCE_PAPER_END = {
    "licence_paper_end", "UPDATE case_document SET licence_ended_at=?3 WHERE case_id=?1 AND id=?2", NULL, false};

struct ended {
    struct id case_id, licence, document;
    instant now;
};

static result ended_body(struct run *r)
{
    const struct ended *e = r->args;
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "licence_ended");
    json_set_str(&b, "id", id_text(r->a, e->licence));
    json_set_str(&b, "document", id_text(r->a, e->document));
    return run_fact(r, json_object(&b));
}

/* The case's key was destroyed: nothing can be added to its journal, and a rebuild takes its rows over as they are. */
static result ended_without_key(struct tx *tx, struct arena *a, void *ctx)
{
    const struct ended *e = ctx;
    TRY(tx_exec(tx, a, &LICENCE_END, BINDS(sql_id(&e->case_id), sql_id(&e->licence)), NULL));
    return tx_exec(tx, a, &LICENCE_PAPER_END, BINDS(sql_id(&e->case_id), sql_id(&e->document), sql_int(e->now)), NULL);
}

static result end_one(struct city *c, struct arena *a, struct ended *e)
{
    struct case_done out;
    struct case_command k = {
        .city = c, .a = a, .actor = &SYSTEM, .now = e->now, .route = S("retention"), .case_id = e->case_id};
    struct run r = {.k = &k, .kind = "retention", .body = ended_body, .args = e, .out = &out};
    result res = run_command(&r);
    if (result_code(res) != CODE_VAULT_ERASED) return res;
    return store_run(c->store, a, "licence_ended", ended_without_key, e);
}

static result batch(struct city *c, struct arena *a, instant end, instant now, size_t *n)
{
    struct rows rows;
    TRY(store_query(c->store, a, &ENDED, BINDS(sql_int(end), sql_int(ENDED_BATCH)), &rows));
    for (*n = 0; *n < rows.n; (*n)++) {
        const struct sql_value *v = row(&rows, *n);
        struct ended e = {.now = now};
        if (!id_from_bytes(v[0].s, &e.case_id) || !id_from_bytes(v[1].s, &e.licence) ||
            !id_from_bytes(v[2].s, &e.document))
            return fail(a, CODE_INTERNAL, S("licence"), "detail", S("not an id"), NULL);
        TRY(end_one(c, a, &e));
    }
    return ok();
}

result case_licences_sweep(struct city *c, struct arena *a, instant now, int64_t *gone)
{
    instant end = now - LICENCE_KEPT;
    *gone = 0;
    for (int i = 0; i < ENDED_BATCHES_MAX; i++) {
        struct arena *own = arena_new("licences");
        size_t n = 0;
        result res = batch(c, own, end, now, &n);
        *gone += (int64_t)n;
        res = result_copy(a, res);
        arena_free(own);
        if (failed(res)) return res;
        if (n < ENDED_BATCH) break;
    }
    if (!*gone) return ok();
    struct json_builder d = json_builder(a);
    json_set_cstr(&d, "table", "licence");
    json_set_int(&d, "rows", *gone);
    json_set_str(&d, "before", instant_text(a, end));
    return audit_note(c, a, NULL, now, "retention.ended", json_object(&d));
}
