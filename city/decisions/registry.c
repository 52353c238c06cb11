/* Published versions of decisions: in the database, and all of them compiled in memory, because a case may be decided by the law
 * of any day and nothing may be waited for while it is. */
#include <pthread.h>

#include "city/decisions/internal.h"
#include "city/identity/identity.h"

const struct migration DECISIONS_MIGRATIONS[] = {
    {"city.decisions", 1, "decisions of several services",
     "-- retention: as long as cases were decided by it and 30 years after (archives law); the whole folder as one value\n"
     "CREATE TABLE decision_version (hash {TEXT} PRIMARY KEY, decision {TEXT} NOT NULL, folder {TEXT} NOT NULL,"
     " published_by {BLOB}, published_at {INT} NOT NULL);\n"
     "CREATE INDEX decision_version_at ON decision_version (published_at, hash);\n"
     "-- retention: until published anew or for ever; drafts of rules, without personal data\n"
     "CREATE TABLE decision_draft (decision {TEXT} PRIMARY KEY, folder {TEXT} NOT NULL, rev {INT} NOT NULL, saved_by {BLOB} NOT NULL,"
     " saved_at {INT} NOT NULL);\n"
     "-- retention: 30 years\n"
     "CREATE TABLE decision_publication (id {BLOB} PRIMARY KEY, decision {TEXT} NOT NULL, hash {TEXT} NOT NULL, folder {TEXT} NOT NULL,"
     " requested_by {BLOB} NOT NULL, requested_at {INT} NOT NULL, state {TEXT} NOT NULL, decided_by {BLOB}, decided_at {INT} NOT NULL,"
     " report {TEXT} NOT NULL);\n"
     "CREATE INDEX decision_publication_of ON decision_publication (decision, id);\n"
     "-- retention: 30 years, as the publication it belongs to; numbers of cases and rules, no values\n"
     "CREATE TABLE decision_comparison (id {BLOB} PRIMARY KEY, decision {TEXT} NOT NULL, hash {TEXT} NOT NULL, folder {TEXT} NOT NULL,"
     " asked_by {BLOB} NOT NULL, department {TEXT} NOT NULL, asked_at {INT} NOT NULL, purpose {TEXT} NOT NULL, sample {INT} NOT NULL,"
     " state {TEXT} NOT NULL, total {INT} NOT NULL, chosen {INT} NOT NULL, done {INT} NOT NULL, result {TEXT} NOT NULL,"
     " due_at {INT}, lease_until {INT}, lease_owner {BLOB});\n"
     "CREATE INDEX decision_comparison_of ON decision_comparison (decision, id);\n"
     "CREATE INDEX decision_comparison_due ON decision_comparison (due_at);\n",
     NULL},
    {"city.decisions", 2, "which decisions were taken in which cases",
     "-- retention: as case_event; which version of which decision, folded from the journal, no values\n"
     "CREATE TABLE case_decision (case_id {BLOB} NOT NULL, decision {TEXT} NOT NULL, hash {TEXT} NOT NULL, at {INT} NOT NULL,"
     " PRIMARY KEY (case_id, decision)) {WITHOUT_ROWID};\n"
     "CREATE INDEX case_decision_of ON case_decision (decision, case_id);\n",
     NULL},
    {"city.decisions", 3, "why a decision was turned down",
     "ALTER TABLE decision_publication ADD COLUMN reason {TEXT} NOT NULL DEFAULT '';\n", NULL},
};
const size_t DECISIONS_NMIGRATIONS = sizeof DECISIONS_MIGRATIONS / sizeof *DECISIONS_MIGRATIONS;

static const struct stmt VERSION_INSERT = {
    "decision_version_insert",
    "INSERT INTO decision_version (hash, decision, folder, published_by, published_at) VALUES (?1,?2,?3,?4,?5)"
    " ON CONFLICT (hash) DO NOTHING",
    NULL, false};
static const struct stmt VERSIONS_ALL = {"decision_version_all",
                                         "SELECT hash FROM decision_version ORDER BY published_at, hash", NULL, false};
static const struct stmt VERSION_LOAD = {
    "decision_version_load", "SELECT folder, published_by, published_at FROM decision_version WHERE hash = ?1", NULL,
    false};

struct decisions {
    struct arena *a;        /* the versions: they stay as long as the catalogue */
    pthread_mutex_t adding; /* a version is compiled outside the other, so that nobody who looks waits for it */
    pthread_mutex_t lock;
    const struct decision_version **list; /* in the order of publication */
    size_t n, cap;
};

static void decisions_end(void *ctx)
{
    struct decisions *d = ctx;
    pthread_mutex_destroy(&d->lock);
    pthread_mutex_destroy(&d->adding);
    arena_free(d->a);
}

struct decisions *decisions_new(struct arena *a)
{
    struct decisions *d = NEW(a, struct decisions);
    d->a = arena_new("decisions");
    pthread_mutex_init(&d->lock, NULL);
    pthread_mutex_init(&d->adding, NULL);
    arena_cleanup(a, decisions_end, d);
    return d;
}

struct decisions *catalogue_decisions(const struct catalogue *c)
{
    return c->decisions;
}

/* ---- looking up ---- */

const struct decision_version *decision_on(struct decisions *d, struct slice key, day on)
{
    const struct decision_version *found = NULL;
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->n; i++) {
        const struct decision_version *v = d->list[i];
        bool covers = slice_eq(v->key, key) && v->valid_from <= on && on <= v->valid_to;
        if (covers && (!found || v->published_at >= found->published_at)) found = v;
    }
    pthread_mutex_unlock(&d->lock);
    return found;
}

const struct decision_version *decision_latest(struct decisions *d, struct slice key)
{
    const struct decision_version *found = NULL;
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->n; i++)
        if (slice_eq(d->list[i]->key, key) && (!found || d->list[i]->published_at >= found->published_at))
            found = d->list[i];
    pthread_mutex_unlock(&d->lock);
    return found;
}

const struct decision_version *decision_by_hash(struct decisions *d, struct slice hash)
{
    const struct decision_version *found = NULL;
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->n && !found; i++)
        if (slice_eq(d->list[i]->hash, hash)) found = d->list[i];
    pthread_mutex_unlock(&d->lock);
    return found;
}

size_t decisions_all(struct decisions *d, struct arena *a, const struct decision_version *const **out)
{
    pthread_mutex_lock(&d->lock);
    size_t n = d->n;
    const struct decision_version **list = NEW_ARRAY(a, const struct decision_version *, n + 1);
    if (n) memcpy(list, d->list, n * sizeof *list);
    pthread_mutex_unlock(&d->lock);
    *out = list;
    return n;
}

/* ---- folders as they are kept ---- */

struct slice decision_folder_write(struct arena *a, struct service_files f)
{
    return folder_write(a, f, NULL, 0);
}

result decision_folder_read(struct arena *a, struct slice text, struct service_files *out)
{
    struct service_call *calls;
    size_t n;
    return folder_read(a, text, out, &calls, &n);
}

/* ---- adding ---- */

static void append(struct decisions *d, const struct decision_version *v)
{
    pthread_mutex_lock(&d->lock);
    if (d->n == d->cap) {
        d->cap = d->cap ? 2 * d->cap : 32;
        const struct decision_version **grown = NEW_ARRAY(d->a, const struct decision_version *, d->cap);
        if (d->n) memcpy(grown, d->list, d->n * sizeof *grown);
        d->list = grown;
    }
    d->list[d->n++] = v;
    pthread_mutex_unlock(&d->lock);
}

result decisions_add(struct catalogue *c, struct arena *a, struct service_files files, instant published_at,
                     struct slice published_by)
{
    struct decisions *d = c->decisions;
    struct decision_version *v;
    pthread_mutex_lock(&d->adding);
    result r = decision_compile(c, d->a, files, false, &v);
    if (!failed(r) && !decision_by_hash(d, v->hash)) {
        v->published_at = published_at;
        v->published_by = arena_copy(d->a, published_by);
        append(d, v);
    }
    pthread_mutex_unlock(&d->adding);
    return result_copy(a, r);
}

result decision_insert(struct tx *tx, struct arena *a, const struct decision_version *v, const struct actor *x,
                       instant now)
{
    struct id nobody = ID_NONE;
    return tx_exec(tx, a, &VERSION_INSERT,
                   BINDS(sql_text(v->hash), sql_text(v->key), sql_text(decision_folder_write(a, v->files)),
                         sql_id(x ? &x->account : &nobody), sql_int(now)),
                   NULL);
}

result decisions_refresh(struct catalogue *c, struct arena *a)
{
    struct rows all, one;
    struct service_files files;
    result faults = ok();
    TRY(store_query(c->city->store, a, &VERSIONS_ALL, NULL, 0, &all));
    for (size_t i = 0; i < all.n; i++) {
        struct slice hash = row(&all, i)[0].s;
        if (decision_by_hash(c->decisions, hash)) continue;
        TRY(store_query(c->city->store, a, &VERSION_LOAD, BINDS(sql_text(hash)), &one));
        if (!one.n) continue;
        const struct sql_value *v = row(&one, 0);
        result r = decision_folder_read(a, v[0].s, &files);
        if (!failed(r)) r = decisions_add(c, a, files, v[2].i, v[1].type == SQL_NULL ? S("") : v[1].s);
        faults = result_join(a, faults, r);
    }
    return faults;
}

struct installing {
    struct decision_version **made;
    size_t n;
    instant now;
};

static result install_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct installing *k = ctx;
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < k->n; i++) {
        TRY(decision_insert(tx, a, k->made[i], NULL, k->now));
        json_set_str_slice(&b, k->made[i]->key, k->made[i]->hash);
    }
    return audit_add(tx, a, NULL, k->now, "decision.installed", json_object(&b));
}

result decisions_install(struct catalogue *c, struct arena *a, const struct service_files *folders, size_t n,
                         instant now)
{
    struct installing k = {NEW_ARRAY(a, struct decision_version *, n + 1), 0, now};
    result faults = ok();
    for (size_t i = 0; i < n; i++) {
        struct decision_version *v;
        result r = decision_compile(c, a, folders[i], true, &v);
        for (const struct problem *p = r.problem; p; p = p->next) {
            struct problem one = *p;
            one.next = NULL;
            one.field = arena_printf(a, "%.*s/%.*s", SLICE_ARG(v ? v->key : S("?")), SLICE_ARG(p->field));
            faults = result_join(a, faults, result_copy(a, (result){&one}));
        }
        if (!failed(r) && !decision_by_hash(c->decisions, v->hash)) k.made[k.n++] = v;
    }
    if (failed(faults) || !k.n) return faults;
    if (c->city->store) TRY(store_run(c->city->store, a, "decisions_install", install_body, &k));
    for (size_t i = 0; i < k.n; i++) TRY(decisions_add(c, a, k.made[i]->files, now, S("")));
    return ok();
}
