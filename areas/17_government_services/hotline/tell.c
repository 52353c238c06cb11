/* Escalations are written by the process when its timers run out; here who has to know is told, once: the head of the department at
 * the first step, at the second those who head the supervising body, or every department. Then what has outlived its period goes. */
#include "areas/17_government_services/hotline/hotline.h"

#include "city/messages/messages.h"
#include "city/sql.h"

#define TOLD_KEPT (30 * MS_DAY)

static const struct stmt UNTOLD = {
    "hotline_untold",
    "SELECT e.case_id, e.at, e.stage, e.level, e.department, t.number FROM hotline_escalation e"
    " JOIN hotline_ticket t ON t.case_id = e.case_id WHERE e.at >= ?1 AND NOT EXISTS (SELECT 1 FROM hotline_told x"
    " WHERE x.case_id = e.case_id AND x.at = e.at AND x.stage = e.stage AND x.level = e.level) ORDER BY e.at LIMIT 20",
    NULL, false};
static const struct stmt TOLD = {
    "hotline_told",
    "INSERT INTO hotline_told (case_id, at, stage, level) VALUES (?1,?2,?3,?4) ON CONFLICT (case_id, at, stage, level) DO NOTHING",
    NULL, false};
static const struct stmt HEADS = {
    "hotline_heads",
    "SELECT DISTINCT g.account FROM role_grant g JOIN account a ON a.id = g.account AND a.disabled_at = 0"
    " WHERE g.role = 'head' AND (g.department = ?1 OR (g.department = '*' AND (a.department = ?1 OR ?2 = 2)))"
    " ORDER BY g.account LIMIT 20",
    NULL, false};

struct telling {
    struct city *c;
    const struct sql_value *v; /* a row of UNTOLD */
    struct slice department;   /* whose heads */
    instant now;
};

static result tell_one(const struct telling *t, struct tx *tx, struct arena *a, struct slice account)
{
    const struct sql_value *v = t->v;
    struct message m = {.kind = MESSAGE_TO_ACCOUNT};
    struct bitext body = {v[4].s, v[4].s};
    const struct department *d = citydata_department(catalogue_data(t->c->catalogue), v[4].s);
    bool taking = slice_is(v[2].s, "take");
    if (d) body = d->name;
    if (!id_from_bytes(account, &m.to) || !id_from_bytes(v[0].s, &m.case_id)) return ok();
    m.title.zh = v[3].i > 1 ? S("企业诉求超时，提请领导协调") : S("企业诉求超时，请督办");
    m.title.en = v[3].i > 1 ? S("a request of an enterprise is late, put before you")
                            : S("a request of an enterprise is late in your department");
    m.body.zh = arena_printf(a, "诉求 %.*s：%.*s%s。", SLICE_ARG(v[5].s), SLICE_ARG(body.zh),
                             taking ? "未按时签收" : "未按时答复");
    m.body.en = arena_printf(a, "Request %.*s: %.*s has not %s in time.", SLICE_ARG(v[5].s), SLICE_ARG(body.en),
                             taking ? "taken it over" : "replied");
    return message_send(t->c, tx, a, &m, t->now);
}

static result tell_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct telling *t = ctx;
    struct rows heads;
    int64_t changed;
    TRY(tx_exec(tx, a, &TOLD, BINDS(t->v[0], t->v[1], t->v[2], t->v[3]), &changed));
    if (!changed) return ok(); /* another server did */
    TRY(tx_query(tx, a, &HEADS, BINDS(sql_text(t->department), t->v[3]), &heads));
    for (size_t i = 0; i < heads.n; i++) TRY(tell_one(t, tx, a, row(&heads, i)[0].s));
    return ok();
}

/* ---- what has outlived its period ---- */

static const struct stmt OLD_ONE = {
    "hotline_old",
    "SELECT (SELECT COUNT(*) FROM hotline_contact WHERE made_at < ?1) + (SELECT COUNT(*) FROM hotline_file"
    " WHERE made_at < ?1) + (SELECT COUNT(*) FROM hotline_told WHERE at < ?2)",
    NULL, false};
static const struct stmt OLD_CONTACTS = {"hotline_old_contacts", "DELETE FROM hotline_contact WHERE made_at < ?1", NULL,
                                         false};
static const struct stmt OLD_FILES = {"hotline_old_files", "DELETE FROM hotline_file WHERE made_at < ?1", NULL, false};
static const struct stmt OLD_TOLD = {"hotline_old_told", "DELETE FROM hotline_told WHERE at < ?1", NULL, false};

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant now = *(const instant *)ctx;
    TRY(tx_exec(tx, a, &OLD_CONTACTS, BINDS(sql_int(now - HOTLINE_KEPT)), NULL));
    TRY(tx_exec(tx, a, &OLD_FILES, BINDS(sql_int(now - HOTLINE_KEPT)), NULL));
    return tx_exec(tx, a, &OLD_TOLD, BINDS(sql_int(now - TOLD_KEPT)), NULL);
}

result hotline_tell(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct rows r, old;
    const struct service *s;
    *done = 0;
    TRY(store_query(c->store, a, &OLD_ONE, BINDS(sql_int(now - HOTLINE_KEPT), sql_int(now - TOLD_KEPT)), &old));
    if (row(&old, 0)[0].i) TRY(store_run(c->store, a, "hotline_sweep", sweep_body, &now));
    /* what was told and forgotten is too old to be told again */
    TRY(store_query(c->store, a, &UNTOLD, BINDS(sql_int(now - TOLD_KEPT / 2)), &r));
    if (!r.n || failed(catalogue_current(c->catalogue, a, HOTLINE_SERVICE, &s))) return ok();
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct telling t = {c, v, v[3].i > 1 ? service_department(s) : v[4].s, now};
        TRY(store_run(c->store, a, "hotline_tell", tell_body, &t));
        (*done)++;
    }
    return ok();
}
