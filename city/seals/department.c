/* The city's own papers: the official seal of the department that issues them. */
#include "city/seals/internal.h"

static const struct stmt OF_DEPARTMENT = {
    "seal_of_department",
    "SELECT code, state, valid_to FROM seal WHERE department=?1 AND kind='official' AND state IN ('making', 'active') ORDER BY id DESC LIMIT 1",
    NULL, false};

struct providing {
    struct city *c;
    struct seal_row s;
    instant now;
};

static result provide_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct providing *p = ctx;
    const struct actor system = actor_system();
    struct rows r;
    TRY(tx_query(tx, a, &OF_DEPARTMENT, BINDS(sql_text(p->s.department)), &r));
    if (r.n) return ok();
    TRY(seal_insert(p->c, tx, a, &p->s, p->now));
    return seal_event(p->c, tx, a, &system, &p->s, "ordered", S(""), p->now);
}

/* With test keys nothing has legal force, and a city that is only shown has no seal authority at work: its departments have their seals at once. */
static result provide(struct city *c, struct arena *a, struct slice department, instant now)
{
    struct providing p = {.c = c, .now = now};
    int64_t serial;
    size_t made;
    TRY(store_numbers(c->store, a, S("eseal"), 1, &serial));
    p.s = (struct seal_row){
        .id = id_new(now),
        .code = arena_printf(a, "%.*s9%06lld", SLICE_ARG(slice_sub(c->code, 0, 6)), (long long)(serial % 1000000)),
        .kind = S("official"),
        .state = S("making"),
        .department = department,
        .documents = S("[\"*\"]"),
        .holder = identity_department(c, department).zh};
    p.s.name = p.s.holder;
    TRY(subject_of_department(c, a, department, now, &p.s.subject));
    result r = store_run(c->store, a, "seal_provide", provide_body, &p);
    if (result_code(r) != CODE_STORE_CONSTRAINT) TRY(r); /* else another worker was first */
    return seals_run(c, a, now, 8, &made);
}

static result find(struct city *c, struct arena *a, struct slice department, instant now, struct seal_row *s,
                   bool *found)
{
    struct rows r;
    TRY(store_query(c->store, a, &OF_DEPARTMENT, BINDS(sql_text(department)), &r));
    *found = r.n && slice_is(row(&r, 0)[1].s, "active") && row(&r, 0)[2].i >= now;
    return *found ? seal_load(c, a, NULL, row(&r, 0)[0].s, s) : ok();
}

result department_seal_ofd(struct city *c, struct arena *a, struct slice department, struct slice kind,
                           struct slice number, struct slice ofd, int64_t x, int64_t y, instant now,
                           struct slice *sealed, bool *found)
{
    struct seal_row s;
    TRY(find(c, a, department, now, &s, found));
    if (!*found && c->test_keys) {
        TRY(provide(c, a, department, now));
        TRY(find(c, a, department, now, &s, found));
    }
    if (!*found) return ok();
    const struct seal_right right = {.grant = ID_NONE, .account = ID_NONE};
    const struct seal_using u = {.ofd = ofd, .document = kind, .title = number, .x = x, .y = y, .closing = true};
    return seal_use_under(c, a, &s, &right, &u, ID_NONE, now, sealed);
}
