/* Plans of migration: made by one person, looked at by a worker, released by another, carried out and undone case by case. */
#include "city/cases/migration_parts.h"
#include "city/identity/identity.h"

#define LEASE_MS 60000
#define SCAN 2000 /* cases read over at once: few of them are concerned */
#define BATCH 50  /* cases between two notes of progress */
#define HOW_MAX (256 * 1024)

const struct migration CHANGES_MIGRATIONS[] = {
    {"city.changes", 1, "plans of migration",
     "-- retention: as case_event; names nobody but staff\n"
     "CREATE TABLE case_plan (id {BLOB} PRIMARY KEY, service {TEXT} NOT NULL, from_hash {TEXT} NOT NULL, to_hash {TEXT} NOT NULL,"
     " reason {TEXT} NOT NULL, how {TEXT} NOT NULL, state {TEXT} NOT NULL, made_by {BLOB} NOT NULL, made_at {INT} NOT NULL,"
     " decided_by {BLOB}, decided_at {INT} NOT NULL, decide_reason {TEXT} NOT NULL, cursor_id {BLOB} NOT NULL, looked {INT} NOT NULL,"
     " found {TEXT} NOT NULL, due_at {INT}, lease_until {INT}, lease_owner {BLOB});\n"
     "CREATE INDEX case_plan_due ON case_plan (due_at);\n"
     "-- retention: as case_event\n"
     "CREATE TABLE case_plan_case (plan {BLOB} NOT NULL, case_id {BLOB} NOT NULL, number {TEXT} NOT NULL, state {TEXT} NOT NULL,"
     " problems {TEXT} NOT NULL, left_behind {TEXT} NOT NULL, at {INT} NOT NULL, PRIMARY KEY (plan, case_id)) {WITHOUT_ROWID};\n"
     "CREATE INDEX case_plan_case_state ON case_plan_case (plan, state, case_id);\n",
     NULL},
};
const size_t CHANGES_NMIGRATIONS = sizeof CHANGES_MIGRATIONS / sizeof *CHANGES_MIGRATIONS;

const struct stmt PLAN_LOOK = {"case_plan_look", "SELECT " PLAN_COLUMNS " FROM case_plan WHERE id = ?1", NULL, false};
static const struct stmt PLAN_LOCK = {"case_plan_lock", "SELECT state, made_by FROM case_plan WHERE id = ?1", NULL,
                                      true};
static const struct stmt PLAN_INSERT = {"case_plan_insert",
                                        "INSERT INTO case_plan (" PLAN_COLUMNS ", due_at, lease_until, lease_owner)"
                                        " VALUES (?1,?2,?3,?4,?5,?6,'looking',?7,?8,NULL,0,'',?9,0,'[]',?8,0,NULL)",
                                        NULL, false};
static const struct stmt PLAN_DECIDE = {
    "case_plan_decide",
    "UPDATE case_plan SET state = ?2, decided_by = ?3, decided_at = ?4, decide_reason = ?5, due_at = ?6, lease_until = 0"
    " WHERE id = ?1",
    NULL, false};
static const struct stmt PLAN_STATE = {
    "case_plan_state", "UPDATE case_plan SET state = ?2, due_at = ?3, lease_until = 0 WHERE id = ?1", NULL, false};
static const struct stmt PLAN_PROGRESS = {
    "case_plan_progress",
    "UPDATE case_plan SET cursor_id = ?2, looked = ?3, found = ?4, lease_until = ?5 WHERE id = ?1 AND lease_owner = ?6",
    NULL, false};
static const struct stmt PLAN_HELD = {
    "case_plan_held", "UPDATE case_plan SET lease_until = ?2 WHERE id = ?1 AND lease_owner = ?3 AND state = ?4", NULL,
    false};
static const struct stmt SCAN_CASES = {
    "case_plan_scan",
    "SELECT id, CASE WHEN service_hash = ?2 AND state < 3 THEN 1 ELSE 0 END FROM case_file WHERE id > ?1 ORDER BY id LIMIT ?3",
    NULL, false};
static const struct stmt ROW_INSERT = {
    "case_plan_case_insert",
    "INSERT INTO case_plan_case (plan, case_id, number, state, problems, left_behind, at) VALUES (?1,?2,?3,?4,?5,'[]',?6)"
    " ON CONFLICT (plan, case_id) DO UPDATE SET state = excluded.state, problems = excluded.problems, at = excluded.at",
    NULL, false};
static const struct stmt ROW_FAILED = {
    "case_plan_case_failed",
    "UPDATE case_plan_case SET state = ?3, problems = ?4, at = ?5 WHERE plan = ?1 AND case_id = ?2 AND state = ?6",
    NULL, false};
static const struct stmt ROW_LEFT = {"case_plan_case_left",
                                     "SELECT left_behind, state FROM case_plan_case WHERE plan = ?1 AND case_id = ?2",
                                     NULL, false};
static const struct stmt ROWS_TO_MOVE = {
    "case_plan_to_move",
    "SELECT case_id, state FROM case_plan_case WHERE plan = ?1 AND state IN ('can', 'cannot') ORDER BY case_id LIMIT ?2",
    NULL, false};
static const struct stmt ROWS_TO_UNDO = {
    "case_plan_to_undo",
    "SELECT case_id, state FROM case_plan_case WHERE plan = ?1 AND state = 'moved' ORDER BY case_id LIMIT ?2", NULL,
    false};

static const struct right DESIGNERS = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false};
static const struct right PUBLISHER = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false};

static result wrong(struct arena *a, struct slice where, struct slice zh, struct slice en)
{
    return fail(a, CODE_MIGRATION_PLAN, where, "detail_zh", zh, "detail_en", en, NULL);
}

/* ---- a plan as it is worked with ---- */

static result known(struct arena *a, const struct plan *p, struct slice from, struct slice to, size_t i)
{
    struct slice at = arena_printf(a, "/mapping/%zu", i);
    if (!process_element(service_model(p->from), from))
        return wrong(a, at, arena_printf(a, "旧版本没有元素“%.*s”", SLICE_ARG(from)),
                     arena_printf(a, "the old version has no element \"%.*s\"", SLICE_ARG(from)));
    if (!process_element(service_model(p->to), to))
        return wrong(a, at, arena_printf(a, "新版本没有元素“%.*s”", SLICE_ARG(to)),
                     arena_printf(a, "the new version has no element \"%.*s\"", SLICE_ARG(to)));
    return ok();
}

result plan_how(struct arena *a, struct plan *p, const struct json *how)
{
    const struct json *list = json_get(how, "mapping"), *values = json_get(how, "values");
    size_t n = list ? list->n : 0;
    struct process_mapping *there = NEW_ARRAY(a, struct process_mapping, n),
                           *back = NEW_ARRAY(a, struct process_mapping, n);
    struct json_builder renamed = json_builder(a), turned = json_builder(a);
    for (size_t i = 0; i < n; i++) {
        struct slice from = json_string(list->items[i], "from"), to = json_string(list->items[i], "to");
        TRY(known(a, p, from, to, i));
        for (size_t k = 0; k < i; k++)
            if (slice_eq(there[k].from, from))
                return wrong(a, arena_printf(a, "/mapping/%zu", i), S("同一元素对应了两次"),
                             S("the element is mapped twice"));
        there[i] = (struct process_mapping){from, to};
        back[i] = (struct process_mapping){to, from};
        struct json_builder b = json_builder(a);
        json_add(&renamed, list->items[i]);
        json_set_str(&b, "from", to);
        json_set_str(&b, "to", from);
        json_add(&turned, json_object(&b));
    }
    p->how = (struct process_migration){
        .list = there, .n = n, .values = values && values->type == JSON_OBJECT ? values : NULL};
    p->back = (struct process_migration){.list = back, .n = n, .undo = true};
    p->renamed = json_array(&renamed);
    p->renamed_back = json_array(&turned);
    return ok();
}

static result versions(struct city *c, struct arena *a, struct slice service, struct slice from, struct slice to,
                       struct plan *p)
{
    TRY(catalogue_by_hash(c->catalogue, a, from, &p->from));
    TRY(catalogue_by_hash(c->catalogue, a, to, &p->to));
    if (!slice_eq(service_code(p->from), service) || !slice_eq(service_code(p->to), service))
        return fail(a, CODE_NOT_FOUND, S("service"), "value", service, NULL);
    return ok();
}

result plan_open(struct city *c, struct arena *a, struct id id, struct plan *out)
{
    struct rows *r = NEW(a, struct rows);
    const struct json *how;
    TRY(store_query(c->store, a, &PLAN_LOOK, BINDS(sql_id(&id)), r));
    if (!r->n) return fail(a, CODE_NOT_FOUND, S("migration"), "value", id_text(a, id), NULL);
    *out = (struct plan){.v = row(r, 0), .id = id};
    TRY(versions(c, a, out->v[M_SERVICE].s, out->v[M_FROM].s, out->v[M_TO].s, out));
    TRY(json_parse(a, out->v[M_HOW].s, HOW_MAX, S("case_plan.how"), &how));
    return plan_how(a, out, how);
}

/* ---- made ---- */

struct making {
    const struct actor *x;
    const struct plan_new *p;
    struct slice how;
    struct id id;
    instant now;
};

static const struct json *details(struct arena *a, struct id id, struct slice service, struct slice reason)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "migration", id_bytes(&id));
    if (service.n) json_set_str(&b, "service", service);
    if (reason.n) json_set_str(&b, "reason", reason);
    return json_object(&b);
}

static result making_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct making *m = ctx;
    struct id first = ID_NONE;
    first.b[15] = 1;
    TRY(tx_exec(tx, a, &PLAN_INSERT,
                BINDS(sql_id(&m->id), sql_text(m->p->service), sql_text(m->p->from), sql_text(m->p->to),
                      sql_text(m->p->reason), sql_text(m->how), sql_id(&m->x->account), sql_int(m->now),
                      sql_id(&first)),
                NULL));
    return audit_add(tx, a, m->x, m->now, "migration.planned", details(a, m->id, m->p->service, m->p->reason));
}

result migration_plan(struct city *c, struct arena *a, const struct actor *x, const struct plan_new *p, instant now,
                      struct id *id)
{
    struct plan plan = {.v = NULL};
    struct json_builder how = json_builder(a);
    TRY(city_authorise(a, x, DESIGNERS, S("designer")));
    if (!slice_trim(p->reason).n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    if (slice_eq(p->from, p->to)) return wrong(a, S("/to"), S("两个版本相同"), S("both are the same version"));
    TRY(versions(c, a, p->service, p->from, p->to, &plan));
    if (p->mapping) json_set(&how, "mapping", p->mapping);
    if (p->values) json_set(&how, "values", p->values);
    const struct json *given = json_object(&how);
    TRY(plan_how(a, &plan, given));
    struct making m = {x, p, json_write(a, given), id_new(now), now};
    if (m.how.n > HOW_MAX) return fail(a, CODE_TOO_LARGE, S("/mapping"), NULL);
    TRY(store_run(c->store, a, "migration_plan", making_body, &m));
    *id = m.id;
    return ok();
}

/* ---- released, turned down, taken back ---- */

struct deciding {
    const struct actor *x;
    struct id id;
    struct slice reason;
    bool approve;
    instant now;
};

static result locked(struct tx *tx, struct arena *a, struct id id, struct slice *state, struct slice *by)
{
    struct rows r;
    TRY(tx_query(tx, a, &PLAN_LOCK, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("migration"), "value", id_text(a, id), NULL);
    *state = row(&r, 0)[0].s;
    *by = row(&r, 0)[1].s;
    return ok();
}

static result deciding_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct deciding *d = ctx;
    struct slice state = {NULL, 0}, by = {NULL, 0};
    TRY(locked(tx, a, d->id, &state, &by));
    if (!slice_is(state, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("migration"), "value", state, NULL);
    if (d->x->kind != ACTOR_SYSTEM && slice_eq(by, id_bytes(&d->x->account)))
        return fail(a, CODE_TWO_PEOPLE, S("migration"), NULL);
    TRY(tx_exec(tx, a, &PLAN_DECIDE,
                BINDS(sql_id(&d->id), sql_text(d->approve ? S("applying") : S("rejected")), sql_id(&d->x->account),
                      sql_int(d->now), sql_text(d->reason), d->approve ? sql_int(d->now) : sql_null()),
                NULL));
    return audit_add(tx, a, d->x, d->now, d->approve ? "migration.released" : "migration.rejected",
                     details(a, d->id, (struct slice){NULL, 0}, d->reason));
}

result migration_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                        struct slice reason, instant now)
{
    TRY(city_authorise(a, x, PUBLISHER, S("publisher")));
    if (!approve && !slice_trim(reason).n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    struct deciding d = {x, id, reason, approve, now};
    return store_run(c->store, a, "migration_decide", deciding_body, &d);
}

static result undoing_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct deciding *d = ctx;
    struct slice state = {NULL, 0}, by = {NULL, 0};
    TRY(locked(tx, a, d->id, &state, &by));
    if (!slice_is(state, "done") && !slice_is(state, "applying"))
        return fail(a, CODE_REQUEST_SETTLED, S("migration"), "value", state, NULL);
    TRY(tx_exec(tx, a, &PLAN_STATE, BINDS(sql_id(&d->id), sql_text(S("undoing")), sql_int(d->now)), NULL));
    return audit_add(tx, a, d->x, d->now, "migration.undone", details(a, d->id, (struct slice){NULL, 0}, d->reason));
}

result migration_undo(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                      instant now)
{
    TRY(city_authorise(a, x, PUBLISHER, S("publisher")));
    if (!slice_trim(reason).n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    struct deciding d = {x, id, reason, true, now};
    return store_run(c->store, a, "migration_undo", undoing_body, &d);
}

static result case_undone_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct deciding *d = ctx;
    return audit_add(tx, a, d->x, d->now, "migration.case_undone",
                     details(a, d->id, (struct slice){NULL, 0}, d->reason));
}

result migration_undo_case(struct city *c, struct arena *a, const struct actor *x, struct id id, struct id case_id,
                           struct slice reason, instant now)
{
    struct plan p;
    struct rows r;
    TRY(city_authorise(a, x, PUBLISHER, S("publisher")));
    if (!slice_trim(reason).n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    TRY(plan_open(c, a, id, &p));
    TRY(store_query(c->store, a, &ROW_LEFT, BINDS(sql_id(&id), sql_id(&case_id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("case"), "value", id_text(a, case_id), NULL);
    if (!slice_is(row(&r, 0)[1].s, "moved"))
        return fail(a, CODE_REQUEST_SETTLED, S("case"), "value", row(&r, 0)[1].s, NULL);
    TRY(plan_move(c, a, &p, case_id, true, now));
    struct deciding d = {x, id, reason, true, now};
    return store_run(c->store, a, "migration_case_undone", case_undone_body, &d);
}

/* ---- one case ---- */

result plan_move(struct city *c, struct arena *a, const struct plan *p, struct id case_id, bool undo, instant now)
{
    struct actor system = actor_system();
    struct case_command k = {
        .city = c, .a = a, .actor = &system, .now = now, .route = S("migration"), .case_id = case_id};
    struct case_migration m = {.plan = p->id,
                               .from = undo ? p->to : p->from,
                               .to = undo ? p->from : p->to,
                               .how = undo ? p->back : p->how,
                               .renamed = undo ? p->renamed_back : p->renamed};
    struct case_done done;
    if (undo) {
        struct rows r;
        const struct json *left;
        TRY(store_query(c->store, a, &ROW_LEFT, BINDS(sql_id(&p->id), sql_id(&case_id)), &r));
        if (!r.n) return fail(a, CODE_NOT_FOUND, S("case"), "value", id_text(a, case_id), NULL);
        TRY(json_parse(a, row(&r, 0)[0].s, HOW_MAX, S("case_plan_case.left_behind"), &left));
        struct slice *again = NEW_ARRAY(a, struct slice, left->n);
        for (size_t i = 0; i < left->n; i++) again[i] = left->items[i]->text;
        m.how.again = again;
        m.how.nagain = left->n;
    }
    return case_migrate(&k, &m, &done);
}

/* ---- the worker ---- */

struct note {
    const struct stmt *stmt;
    const struct sql_value *v;
    size_t n;
    int64_t changed;
};

static result note_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct note *n = ctx;
    return tx_exec(tx, a, n->stmt, n->v, n->n, &n->changed);
}

static result note(struct city *c, struct arena *a, const struct stmt *s, const struct sql_value *v, size_t n,
                   int64_t *changed)
{
    struct note x = {s, v, n, 0};
    TRY(store_run(c->store, a, "case_plan_note", note_body, &x));
    if (changed) *changed = x.changed;
    return ok();
}

struct looked {
    struct id case_id;
    struct slice number, problems;
    bool can;
};
struct batch {
    const struct plan *p;
    struct id owner, cursor;
    struct slice found;
    int64_t looked, held;
    instant now;
    struct looked list[BATCH];
    size_t n;
};

static result batch_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct batch *b = ctx;
    TRY(tx_exec(tx, a, &PLAN_PROGRESS,
                BINDS(sql_id(&b->p->id), sql_id(&b->cursor), sql_int(b->looked), sql_text(b->found),
                      sql_int(b->now + LEASE_MS), sql_id(&b->owner)),
                &b->held));
    for (size_t i = 0; i < b->n && b->held; i++)
        TRY(tx_exec(tx, a, &ROW_INSERT,
                    BINDS(sql_id(&b->p->id), sql_id(&b->list[i].case_id), sql_text(b->list[i].number),
                          sql_text(b->list[i].can ? S("can") : S("cannot")), sql_text(b->list[i].problems),
                          sql_int(b->now)),
                    NULL));
    return ok();
}

static result look_one(struct city *c, struct arena *a, struct batch *b, const struct json **groups, struct id case_id)
{
    struct arena *own = arena_new("migration of one case");
    const struct json *group;
    struct looked *l = &b->list[b->n];
    struct slice number = {NULL, 0};
    result r = look_at_case(c, own, b->p, case_id, b->now, &group, &number, &l->can);
    if (!failed(r) && group) {
        l->case_id = case_id;
        l->number = arena_copy(a, number);
        l->problems = json_write(a, json_get(group, "problems"));
        *groups = json_copy(a, group_add(own, *groups, group, number));
        b->n++;
        b->looked++;
    }
    r = result_copy(a, r);
    arena_free(own);
    return r;
}

/* Some cases further on; *end: all have been looked over. */
static result look_on(struct city *c, struct arena *a, struct batch *b, const struct json **groups, bool *end)
{
    struct rows r;
    b->n = 0;
    TRY(store_query(c->store, a, &SCAN_CASES,
                    BINDS(sql_id(&b->cursor), sql_text(service_hash(b->p->from)), sql_int(SCAN)), &r));
    *end = r.n < SCAN;
    for (size_t i = 0; i < r.n; i++) {
        struct id case_id;
        if (!id_from_bytes(row(&r, i)[0].s, &case_id)) continue;
        b->cursor = case_id;
        if (row(&r, i)[1].i) TRY(look_one(c, a, b, groups, case_id));
        if (b->n == BATCH && i + 1 < r.n) {
            *end = false;
            break;
        }
    }
    b->found = json_write(a, *groups);
    return store_run(c->store, a, "case_plan_batch", batch_body, b);
}

static result look_plan(struct city *c, struct arena *a, const struct plan *p, struct id owner, instant now, size_t n,
                        size_t *done)
{
    struct batch *b = NEW(a, struct batch);
    const struct json *groups;
    bool end = false;
    *b = (struct batch){.p = p, .owner = owner, .looked = p->v[M_LOOKED].i, .held = 1, .now = now};
    (void)id_from_bytes(p->v[M_CURSOR].s, &b->cursor);
    TRY(json_parse(a, p->v[M_FOUND].s, 4 << 20, S("case_plan.found"), &groups));
    for (size_t looked = 0; looked < n && !end && b->held; looked += b->n + 1) {
        TRY(look_on(c, a, b, &groups, &end));
        *done += b->n;
    }
    if (!b->held) return ok(); /* somebody else has taken it up */
    return note(c, a, &PLAN_STATE,
                BINDS(sql_id(&p->id), sql_text(end ? S("waiting") : S("looking")), end ? sql_null() : sql_int(now)),
                NULL);
}

/* A failure leaves the case where it is, with the reason; one of the machinery is told and tried again. */
static result move_row(struct city *c, const struct plan *p, const struct sql_value *v, bool undo, instant now)
{
    struct arena *own = arena_new("migration of one case");
    struct id case_id = ID_NONE;
    (void)id_from_bytes(v[0].s, &case_id);
    result r = plan_move(c, own, p, case_id, undo, now);
    if (failed(r) && code_status(result_code(r)) < 500)
        r = note(c, own, &ROW_FAILED,
                 BINDS(sql_id(&p->id), sql_id(&case_id), sql_text(undo ? S("stays") : S("failed")),
                       sql_text(json_write(own, problems_words(own, r))), sql_int(now), sql_text(v[1].s)),
                 NULL);
    r = result_copy(c->a, r);
    arena_free(own);
    return r;
}

static result move_plan(struct city *c, struct arena *a, const struct plan *p, struct id owner, bool undo, instant now,
                        size_t n, size_t *done)
{
    struct rows r;
    int64_t held = 1;
    const struct stmt *next = undo ? &ROWS_TO_UNDO : &ROWS_TO_MOVE;
    for (size_t moved = 0; moved < n;) {
        TRY(store_query(c->store, a, next, BINDS(sql_id(&p->id), sql_int(BATCH)), &r));
        if (!r.n)
            return note(c, a, &PLAN_STATE, BINDS(sql_id(&p->id), sql_text(undo ? S("undone") : S("done")), sql_null()),
                        NULL);
        for (size_t i = 0; i < r.n; i++) TRY(move_row(c, p, row(&r, i), undo, now));
        moved += r.n;
        *done += r.n;
        TRY(note(
            c, a, &PLAN_HELD,
            BINDS(sql_id(&p->id), sql_int(time_now(c->time) + LEASE_MS), sql_id(&owner), sql_text(p->v[M_STATE].s)),
            &held));
        if (!held) return ok(); /* undone meanwhile, or somebody else's */
    }
    return note(c, a, &PLAN_STATE, BINDS(sql_id(&p->id), sql_text(p->v[M_STATE].s), sql_int(now)), NULL);
}

static result work_on(struct city *c, struct arena *a, struct id id, struct id owner, instant now, size_t n,
                      size_t *done)
{
    struct plan p;
    TRY(plan_open(c, a, id, &p));
    struct slice state = p.v[M_STATE].s;
    if (slice_is(state, "looking")) return look_plan(c, a, &p, owner, now, n, done);
    if (slice_is(state, "applying")) return move_plan(c, a, &p, owner, false, now, n, done);
    if (slice_is(state, "undoing")) return move_plan(c, a, &p, owner, true, now, n, done);
    return note(c, a, &PLAN_STATE, BINDS(sql_id(&id), sql_text(state), sql_null()), NULL);
}

result migrations_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    struct rows r;
    struct id owner = id_new(now);
    *done = 0;
    TRY(store_lease(c->store, a, "case_plan", owner, LEASE_MS, 1, &r));
    for (size_t i = 0; i < r.n; i++) {
        struct id id;
        if (id_from_bytes(row(&r, i)[0].s, &id)) TRY(work_on(c, a, id, owner, now, n, done));
    }
    return ok();
}
