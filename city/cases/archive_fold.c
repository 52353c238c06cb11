/* Folding: case after case, each a unit that checks what it has made before the rows go. */
#include <pthread.h>

#include "city/cases/archive_codec.h"
#include "city/cases/archive_rows.h"
#include "city/cases/cases.h"
#include "city/cases/facts.h"
#include "city/catalogue/catalogue.h"
#include "city/sql.h"
#include "city/vault/vault.h"

enum { DICTIONARY_MAX = 16 * 1024, EXAMPLES = 8, AT_ONCE = 256 };

static const struct stmt DUE = {
    "archive_due",
    "SELECT id, service_hash, decided_at FROM case_file WHERE decided_at > 0 AND length(engine) > 0 AND decided_at < ?1"
    " AND (decided_at, id) > (?2, ?3) ORDER BY decided_at, id LIMIT ?4",
    NULL, false};
static const struct stmt EVENTS = {
    "archive_events", "SELECT " ARCHIVE_EVENT " FROM case_event WHERE case_id = ?1 ORDER BY seq", NULL, false};
static const struct stmt TASKS = {
    "archive_tasks", "SELECT " ARCHIVE_TASK " FROM case_task WHERE case_id = ?1 ORDER BY token", NULL, false};
static const struct stmt PENDING = {
    "archive_pending",
    "SELECT (SELECT COUNT(*) FROM case_job WHERE case_id = ?1) + (SELECT COUNT(*) FROM case_timer WHERE case_id = ?1)"
    " + (SELECT COUNT(*) FROM case_measure WHERE case_id = ?1 AND rolled < 1 AND rolled = 0)",
    NULL, false};
static const struct stmt ARCHIVE_INSERT = {
    "archive_insert",
    "INSERT INTO case_archive (case_id, events, folded_at, dictionary, staff, digest, content_ct) VALUES (?1,?2,?3,?4,?5,?6,?7)",
    NULL, false};
static const struct stmt EVENTS_GO = {"archive_events_go", "DELETE FROM case_event WHERE case_id = ?1", NULL, false};
const struct stmt ARCHIVE_TASKS_GO = {"archive_tasks_go", "DELETE FROM case_task WHERE case_id = ?1", NULL, false};
static const struct stmt LEFT_ALONE = {"archive_left_alone", "UPDATE case_file SET engine = x'' WHERE id = ?1",
                                       "UPDATE case_file SET engine = ''::bytea WHERE id = ?1", false};

/* ---- the dictionary of a version ---- */

struct dictionary {
    struct slice service_hash, words;
    int64_t id;
    struct dictionary *next;
};

static const struct stmt WORDS = {
    "archive_words", "SELECT id, words FROM archive_dictionary WHERE service_hash = ?1 ORDER BY id DESC LIMIT 1", NULL,
    false};
static const struct stmt WORDS_INSERT = {
    "archive_words_insert",
    "INSERT INTO archive_dictionary (id, service_hash, words, made_at)"
    " SELECT COALESCE(MAX(id), 0) + 1, ?1, ?2, ?3 FROM archive_dictionary"
    " HAVING NOT EXISTS (SELECT 1 FROM archive_dictionary WHERE service_hash = ?1)",
    NULL, false};

struct passing {
    struct city *city;
    struct arena *a;
    instant now;
    struct dictionary *dictionaries;
    pthread_mutex_t mu;
    pthread_cond_t over;
    size_t under_way;
    struct arena *told; /* what went wrong: store threads write here, under mu */
    result failed;
};

/* Examples of a version: journals of its first cases, of which the longest kinds come last, where they are found at the least cost. */
static result example(struct passing *p, struct id case_id, struct slice definition, struct buf *b)
{
    struct rows r, k;
    struct data_key key;
    TRY(store_query(p->city->store, p->a, &VAULT_SELECT_KEY, BINDS(sql_id(&case_id)), &k));
    if (!k.n || !row(&k, 0)[0].s.n) return ok();
    TRY(vault_unwrap(p->city, p->a, case_id, row(&k, 0)[0].s, &key));
    TRY(store_query(p->city->store, p->a, &EVENTS, BINDS(sql_id(&case_id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct json *event = NULL;
        const struct sql_value *v = row(&r, i);
        TRY(event_open(p->a, &key, v[EV_SEQ].i, v[EV_PAYLOAD].s, &event));
        buf_put(b, v[EV_KIND].s);
        archive_words(b, event, definition);
    }
    return ok();
}

static struct slice folder_text(struct arena *a, const struct service *s)
{
    struct service_files f = service_folder(s);
    struct buf b = buf_new(a, SIZE_MAX);
    for (size_t i = 0; i < f.n; i++) buf_put(&b, f.list[i].bytes);
    return buf_slice(&b);
}

struct making {
    struct slice service_hash, words;
    instant now;
};

static result make_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct making *m = ctx;
    return tx_exec(tx, a, &WORDS_INSERT, BINDS(sql_text(m->service_hash), sql_blob(m->words), sql_int(m->now)), NULL);
}

static result dictionary_make(struct passing *p, struct slice service_hash, const struct rows *due)
{
    const struct service *s;
    struct id case_id;
    size_t n = 0;
    TRY(catalogue_by_hash(p->city->catalogue, p->a, service_hash, &s));
    struct slice definition = folder_text(p->a, s);
    struct buf b = buf_new(p->a, 8 * 1024 * 1024);
    for (size_t i = 0; i < due->n && n < EXAMPLES; i++)
        if (slice_eq(row(due, i)[1].s, service_hash) && id_from_bytes(row(due, i)[0].s, &case_id)) {
            TRY(example(p, case_id, definition, &b));
            n++;
        }
    struct slice words = buf_slice(&b);
    if (words.n > DICTIONARY_MAX) words = slice_sub(words, words.n - DICTIONARY_MAX, DICTIONARY_MAX);
    struct making m = {service_hash, words, p->now};
    return store_run(p->city->store, p->a, "archive_dictionary", make_body, &m);
}

static result dictionary_of(struct passing *p, struct slice service_hash, const struct rows *due,
                            const struct dictionary **out)
{
    struct rows r;
    for (*out = p->dictionaries; *out; *out = (*out)->next)
        if (slice_eq((*out)->service_hash, service_hash)) return ok();
    for (int i = 0; i < 2; i++) {
        TRY(store_query(p->city->store, p->a, &WORDS, BINDS(sql_text(service_hash)), &r));
        if (r.n) break;
        TRY(dictionary_make(p, service_hash, due));
    }
    if (!r.n) return fail(p->a, CODE_INTERNAL, S("archive_dictionary"), "detail", S("not there"), NULL);
    struct dictionary *d = NEW(p->a, struct dictionary);
    *d = (struct dictionary){service_hash, row(&r, 0)[1].s, row(&r, 0)[0].i, p->dictionaries};
    *out = p->dictionaries = d;
    return ok();
}

/* ---- one case ---- */

struct folding {
    struct passing *p;
    struct id case_id;
    const struct dictionary *dictionary;
    struct unit unit;
    struct load loads[5];
    struct sql_value id;
};

/* [[department, role, town, account or "", 1: completed it]], each once. */
static struct slice staff_of(struct arena *a, const struct rows *tasks)
{
    enum { DEPARTMENT = 5, ROLE, TOWN, STATUS, ASSIGNEE }; /* of ARCHIVE_TASK */
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < tasks->n; i++) {
        const struct sql_value *v = row(tasks, i);
        struct json_builder one = json_builder(a);
        struct id who;
        bool known = v[ASSIGNEE].type == SQL_BLOB && id_from_bytes(v[ASSIGNEE].s, &who), again = false;
        json_add(&one, json_of_string(a, v[DEPARTMENT].s));
        json_add(&one, json_of_string(a, v[ROLE].s));
        json_add(&one, json_of_string(a, v[TOWN].s));
        json_add(&one, json_of_string(a, known ? id_text(a, who) : S("")));
        json_add(&one, json_of_int(a, v[STATUS].i == TASK_DONE));
        const struct json *x = json_array(&one);
        for (size_t k = 0; k < list.n && !again; k++) again = json_equal(list.items[k], x);
        if (!again) json_add(&list, x);
    }
    return json_write(a, json_array(&list));
}

/* The events with what their payloads hold and how their ciphertexts were made; logged: as they were first. CODE_CASE_ARCHIVE: not what this
 * program seals. */
static result opened_up(struct arena *a, const struct data_key *key, const struct rows *events, struct rows *out,
                        struct rows *logged)
{
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, events->n * ARCHIVE_EVENT_COLUMNS + 1);
    struct sql_value *first = NEW_ARRAY(a, struct sql_value, events->n * events->ncols + 1);
    for (size_t i = 0; i < events->n; i++) {
        const struct sql_value *from = row(events, i);
        struct sql_value *to = v + i * ARCHIVE_EVENT_COLUMNS;
        struct data_key of;
        struct slice plain, origin, box = from[EV_PAYLOAD].s;
        if (from[EV_SEQ].i != (int64_t)i + 1)
            return fail(a, CODE_CASE_ARCHIVE, S("case_event"), "detail", S("a gap in the journal"), NULL);
        TRY(event_plain(a, key, from[EV_SEQ].i, box, &plain, &origin));
        if (!vault_key_of(key, box, &of) || of.generation != key->generation)
            origin = event_origin_proven(a, key, box, origin); /* its key is being left */
        memcpy(to, from, EV_PAYLOAD * sizeof *to);
        to[EV_ORIGIN] = sql_blob(origin);
        to[EV_PLAIN] = sql_text(plain);
        memcpy(first + i * events->ncols, from, events->ncols * sizeof *first);
        TRY(event_logged(a, key, from[EV_SEQ].i, box, &first[i * events->ncols + EV_PAYLOAD].s));
    }
    *logged = (struct rows){.n = events->n, .ncols = events->ncols, .v = first};
    *out = (struct rows){.n = events->n, .ncols = ARCHIVE_EVENT_COLUMNS, .v = v};
    return ok();
}

static bool tasks_stay(const struct city *c, struct slice service)
{
    for (size_t i = 0; c->areas && i < c->areas->n; i++)
        for (const char *const *s = c->areas->list[i]->tasks_stay; s && *s; s++)
            if (slice_is(service, *s)) return true;
    return false;
}

static result fold_rows(const struct folding *f, struct decision *d, const struct data_key *key,
                        const struct rows *events, const struct rows *tasks)
{
    struct arena *a = d->a;
    struct rows kept, logged;
    struct slice content, digest;
    struct archived again = {.there = false};
    TRY(opened_up(a, key, events, &kept, &logged));
    digest = archive_digest(a, f->case_id, &logged);
    TRY(archive_pack(a, &kept, tasks, row(events, 0)[EV_AT].i, f->dictionary->words, &content));
    const struct sql_value stored[] = {sql_blob(digest),
                                       sql_blob(vault_seal(a, key, archive_place(a, digest), content)),
                                       sql_blob(f->dictionary->words)};
    /* nothing goes that does not come back */
    TRY(archive_open(a, f->case_id, key, stored, &again));
    if (!archive_same_rows(&again.logged, &logged) || !archive_same_rows(&again.tasks, tasks))
        return fail(a, CODE_CASE_ARCHIVE, S("case_archive"), "detail", S("other rows"), NULL);
    decision_write(d, &ARCHIVE_INSERT, 1, 7, sql_id(&f->case_id), sql_int((int64_t)events->n), sql_int(f->p->now),
                   sql_int(f->dictionary->id), sql_text(staff_of(a, tasks)), stored[0], stored[1]);
    decision_write(d, &EVENTS_GO, (int64_t)events->n, 1, sql_id(&f->case_id));
    /* none: the case had none, or its area's own SQL reads them and they stay */
    if (tasks->n) decision_write(d, &ARCHIVE_TASKS_GO, (int64_t)tasks->n, 1, sql_id(&f->case_id));
    decision_write(d, &ARCHIVE_BARE, 1, 1, sql_id(&f->case_id));
    return ok();
}

static result fold_case(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    const struct folding *f = u->ctx;
    struct data_key key;
    struct case_row c;
    (void)nrows;
    if (!rows[0].n || !rows[2].n) return ok();
    TRY(case_row_read(d->a, row(&rows[0], 0), NULL, &c));
    if (case_state_open(c.state) || !c.engine.n || row(&rows[4], 0)[0].i) return ok();
    if (!rows[1].n || !row(&rows[1], 0)[0].s.n) { /* erased: it is asked about no more */
        decision_write(d, &LEFT_ALONE, 1, 1, sql_id(&f->case_id));
        return ok();
    }
    TRY(vault_unwrap(f->p->city, d->a, f->case_id, row(&rows[1], 0)[0].s, &key));
    const struct rows none = {.ncols = ARCHIVE_TASK_COLUMNS};
    return fold_rows(f, d, &key, &rows[2], tasks_stay(f->p->city, c.service) ? &none : &rows[3]);
}

static void folded(struct unit *u, result r)
{
    struct passing *p = ((struct folding *)u->ctx)->p;
    (void)pthread_mutex_lock(&p->mu);
    if (failed(r) && !failed(p->failed)) p->failed = result_copy(p->told, r);
    if (--p->under_way == 0) (void)pthread_cond_signal(&p->over);
    (void)pthread_mutex_unlock(&p->mu);
}

static void begin(struct passing *p, struct id case_id, const struct dictionary *dictionary)
{
    static const struct stmt *const LOADS[] = {&CASE_SELECT, &VAULT_SELECT_KEY, &EVENTS, &TASKS, &PENDING};
    struct folding *f = NEW(p->a, struct folding);
    *f = (struct folding){.p = p, .case_id = case_id, .dictionary = dictionary};
    f->id = sql_id(&f->case_id);
    for (size_t i = 0; i < 5; i++) f->loads[i] = (struct load){LOADS[i], &f->id, 1};
    f->unit = (struct unit){
        .name = "fold", .lock = case_id, .loads = f->loads, .nloads = 5, .decide = fold_case, .done = folded, .ctx = f};
    (void)pthread_mutex_lock(&p->mu);
    p->under_way++;
    (void)pthread_mutex_unlock(&p->mu);
    store_submit(p->city->store, &f->unit);
}

/* All of due, in one batch or a few; the first failure, when all are over. */
static result fold_all(struct passing *p, const struct rows *due)
{
    const struct dictionary **of = NEW_ARRAY(p->a, const struct dictionary *, due->n + 1);
    result r = ok();
    for (size_t i = 0; i < due->n && !failed(r); i++) r = dictionary_of(p, row(due, i)[1].s, due, &of[i]);
    for (size_t i = 0; i < due->n && !failed(r); i++) {
        struct id id;
        if (id_from_bytes(row(due, i)[0].s, &id)) begin(p, id, of[i]);
    }
    (void)pthread_mutex_lock(&p->mu);
    while (p->under_way) (void)pthread_cond_wait(&p->over, &p->mu);
    (void)pthread_mutex_unlock(&p->mu);
    return failed(r) ? r : result_copy(p->a, p->failed);
}

result case_archive_run(struct city *c, struct arena *a, instant now, size_t n, struct archive_at *at, size_t *looked)
{
    struct rows due;
    int64_t after = c->archive_after ? c->archive_after : ARCHIVE_AFTER;
    struct id from = at->id;
    *looked = 0;
    if (id_is_none(from)) from.b[15] = 1; /* ID_NONE would bind NULL */
    TRY(store_query(c->store, a, &DUE,
                    BINDS(sql_int(now - after * MS_DAY), sql_int(at->ended), sql_id(&from),
                          sql_int((int64_t)(n < AT_ONCE ? n : AT_ONCE))),
                    &due));
    if (!due.n) {
        *at = (struct archive_at){.ended = 0};
        return ok();
    }
    struct passing p = {.city = c, .a = a, .now = now, .told = arena_new("archive"), .failed = ok()};
    (void)pthread_mutex_init(&p.mu, NULL);
    (void)pthread_cond_init(&p.over, NULL);
    result r = fold_all(&p, &due);
    arena_free(p.told);
    (void)pthread_cond_destroy(&p.over);
    (void)pthread_mutex_destroy(&p.mu);
    at->ended = row(&due, due.n - 1)[2].i;
    (void)id_from_bytes(row(&due, due.n - 1)[0].s, &at->id);
    *looked = due.n;
    return r;
}
