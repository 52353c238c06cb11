/* Past cases: what a decision saw and gave in them, and how many would be decided otherwise. The values are the case's own, under
 * its key; every case that is looked at is a read with a purpose, recorded before, that the person concerned can see. */
#include "city/cases/cases.h"
#include "city/cases/view.h"
#include "city/decisions/internal.h"
#include "city/identity/identity.h"

#define CHUNK 20 /* cases between two notes of progress */
#define LEASE_MS 60000
#define TOLD_MOST 200 /* cases named in a report; the numbers count all */

result past_read(struct city *c, struct arena *a, struct id case_id, struct slice key, struct past *out)
{
    struct view v = {.city = c, .a = a, .audience = VIEW_STAFF, .c = NEW(a, struct case_row)};
    *out = (struct past){.at = 0};
    TRY(case_read(c, a, case_id, v.c, &v.key));
    TRY(view_events(&v));
    out->subject = v.c->subject;
    out->number = v.c->number;
    for (size_t i = 0; i < v.nevents; i++) {
        const struct json *facts = v.events[i].facts;
        for (size_t k = 0; facts && k < facts->n; k++) {
            const struct json *d = json_get(facts->items[k], "d");
            if (!slice_is(json_string(facts->items[k], "t"), "rule") || !slice_eq(json_string(d, "decision"), key) ||
                !json_string(d, "definition").n)
                continue;
            out->at = v.events[i].at;
            out->values = json_get(d, "values");
            out->result_ = json_get(d, "result");
            out->hits = json_get(d, "hits");
        }
    }
    return out->values ? ok() : fail(a, CODE_NOT_FOUND, S("decision"), "value", key, NULL);
}

/* ---- a comparison ---- */

static const struct stmt COUNT = {"comparison_count",
                                  "SELECT COUNT(*) FROM case_decision WHERE decision = ?1 AND at <= ?2", NULL, false};
static const struct stmt INSERT = {
    "comparison_insert",
    "INSERT INTO decision_comparison (id, decision, hash, folder, asked_by, department, asked_at, purpose, sample, state, total, chosen,"
    " done, result, due_at, lease_until, lease_owner) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,'running',?10,?11,0,'{}',?7,0,NULL)",
    NULL, false};
#define COLUMNS \
    "id, decision, hash, asked_by, asked_at, purpose, sample, state, total, chosen, done, result, department, folder"
enum {
    Q_ID,
    Q_KEY,
    Q_HASH,
    Q_BY,
    Q_AT,
    Q_PURPOSE,
    Q_SAMPLE,
    Q_STATE,
    Q_TOTAL,
    Q_CHOSEN,
    Q_DONE,
    Q_RESULT,
    Q_DEPARTMENT,
    Q_FOLDER
};
static const struct stmt LOOK = {"comparison_look", "SELECT " COLUMNS " FROM decision_comparison WHERE id = ?1", NULL,
                                 false};
static const struct stmt LAST = {"comparison_last",
                                 "SELECT " COLUMNS
                                 " FROM decision_comparison WHERE decision = ?1 AND hash = ?2 ORDER BY id DESC LIMIT 1",
                                 NULL, false};
static const struct stmt IDS = {
    "comparison_cases",
    "SELECT case_id FROM case_decision WHERE decision = ?1 AND at <= ?2 ORDER BY case_id LIMIT ?3 OFFSET ?4", NULL,
    false};
static const struct stmt PROGRESS = {
    "comparison_progress",
    "UPDATE decision_comparison SET done = ?2, result = ?3, lease_until = ?4 WHERE id = ?1 AND lease_owner = ?5", NULL,
    false};
static const struct stmt FINISH = {
    "comparison_finish",
    "UPDATE decision_comparison SET state = ?2, result = ?3, done = ?4, due_at = NULL WHERE id = ?1", NULL, false};

struct beginning {
    const struct actor *x;
    struct id id;
    struct slice key, hash, folder, purpose;
    int64_t sample, total, chosen;
    instant now;
};

static result begin_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct beginning *b = ctx;
    struct json_builder d = json_builder(a);
    TRY(tx_exec(tx, a, &INSERT,
                BINDS(sql_id(&b->id), sql_text(b->key), sql_text(b->hash), sql_text(b->folder), sql_id(&b->x->account),
                      sql_text(b->x->department), sql_int(b->now), sql_text(b->purpose), sql_int(b->sample),
                      sql_int(b->total), sql_int(b->chosen)),
                NULL));
    json_set_id(&d, "comparison", id_bytes(&b->id));
    json_set_str(&d, "decision", b->key);
    json_set_str(&d, "hash", b->hash);
    json_set_int(&d, "cases", b->chosen);
    return audit_add(tx, a, b->x, b->now, "decision.compared", json_object(&d));
}

result comparison_begin(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                        struct service_files files, int64_t sample, struct slice purpose, instant now, struct id *id)
{
    struct decision_version *v;
    struct rows n;
    TRY(decision_compile(c->catalogue, a, files, false, &v));
    if (!slice_eq(v->key, key))
        return fail(a, CODE_DECISION_KEY, S("decision.json#/key"), "value", key, "expected", v->key, NULL);
    TRY(store_query(c->store, a, &COUNT, BINDS(sql_text(key), sql_int(now)), &n));
    struct beginning b = {x,      id_new(now),     key, v->hash, decision_folder_write(a, v->files), purpose,
                          sample, row(&n, 0)[0].i, 0,   now};
    b.chosen = b.total < sample ? b.total : sample;
    TRY(store_run(c->store, a, "comparison_begin", begin_body, &b));
    *id = b.id;
    return ok();
}

const struct json *comparison_json(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a), by = json_builder(a);
    const struct json *found = NULL;
    json_set_id(&b, "id", v[Q_ID].s);
    json_set_str(&b, "decision", v[Q_KEY].s);
    json_set_str(&b, "hash", v[Q_HASH].s);
    json_set_str(&b, "state", v[Q_STATE].s);
    json_set_instant(&b, "at", v[Q_AT].i);
    json_set_str(&b, "purpose", v[Q_PURPOSE].s);
    json_set_int(&b, "total", v[Q_TOTAL].i);
    json_set_int(&b, "chosen", v[Q_CHOSEN].i);
    json_set_int(&b, "done", v[Q_DONE].i);
    json_set_id(&by, "id", v[Q_BY].s);
    json_set_str(&by, "name", identity_name_of(c, a, v[Q_BY].s, ACTOR_STAFF));
    json_set(&b, "asked_by", json_object(&by));
    if (failed(json_parse(a, v[Q_RESULT].s, 1 << 20, S("decision_comparison.result"), &found))) found = NULL;
    json_set_int(&b, "changed", json_int(found, "changed", 0));
    json_set_int(&b, "same", json_int(found, "same", 0));
    json_set_int(&b, "unreadable", json_int(found, "unreadable", 0));
    struct json_builder none = json_builder(a);
    json_set(&b, "cases", json_get(found, "cases") ? json_get(found, "cases") : json_array(&none));
    return json_object(&b);
}

result comparison_show(struct city *c, struct arena *a, struct id id, const struct json **out)
{
    struct rows r;
    TRY(store_query(c->store, a, &LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("comparison"), "value", id_text(a, id), NULL);
    *out = comparison_json(c, a, row(&r, 0));
    return ok();
}

result comparison_of(struct city *c, struct arena *a, struct slice key, struct slice hash, const struct json **out)
{
    struct rows r;
    TRY(store_query(c->store, a, &LAST, BINDS(sql_text(key), sql_text(hash)), &r));
    *out = r.n ? comparison_json(c, a, row(&r, 0)) : json_null();
    return ok();
}

/* ---- the work ---- */

struct tally {
    struct arena *a;
    int64_t changed, same, unreadable, done;
    const struct json *cases[TOLD_MOST];
    size_t ncases;
};

static const struct json *tally_json(struct arena *a, const struct tally *t)
{
    struct json_builder b = json_builder(a), cases = json_builder(a);
    for (size_t i = 0; i < t->ncases; i++) json_add(&cases, t->cases[i]);
    json_set_int(&b, "changed", t->changed);
    json_set_int(&b, "same", t->same);
    json_set_int(&b, "unreadable", t->unreadable);
    json_set(&b, "cases", json_array(&cases));
    return json_object(&b);
}

/* {number, was: [rules], now: [rules]}: no values, they stay with the case. */
static void tell(struct tally *t, const struct past *p, const struct json *hits)
{
    struct json_builder b = json_builder(t->a);
    if (t->ncases == TOLD_MOST) return;
    json_set_str(&b, "number", arena_copy(b.a, p->number));
    json_set(&b, "was", json_copy(b.a, p->hits));
    json_set(&b, "now", json_copy(b.a, hits));
    t->cases[t->ncases++] = json_object(&b);
}

/* a: for this case alone */
static result look_at(struct city *c, struct arena *a, const struct decision_version *v, const struct actor *x,
                      struct slice purpose, struct id case_id, instant now, struct tally *t)
{
    struct past p;
    const struct json *result_, *hits;
    result r = past_read(c, a, case_id, v->key, &p);
    if (failed(r)) { /* erased, or its version of the program is gone: counted, not hidden */
        t->unreadable++;
        return ok();
    }
    TRY(read_record(c, a, x, now, p.subject, case_id, "decision", purpose));
    r = decision_run(a, v, p.values, p.at, &result_, &hits);
    if (failed(r) || !value_same(p.result_, result_)) {
        t->changed++;
        struct json_builder none = json_builder(a);
        tell(t, &p, failed(r) ? json_array(&none) : hits);
    } else {
        t->same++;
    }
    return ok();
}

struct noting {
    const struct stmt *stmt;
    const struct sql_value *binds;
    size_t n;
    int64_t changed;
};

static result note_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct noting *n = ctx;
    return tx_exec(tx, a, n->stmt, n->binds, n->n, &n->changed);
}

static result note(struct city *c, struct arena *a, const struct stmt *s, const struct sql_value *binds, size_t n,
                   int64_t *changed)
{
    struct noting x = {s, binds, n, 0};
    TRY(store_run(c->store, a, "comparison_note", note_body, &x));
    *changed = x.changed;
    return ok();
}

/* The i-th of `chosen` cases, spread evenly over all of them in the order of their ids, which is that of time. */
static result case_at(struct city *c, struct arena *a, const struct sql_value *v, int64_t i, struct id *out,
                      bool *there)
{
    struct rows r;
    int64_t place = v[Q_CHOSEN].i ? i * v[Q_TOTAL].i / v[Q_CHOSEN].i : 0;
    TRY(store_query(c->store, a, &IDS, BINDS(sql_text(v[Q_KEY].s), sql_int(v[Q_AT].i), sql_int(1), sql_int(place)),
                    &r));
    *there = r.n && id_from_bytes(row(&r, 0)[0].s, out);
    return ok();
}

static void resume(struct arena *a, const struct sql_value *v, struct tally *t)
{
    const struct json *found, *cases;
    *t = (struct tally){.a = a, .done = v[Q_DONE].i};
    if (failed(json_parse(a, v[Q_RESULT].s, 1 << 20, S("decision_comparison.result"), &found))) return;
    t->changed = json_int(found, "changed", 0);
    t->same = json_int(found, "same", 0);
    t->unreadable = json_int(found, "unreadable", 0);
    cases = json_get(found, "cases");
    for (size_t i = 0; cases && i < cases->n && t->ncases < TOLD_MOST; i++) t->cases[t->ncases++] = cases->items[i];
}

struct work {
    struct city *c;
    const struct decision_version *v;
    const struct actor *x;
    const struct sql_value *q; /* row of LOOK */
    instant now;
};

static result next_case(const struct work *w, struct tally *t)
{
    struct arena *a = arena_new("past case");
    struct id case_id;
    bool there;
    result r = case_at(w->c, a, w->q, t->done, &case_id, &there);
    if (!failed(r) && there) r = look_at(w->c, a, w->v, w->x, w->q[Q_PURPOSE].s, case_id, w->now, t);
    r = result_copy(t->a, r);
    arena_free(a);
    t->done++;
    return r;
}

static result work_on(struct city *c, struct arena *a, struct id id, struct id owner, instant now, size_t *done)
{
    struct rows r;
    struct service_files files;
    struct decision_version *v;
    struct tally t;
    int64_t held = 1;
    TRY(store_query(c->store, a, &LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n) return ok();
    const struct sql_value *q = row(&r, 0);
    struct actor x = {.kind = ACTOR_STAFF, .department = q[Q_DEPARTMENT].s};
    (void)id_from_bytes(q[Q_BY].s, &x.account);
    TRY(decision_folder_read(a, q[Q_FOLDER].s, &files));
    TRY(decision_compile(c->catalogue, a, files, false, &v));
    resume(a, q, &t);
    struct work w = {c, v, &x, q, now};
    while (t.done < q[Q_CHOSEN].i && held) {
        for (int i = 0; i < CHUNK && t.done < q[Q_CHOSEN].i; i++, (*done)++) TRY(next_case(&w, &t));
        struct slice so_far = json_write(a, tally_json(a, &t));
        TRY(note(c, a, &PROGRESS,
                 BINDS(sql_id(&id), sql_int(t.done), sql_text(so_far), sql_int(time_now(c->time) + LEASE_MS),
                       sql_id(&owner)),
                 &held));
    }
    if (!held) return ok(); /* somebody else has taken it up */
    return note(c, a, &FINISH,
                BINDS(sql_id(&id), sql_text(S("done")), sql_text(json_write(a, tally_json(a, &t))), sql_int(t.done)),
                &held);
}

result comparisons_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    struct rows r;
    struct id owner = id_new(now);
    int64_t unused;
    *done = 0;
    TRY(store_lease(c->store, a, "decision_comparison", owner, LEASE_MS, n, &r));
    for (size_t i = 0; i < r.n; i++) {
        struct id id;
        if (!id_from_bytes(row(&r, i)[0].s, &id)) continue;
        result one = work_on(c, a, id, owner, now, done);
        if (!failed(one)) continue;
        TRY(note(c, a, &FINISH, BINDS(sql_id(&id), sql_text(S("failed")), sql_text(S("{}")), sql_int(0)), &unused));
        return one;
    }
    return ok();
}
