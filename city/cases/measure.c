#include "city/cases/measure.h"

#include "city/cases/steptime.h"
#include "city/sql.h"

static const struct stmt INSERT = {
    "measure_insert",
    "INSERT INTO case_measure (case_id, number, service, department, town, month, state, filed_at, ended_at, workdays, elapsed_ms,"
    " counted_ms, steps, acts, visits, papers, fee_fen, online, late, rolled)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,0)",
    NULL, false};

static int64_t counted(const struct clock *k)
{
    if (!k->started || !k->ended) return 0;
    int64_t ms = k->ended - k->started;
    for (size_t i = 0; i < k->nstops; i++)
        if (k->stops[i].to > k->stops[i].from) ms -= k->stops[i].to - k->stops[i].from;
    return ms > 0 ? ms : 0;
}

static int64_t steps_done(const struct case_row *c)
{
    int64_t n = 0;
    for (size_t i = 0; i < c->nsteps; i++) n += c->steps[i].state == STEP_DONE || c->steps[i].state == STEP_REFUSED;
    return n;
}

void measure_write(const struct city *city, struct decision *d, const struct case_row *c)
{
    struct civil t = civil_of_instant(c->decided_at);
    bool counter = slice_is(c->channel, "window") || slice_is(c->channel, "kiosk");
    bool late = clock_light(city->calendar, &c->clock, c->decided_at) == LIGHT_DONE_LATE;
    const struct sql_value v[] = {
        sql_id(&c->id),
        sql_text(c->number),
        sql_text(c->service),
        sql_text(c->department),
        sql_text(c->town),
        sql_int(t.year * 100 + t.month),
        sql_int((int64_t)c->state),
        sql_int(c->filed_at),
        sql_int(c->decided_at),
        sql_int(calendar_between(city->calendar, day_of_instant(c->filed_at), day_of_instant(c->decided_at))),
        sql_int(c->decided_at - c->filed_at),
        sql_int(counted(&c->clock)),
        sql_int(steps_done(c)),
        sql_int(c->acts),
        sql_int(counter),
        sql_int(c->papers),
        sql_int(c->fee_fen),
        sql_int(!counter),
        sql_int(late)};
    decision_write_v(d, &INSERT, 1, v, sizeof v / sizeof *v);
}

/* ---- the sums ---- */

#define KEY "level, service, month, part"
#define ALL KEY ", " MEASURE_SUMS
/* 3: delivered, 4: refused, 5: withdrawn (enum case_state). PostgreSQL sums BIGINT as NUMERIC. */
#define OF(column) "CAST(SUM(CASE WHEN state = 3 THEN " column " ELSE 0 END) AS BIGINT)"
#define SUMS_OF_ROWS                                                                                                                    \
    OF("1")                                                                                                                             \
    ", CAST(SUM(CASE WHEN state = 4 THEN 1 ELSE 0 END) AS BIGINT),"                                                                     \
    " CAST(SUM(CASE WHEN state = 5 THEN 1 ELSE 0 END) AS BIGINT), " OF("workdays") ", " OF("elapsed_ms") ", " OF("counted_ms") ", " OF( \
        "steps") ", " OF("acts") ", " OF("visits") ", " OF("papers") ", " OF("fee_fen") ", " OF("online") ", " OF("late")
#define LEVEL(level, part, group, which)                                                          \
    "SELECT " level ", service, month, " part ", " SUMS_OF_ROWS " FROM case_measure WHERE " which \
    " GROUP BY month, service" group
/* In one order, so that two who add at once wait for each other and never in a ring. */
#define EVERY_LEVEL(which)                                                   \
    LEVEL(MEASURE_BY_SERVICE, "''", "", which)                               \
    " UNION ALL " LEVEL(MEASURE_BY_DEPARTMENT, "department", ", department", \
                        which) " UNION ALL " LEVEL(MEASURE_BY_TOWN, "town", ", town", which)
#define ADDED(column) column " = measure_sum." column " + excluded." column

/* Within one transaction a row goes from new (0) through -1, which nobody else sees, to 1: what came in between stays new. */
static const struct stmt TAKE = {"measure_take", "UPDATE case_measure SET rolled = -1 WHERE rolled < 1 AND rolled = 0",
                                 NULL, false};
static const struct stmt ADD = {
    "measure_add",
    "INSERT INTO measure_sum (" ALL ") " EVERY_LEVEL(
        "rolled < 1 AND rolled = -1") " ORDER BY 1, 2, 3, 4 ON CONFLICT (" KEY
                                      ") DO UPDATE SET " ADDED("n") ", " ADDED("refused") ", " ADDED("withdrawn") ", " ADDED("workdays") ", " ADDED("elapsed_ms") ", " ADDED("counted_ms") ", " ADDED(
                                          "steps") ", " ADDED("acts") ", " ADDED("visits") ", " ADDED("papers") ", " ADDED("fee_fen") ", " ADDED("online") ", " ADDED("late"),
    NULL, false};
static const struct stmt DONE = {"measure_done", "UPDATE case_measure SET rolled = 1 WHERE rolled < 1 AND rolled = -1",
                                 NULL, false};
static const struct stmt FRESH = {"measure_fresh", "SELECT 1 FROM case_measure WHERE rolled < 1 AND rolled = 0 LIMIT 1",
                                  NULL, false};

result measures_roll_in(const struct city *c, struct tx *tx, struct arena *a)
{
    TRY(tx_exec(tx, a, &TAKE, NULL, 0, NULL));
    TRY(tx_exec(tx, a, &ADD, NULL, 0, NULL));
    TRY(steptimes_add(c, tx, a));
    return tx_exec(tx, a, &DONE, NULL, 0, NULL);
}

static result roll_body(struct tx *tx, struct arena *a, void *ctx)
{
    return measures_roll_in(ctx, tx, a);
}

result measures_roll(struct city *c, struct arena *a)
{
    struct rows rows;
    TRY(store_query(c->store, a, &FRESH, NULL, 0, &rows));
    return rows.n ? store_run(c->store, a, "measures_roll", roll_body, c) : ok();
}

static const struct stmt CLEAR = {"measure_clear", "DELETE FROM measure_sum", NULL, false};
static const struct stmt AGAIN = {"measure_again", "INSERT INTO measure_sum (" ALL ") " EVERY_LEVEL("1 = 1"), NULL,
                                  false};
static const struct stmt ALL_DONE = {"measure_all_done", "UPDATE case_measure SET rolled = 1 WHERE rolled <> 1", NULL,
                                     false};

result measures_again(struct tx *tx, struct arena *a)
{
    TRY(tx_exec(tx, a, &CLEAR, NULL, 0, NULL));
    TRY(tx_exec(tx, a, &AGAIN, NULL, 0, NULL));
    return tx_exec(tx, a, &ALL_DONE, NULL, 0, NULL);
}

#define PLUS(column) "CAST(SUM(" column ") AS BIGINT)"
#define NOW(level)                                                                                                                                                                 \
    "SELECT " KEY                                                                                                                                                                  \
    ", " PLUS("n") ", " PLUS("refused") ", " PLUS("withdrawn") ", " PLUS("workdays") ", " PLUS("elapsed_ms") ", " PLUS("counted_ms") ", " PLUS(                                    \
        "steps") ", " PLUS("acts") ", " PLUS("visits") ", " PLUS("papers") ", " PLUS("fee_fen") ", " PLUS("online") ", " PLUS("late") " FROM measure_sum_now WHERE level = " level \
                                                                                                                                      " GROUP BY " KEY
#define BOTH(name, level, part, group)                                                                        \
    {                                                                                                         \
        name,                                                                                                 \
            "WITH now AS (" NOW(level) "), again AS (" LEVEL(                                                 \
                level, part, group,                                                                           \
                "1 = 1") ")"                                                                                  \
                         " SELECT (SELECT COUNT(*) FROM (SELECT * FROM now EXCEPT SELECT * FROM again) AS x)" \
                         " + (SELECT COUNT(*) FROM (SELECT * FROM again EXCEPT SELECT * FROM now) AS y)",     \
            NULL, false                                                                                       \
    }
static const struct stmt COMPARE[] = {
    BOTH("measure_compare", MEASURE_BY_SERVICE, "''", ""),
    BOTH("measure_compare_department", MEASURE_BY_DEPARTMENT, "department", ", department"),
    BOTH("measure_compare_town", MEASURE_BY_TOWN, "town", ", town")};

result measures_compare(struct tx *tx, struct arena *a, int64_t *differences)
{
    struct rows rows;
    *differences = 0;
    for (size_t i = 0; i < sizeof COMPARE / sizeof *COMPARE; i++) {
        TRY(tx_query(tx, a, &COMPARE[i], NULL, 0, &rows));
        *differences += row(&rows, 0)[0].i;
    }
    return ok();
}
