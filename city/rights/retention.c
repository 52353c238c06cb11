/* What has outlived its period goes (docs/retention.md; PIPL art. 19: no longer than needed). The journals stay append-only
 * for everybody else: this is the only place that deletes from them, and only from their far end. */
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "city/sql.h"

#define YEARS_3 (3 * 366 * MS_DAY) /* rounded up: nothing goes a day too early */
#define YEARS_5 (5 * 366 * MS_DAY)
enum { BATCH = 500, BATCHES_MAX = 100 /* of a table at one time; the next time goes on */ };

/* ?1: the end of the period, an instant or a day; ?2: the most rows. By the time that the row itself names: ids may run ahead of
 * a clock that was set back. Large tables have an index for it. */
#define OLDEST(table, where, order) \
    "DELETE FROM " table " WHERE id IN (SELECT id FROM " table " WHERE " where " ORDER BY " order " LIMIT ?2)"
#define SETTLED "requested_at < ?1 AND (state = 'waiting' OR decided_at < ?1)"
static const struct period {
    const char *table;
    int64_t kept;
    bool by_day;
    struct stmt q;
} PERIODS[] = {
    {"audit", YEARS_5, false, {"end_audit", OLDEST("audit", "at < ?1", "at"), NULL, false}},
    {"read_record", YEARS_5, false, {"end_reads", OLDEST("read_record", "at < ?1", "at"), NULL, false}},
    {"delegation", YEARS_5, false, {"end_past", OLDEST("delegation", "until_at < ?1", "until_at"), NULL, false}},
    {"delegation",
     YEARS_5,
     false,
     {"end_revoked", OLDEST("delegation", "revoked_at > 0 AND revoked_at < ?1", "revoked_at"), NULL, false}},
    {"role_change", YEARS_5, false, {"end_role_changes", OLDEST("role_change", SETTLED, "id"), NULL, false}},
    {"staff_change", YEARS_5, false, {"end_staff_changes", OLDEST("staff_change", SETTLED, "id"), NULL, false}},
    {"trust_change", YEARS_5, false, {"end_trust_changes", OLDEST("trust_change", SETTLED, "id"), NULL, false}},
    /* one that nobody has decided is the person's right still waiting */
    {"erasure",
     YEARS_5,
     false,
     {"end_erasures", OLDEST("erasure", "state <> 'waiting' AND decided_at < ?1", "id"), NULL, false}},
    {"rights_request",
     YEARS_3,
     false,
     {"end_rights", OLDEST("rights_request", "answered_at > 0 AND answered_at < ?1", "answered_at"), NULL, false}},
    {"key_rotation",
     YEARS_5,
     false,
     {"end_rotations", OLDEST("key_rotation", "ended_at > 0 AND ended_at < ?1", "id"), NULL, false}},
    {"absence", YEARS_3, true, {"end_absences", OLDEST("absence", "to_day < ?1", "to_day"), NULL, false}},
};

struct sweeping {
    const struct period *p;
    instant now;
    int64_t gone;
};

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct sweeping *s = ctx;
    const struct period *p = s->p;
    instant end = s->now - p->kept;
    struct sql_value b[] = {sql_int(p->by_day ? (int64_t)day_of_instant(end) : end), sql_int(BATCH)};
    TRY(tx_exec(tx, a, &p->q, b, 2, &s->gone));
    if (!s->gone) return ok();
    struct json_builder d = json_builder(a);
    json_set_cstr(&d, "table", p->table);
    json_set_int(&d, "rows", s->gone);
    json_set_str(&d, "before", instant_text(a, end));
    return audit_add(tx, a, NULL, s->now, "retention.ended", json_object(&d));
}

result retention_sweep(struct city *c, struct arena *a, instant now, int64_t *gone)
{
    *gone = 0;
    for (size_t i = 0; i < sizeof PERIODS / sizeof *PERIODS; i++)
        for (int n = 0; n < BATCHES_MAX; n++) {
            struct sweeping s = {&PERIODS[i], now, 0};
            TRY(store_run(c->store, a, "retention", sweep_body, &s));
            *gone += s.gone;
            if (s.gone < BATCH) break;
        }
    for (int n = 0; n < BATCHES_MAX; n++) {
        int64_t retired;
        TRY(staff_retire(c, a, now - YEARS_5, now, &retired));
        *gone += retired;
        if (retired < 100) break;
    }
    return ok();
}
