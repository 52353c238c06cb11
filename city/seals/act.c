/* Decisions of the authority and measures of the holder; who may use a seal. */
#include "city/seals/internal.h"

static const struct stmt TO_STATE = {
    "seal_to_state", "UPDATE seal SET state=?2, by_authority=?3, due_at=?4, lease_until=0 WHERE id=?1", NULL, false};
static const struct stmt ERASE_KEY = {"seal_erase_key", "UPDATE seal SET key_ct=NULL WHERE id=?1", NULL, false};
static const struct stmt REVOKED = {"seal_revoked", "UPDATE seal SET revoked_at=?2 WHERE id=?1 AND revoked_at = 0",
                                    NULL, false};
static const struct stmt GRANTS_END = {
    "seal_grants_end", "UPDATE seal_grant SET ended_at=?2 WHERE seal_id=?1 AND ended_at = 0", NULL, false};

enum { BY_AUTHORITY = 1, BY_HOLDER = 2 };
static const struct act {
    const char *name, *from, *to, *done; /* from: states, each between spaces */
    int by;
    bool reason;
    const char *zh, *en, *told_zh, *told_en;
} ACTS[] = {
    {"approve", " applied ", "making", "approved", BY_AUTHORITY, false, "审批", "approved", "申请已批准",
     "the application was approved"},
    {"refuse", " applied ", "refused", "refused", BY_AUTHORITY, true, "审批", "refused", "申请未获批准",
     "the application was refused"},
    {"suspend", " active ", "suspended", "suspended", BY_AUTHORITY | BY_HOLDER, true, "暂停", "suspended", "已暂停使用",
     "suspended"},
    {"resume", " suspended ", "active", "resumed", BY_AUTHORITY | BY_HOLDER, true, "恢复", "resumed", "已恢复使用",
     "resumed"},
    {"revoke", " active suspended ", "revoked", "revoked", BY_AUTHORITY, true, "吊销", "revoked", "已被吊销",
     "revoked"},
    {"destroy", " active suspended revoked ", "destroyed", "destroyed", BY_AUTHORITY | BY_HOLDER, true, "销毁",
     "destroyed", "已销毁", "destroyed"},
};

struct acting {
    struct city *c;
    const struct actor *x;
    const struct act *act;
    struct slice code, reason;
    instant now;
    struct seal_row s;
};

static result may(struct acting *k, struct arena *a)
{
    bool authority = seal_is_authority(k->x);
    if (authority && (k->act->by & BY_AUTHORITY)) {
        if (slice_is(k->s.state, "applied") && id_eq(k->x->account, k->s.applied_by))
            return fail(a, CODE_SEAL_OTHER_PERSON, S("seal"), NULL);
        return ok();
    }
    if (!(k->act->by & BY_HOLDER)) return fail(a, CODE_FORBIDDEN, S("seal"), "right", S("seal authority"), NULL);
    TRY(seal_owner(k->c, a, k->x, &k->s, k->now));
    if (slice_is(slice_cstr(k->act->name), "resume") && k->s.by_authority)
        return fail(a, CODE_FORBIDDEN, S("seal"), "right", S("seal authority"), NULL);
    return ok();
}

static result act_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct acting *k = ctx;
    TRY(seal_load(k->c, a, tx, k->code, &k->s));
    TRY(may(k, a));
    struct slice from = arena_printf(a, " %.*s ", SLICE_ARG(k->s.state));
    if (slice_search(slice_cstr(k->act->from), from) == SIZE_MAX) {
        struct bitext state = seal_state_words(k->s.state);
        return fail(a, CODE_SEAL_STATE, S("/act"), "state_zh", state.zh, "state_en", state.en, "act_zh",
                    slice_cstr(k->act->zh), "act_en", slice_cstr(k->act->en), NULL);
    }
    bool making = slice_is(slice_cstr(k->act->to), "making"), gone = slice_is(slice_cstr(k->act->to), "destroyed");
    TRY(tx_exec(tx, a, &TO_STATE,
                BINDS(sql_id(&k->s.id), sql_text(slice_cstr(k->act->to)), sql_int(seal_is_authority(k->x)),
                      making ? sql_int(k->now) : sql_null()),
                NULL));
    if (gone) TRY(tx_exec(tx, a, &ERASE_KEY, BINDS(sql_id(&k->s.id)), NULL));
    if (gone || slice_is(slice_cstr(k->act->to), "revoked")) {
        TRY(tx_exec(tx, a, &GRANTS_END, BINDS(sql_id(&k->s.id), sql_int(k->now)), NULL));
        TRY(tx_exec(tx, a, &REVOKED, BINDS(sql_id(&k->s.id), sql_int(k->now)), NULL));
    }
    k->s.state = slice_cstr(k->act->to);
    TRY(seal_event(k->c, tx, a, k->x, &k->s, k->act->done, k->reason, k->now));
    return seal_tell(k->c, tx, a, &k->s, k->act->told_zh, k->act->told_en, k->now);
}

result seal_act(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct slice act,
                struct slice reason, instant now, const struct json **out)
{
    struct acting k = {.c = c, .x = x, .code = code, .reason = slice_trim(reason), .now = now};
    for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++)
        if (slice_is(act, ACTS[i].name)) k.act = &ACTS[i];
    if (!k.act)
        return fail(a, CODE_FIELD_ENUM, S("/act"), "title", S("act"), "allowed",
                    S("approve, refuse, suspend, resume, revoke, destroy"), NULL);
    if (k.act->reason && k.reason.n == 0) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    TRY(store_run(c->store, a, "seal_act", act_body, &k));
    return seal_view(c, a, x, code, now, out);
}

/* ---- grants ---- */

static const struct stmt GRANT_INSERT = {
    "seal_grant_insert",
    "INSERT INTO seal_grant (id, seal_id, account, documents, uses, uses_max, until_at, granted_by, granted_at, ended_at)"
    " VALUES (?1,?2,?3,?4,0,?5,?6,?7,?8,0)",
    NULL, false};
static const struct stmt GRANTS_COUNT = {
    "seal_grants_count", "SELECT COUNT(*) FROM seal_grant WHERE seal_id = ?1 AND ended_at = 0", NULL, false};
static const struct stmt GRANT_END = {
    "seal_grant_end", "UPDATE seal_grant SET ended_at=?3 WHERE id=?1 AND seal_id=?2 AND ended_at = 0", NULL, false};

struct granting {
    struct city *c;
    const struct actor *x;
    struct slice code;
    const struct seal_granting *g;
    struct id account, grant;
    instant now;
};

static result grant_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct granting *k = ctx;
    struct seal_row s;
    struct rows r;
    TRY(seal_load(k->c, a, tx, k->code, &s));
    TRY(seal_owner(k->c, a, k->x, &s, k->now));
    TRY(tx_query(tx, a, &GRANTS_COUNT, BINDS(sql_id(&s.id)), &r));
    if (!slice_is(s.state, "active") || row(&r, 0)[0].i >= SEAL_GRANTS_MAX) {
        struct bitext state = seal_state_words(s.state);
        return fail(a, CODE_SEAL_STATE, S("seal"), "state_zh", state.zh, "state_en", state.en, "act_zh", S("授权使用"),
                    "act_en", S("granted"), NULL);
    }
    TRY(tx_exec(tx, a, &GRANT_INSERT,
                BINDS(sql_id(&k->grant), sql_id(&s.id), sql_id(&k->account), sql_text(json_write(a, k->g->documents)),
                      sql_int(k->g->uses), sql_int(instant_of_day(k->g->until + 1) - 1), sql_id(&k->x->account),
                      sql_int(k->now)),
                NULL));
    return seal_event(k->c, tx, a, k->x, &s, "granted", S(""), k->now);
}

static result check_grant(struct arena *a, const struct seal_granting *g, instant now)
{
    day today = day_of_instant(now);
    if (g->uses < 1 || g->uses > 1000000)
        return fail(a, g->uses < 1 ? CODE_FIELD_MINIMUM : CODE_FIELD_MAXIMUM, S("/uses"), "title", S("uses"), "limit",
                    g->uses < 1 ? S("1") : S("1000000"), NULL);
    day last = today + SEAL_YEARS * 366;
    if (g->until < today || g->until > last)
        return fail(a, g->until < today ? CODE_FIELD_MINIMUM : CODE_FIELD_MAXIMUM, S("/until"), "title", S("until"),
                    "limit", day_text(a, g->until < today ? today : last), NULL);
    return ok();
}

result seal_grant(struct city *c, struct arena *a, const struct actor *x, struct slice code,
                  const struct seal_granting *g, instant now, const struct json **out)
{
    struct actor who;
    struct granting k = {.c = c, .x = x, .code = code, .g = g, .grant = id_new(now), .now = now};
    TRY(check_grant(a, g, now));
    if (failed(actor_of_login(c, a, g->login, &who)))
        return seal_use_refused(a, "没有这个账户", "there is no such account");
    k.account = who.account;
    TRY(store_run(c->store, a, "seal_grant", grant_body, &k));
    return seal_view(c, a, x, code, now, out);
}

static result end_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct granting *k = ctx;
    struct seal_row s;
    int64_t changed;
    TRY(seal_load(k->c, a, tx, k->code, &s));
    TRY(seal_owner(k->c, a, k->x, &s, k->now));
    TRY(tx_exec(tx, a, &GRANT_END, BINDS(sql_id(&k->grant), sql_id(&s.id), sql_int(k->now)), &changed));
    if (!changed) return fail(a, CODE_NOT_FOUND, S("grant"), "value", id_text(a, k->grant), NULL);
    return seal_event(k->c, tx, a, k->x, &s, "grant_ended", S(""), k->now);
}

result seal_grant_end(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct id grant,
                      instant now)
{
    struct granting k = {.c = c, .x = x, .code = code, .grant = grant, .now = now};
    return store_run(c->store, a, "seal_grant_end", end_body, &k);
}
