/* Services that start by themselves: timer and conditional start events (BPMN 2.0.2, 10.5.2). A row of case_start a start event says
 * when it falls due next; several servers share the rows by lease, and the row moves on in the transaction that opens the case, so
 * that a due time is used once. */
#include "city/cases/flow.h"

#include "city/sql.h"

static const struct stmt ROWS = {"start_rows", "SELECT id, service, node, hash FROM case_start ORDER BY service, node",
                                 NULL, false};
static const struct stmt ROW_INSERT = {
    "start_insert",
    "INSERT INTO case_start (id, service, node, hash, in_force, due_at, nth, held, lease_until, lease_owner)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,0,NULL) ON CONFLICT (service, node) DO NOTHING",
    NULL, false};
static const struct stmt ROW_RENEW = {
    "start_renew", "UPDATE case_start SET hash=?2, in_force=?3, due_at=?4, nth=?5, lease_until=0 WHERE id=?1", NULL,
    false};
static const struct stmt ROW_DELETE = {"start_delete", "DELETE FROM case_start WHERE id=?1", NULL, false};
static const struct stmt ROW_SELECT = {
    "start_select", "SELECT service, node, in_force, due_at, nth, held FROM case_start WHERE id=?1", NULL, false};
static const struct stmt ROW_THERE = {"start_there", "SELECT id FROM case_start WHERE id=?1", NULL, false};
static const struct stmt ROW_NEXT = {
    "start_next", "UPDATE case_start SET due_at=?2, nth=?3, lease_until=0 WHERE id=?1 AND due_at=?4", NULL, false};
static const struct stmt ROW_HELD = {
    "start_held", "UPDATE case_start SET due_at=?2, held=?3, lease_until=0 WHERE id=?1 AND due_at=?4", NULL, false};

struct timed { /* a start event of a current service that the clock brings */
    const struct service *service;
    struct slice node;
    bool condition, found;
};
struct known { /* its row */
    struct id id;
    struct slice service, node, hash;
};
struct syncing {
    struct city *c;
    instant now;
    struct timed *list;
    size_t n;
};

static size_t timed_starts(struct city *c, struct arena *a, struct timed **out)
{
    const struct service *const *all;
    size_t n, found = 0, cap = 8;
    struct timed *list = NEW_ARRAY(a, struct timed, cap);
    catalogue_all(c->catalogue, a, &all, &n);
    for (size_t i = 0; i < n; i++) {
        const struct process_declared *d = NULL;
        size_t nd = process_declared(a, service_model(all[i]), &d);
        for (size_t k = 0; k < nd; k++) {
            if (!d[k].starts || (d[k].kind != DECLARED_TIMER && d[k].kind != DECLARED_CONDITION)) continue;
            if (found == cap) {
                struct timed *more = NEW_ARRAY(a, struct timed, cap *= 2);
                memcpy(more, list, found * sizeof *list);
                list = more;
            }
            list[found++] = (struct timed){all[i], d[k].node->id, d[k].kind == DECLARED_CONDITION, false};
        }
    }
    *out = list;
    return found;
}

static struct timed *timed_find(const struct syncing *x, struct slice service, struct slice node)
{
    for (size_t i = 0; i < x->n; i++)
        if (slice_eq(service_code(x->list[i].service), service) && slice_eq(x->list[i].node, node)) return &x->list[i];
    return NULL;
}

/* The first time from when this version was first seen. */
static struct sql_value first_due(struct syncing *x, struct arena *a, const struct timed *t, int64_t *nth)
{
    instant due;
    *nth = 0;
    if (t->condition) return sql_int(x->now + CONDITION_EVERY);
    bool some = process_start_next(a, service_model(t->service), t->node, x->now, x->now, x->c->calendar, &due, nth);
    return some ? sql_int(due) : sql_null();
}

static result sync_row(struct syncing *x, struct tx *tx, struct arena *a, const struct sql_value *v)
{
    struct timed *t = timed_find(x, v[1].s, v[2].s);
    int64_t nth;
    if (!t) return tx_exec(tx, a, &ROW_DELETE, v, 1, NULL);
    t->found = true;
    if (slice_eq(service_hash(t->service), v[3].s)) return ok();
    struct sql_value due = first_due(x, a, t, &nth);
    return tx_exec(tx, a, &ROW_RENEW,
                   BINDS(v[0], sql_text(service_hash(t->service)), sql_int(x->now), due, sql_int(nth)), NULL);
}

static result sync_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct syncing *x = ctx;
    struct rows rows;
    for (size_t i = 0; i < x->n; i++) x->list[i].found = false;
    TRY(tx_query(tx, a, &ROWS, NULL, 0, &rows));
    for (size_t i = 0; i < rows.n; i++) TRY(sync_row(x, tx, a, row(&rows, i)));
    for (size_t i = 0; i < x->n; i++) {
        const struct timed *t = &x->list[i];
        struct id id = id_new(x->now);
        int64_t nth;
        if (t->found) continue;
        struct sql_value due = first_due(x, a, t, &nth);
        bool held = t->condition && process_start_holds(a, service_model(t->service), t->node, x->now);
        TRY(tx_exec(tx, a, &ROW_INSERT,
                    BINDS(sql_id(&id), sql_text(service_code(t->service)), sql_text(t->node),
                          sql_text(service_hash(t->service)), sql_int(x->now), due, sql_int(nth), sql_int(held)),
                    NULL));
    }
    return ok();
}

/* Whether rows and current services differ, read without a transaction. */
static bool differs(const struct syncing *x, const struct rows *rows)
{
    if (rows->n != x->n) return true;
    for (size_t i = 0; i < rows->n; i++) {
        const struct sql_value *v = row(rows, i);
        const struct timed *t = timed_find(x, v[1].s, v[2].s);
        if (!t || !slice_eq(service_hash(t->service), v[3].s)) return true;
    }
    return false;
}

static result sync(struct city *c, struct arena *a, instant now, size_t *n)
{
    struct syncing x = {.c = c, .now = now};
    struct rows rows;
    x.n = *n = timed_starts(c, a, &x.list);
    TRY(store_query(c->store, a, &ROWS, NULL, 0, &rows));
    return differs(&x, &rows) ? store_run(c->store, a, "start_sync", sync_body, &x) : ok();
}

/* ---- firing ---- */

struct firing {
    struct id id;
    const struct service *service;
    struct slice node;
    instant in_force, due;
    int64_t nth, held;
};

static struct flow_start start_of(const struct firing *x, const char *kind)
{
    struct id event = x->id;
    /* every due time of the row is an event of its own; the id begins with that time (RFC 9562, version 7) */
    for (int i = 0; i < 6; i++) event.b[i] = (uint8_t)((uint64_t)x->due >> (40 - 8 * i));
    struct flow_start s = {.service = x->service,
                           .node = x->node,
                           .kind = kind,
                           .due = x->due,
                           .there = &ROW_THERE,
                           .case_id = start_id(event, service_code(x->service))};
    return s;
}

static result fire_timer(struct city *c, struct arena *a, instant now, const struct firing *x)
{
    struct flow_start s = start_of(x, "timer");
    instant next;
    int64_t nth = x->nth;
    bool more = process_start_next(a, service_model(x->service), x->node, x->in_force, now, c->calendar, &next, &nth);
    if (more && nth > x->nth + 1) s.missed = nth - x->nth - 1;
    s.consume = &ROW_NEXT;
    s.binds[0] = sql_id(&x->id);
    s.binds[1] = more ? sql_int(next) : sql_null();
    s.binds[2] = sql_int(nth);
    s.binds[3] = sql_int(x->due);
    s.nbinds = 4;
    return start_case(c, a, now, &s);
}

struct looked {
    const struct firing *x;
    instant next;
    bool holds;
};

static result looked_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct looked *l = ctx;
    return tx_exec(tx, a, &ROW_HELD, BINDS(sql_id(&l->x->id), sql_int(l->next), sql_int(l->holds), sql_int(l->x->due)),
                   NULL);
}

/* It starts when it comes to hold, and again only after it has not held (10.5.2). */
static result fire_condition(struct city *c, struct arena *a, instant now, const struct firing *x)
{
    struct looked l = {x, now + CONDITION_EVERY, process_start_holds(a, service_model(x->service), x->node, now)};
    if (!l.holds || x->held) return store_run(c->store, a, "start_held", looked_body, &l);
    struct flow_start s = start_of(x, "condition");
    s.due = now;
    s.consume = &ROW_HELD;
    s.binds[0] = sql_id(&x->id);
    s.binds[1] = sql_int(l.next);
    s.binds[2] = sql_int(1);
    s.binds[3] = sql_int(x->due);
    s.nbinds = 4;
    return start_case(c, a, now, &s);
}

static result fire(struct city *c, struct arena *a, instant now, struct id id)
{
    struct firing x = {.id = id};
    struct rows rows;
    struct timed *list;
    TRY(store_query(c->store, a, &ROW_SELECT, BINDS(sql_id(&id)), &rows));
    if (rows.n == 0) return ok();
    const struct sql_value *v = row(&rows, 0);
    x.node = v[1].s;
    x.in_force = v[2].i;
    x.due = v[3].i;
    x.nth = v[4].i;
    x.held = v[5].i;
    struct syncing now_current = {.c = c, .now = now};
    now_current.n = timed_starts(c, a, &list);
    now_current.list = list;
    const struct timed *t = timed_find(&now_current, v[0].s, v[1].s);
    if (!t || x.due > now) return ok(); /* withdrawn meanwhile, or another server was faster */
    x.service = t->service;
    return t->condition ? fire_condition(c, a, now, &x) : fire_timer(c, a, now, &x);
}

result case_starts_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    size_t starts;
    *done = 0;
    TRY(sync(c, a, now, &starts));
    if (starts == 0) return ok(); /* a lease is a write, and most cities have no such service */
    return work_leased(c, a, now, "case_start", n, done, fire);
}
