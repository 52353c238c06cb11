#include "city/cases/licence_parts.h"

#include "city/cases/view.h"
#include "city/messages/messages.h"
#include "city/sql.h"

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM, .login = {"system", 6}, .name = {"系统", 6}};

static const struct stmt BY_ID = {
    "licence_by_id",
    "SELECT l.id, l.case_id, l.document_id, l.subject, l.type, l.certificate_id, l.number, l.status, l.token, l.department, f.department,"
    " f.town, f.service, l.title, l.issued_at, l.valid_to, l.changed_at, l.version, f.subject FROM licence l JOIN case_file f ON f.id = l.case_id"
    " WHERE l.id=?1",
    NULL, false};
/* Inside a command, behind the lock of its case: ?1 the licence, ?2 the case */
static const struct stmt STATUS = {"licence_status", "SELECT status, valid_to FROM licence WHERE id=?1 AND case_id=?2",
                                   NULL, false};

static const struct act {
    const char *act, *from1, *from2, *to; /* states it is done in; the state it leads to, NULL: the same */
    const char *zh, *en;                  /* for the holder */
} ACTS[] = {
    {"suspend", "valid", "valid", "suspended", "已被暂扣", "was suspended"},
    {"resume", "suspended", "suspended", "valid", "已恢复", "is in force again"},
    {"revoke", "valid", "suspended", "revoked", "已被撤销（吊销）", "was revoked"},
    {"annotate", "valid", "suspended", NULL, "已加注", "was annotated"},
    {"expire", "valid", "suspended", "expired", "有效期已届满", "has expired"},
};

const char *licence_status(struct slice stored, instant valid_to, instant now)
{
    static const char *const STATES[] = {"suspended", "revoked", "replaced", "expired"};
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (slice_is(stored, STATES[i]) && (i > 0 || !valid_to || valid_to >= now)) return STATES[i];
    return valid_to && valid_to < now ? "expired" : "valid";
}

result licence_open(struct city *c, struct arena *a, struct id id, struct licence_row *out)
{
    struct rows rows;
    TRY(store_query(c->store, a, &BY_ID, BINDS(sql_id(&id)), &rows));
    if (!rows.n) return fail(a, CODE_NOT_FOUND, S("licence"), "value", id_text(a, id), NULL);
    const struct sql_value *v = row(&rows, 0);
    *out = (struct licence_row){.id = id,
                                .type = v[4].s,
                                .certificate_id = v[5].s,
                                .number = v[6].s,
                                .status = v[7].s,
                                .token = v[8].s,
                                .department = v[9].s.n ? v[9].s : v[10].s,
                                .town = v[11].s,
                                .service = v[12].s,
                                .issued_at = v[14].i,
                                .valid_to = v[15].i,
                                .changed_at = v[16].i,
                                .version = v[17].i};
    (void)id_from_bytes(v[1].s, &out->case_id);
    (void)id_from_bytes(v[2].s, &out->document);
    (void)id_from_bytes(v[3].s, &out->subject);
    (void)id_from_bytes(v[18].s, &out->applicant);
    return json_parse(a, v[13].s, 4096, S("licence.title"), &out->title);
}

/* ---- one change ---- */

struct change {
    const struct act *act;
    struct licence_row l;
    struct slice reason;
    instant until;
};

result licence_wrong_state(struct arena *a, struct slice status)
{
    static const char *const WORDS[][3] = {{"valid", "现行有效", "it is in force"},
                                           {"suspended", "已暂扣", "it is suspended"},
                                           {"revoked", "已撤销（吊销）", "it was revoked"},
                                           {"replaced", "已换发新版本", "a newer version was issued"},
                                           {"expired", "已过期", "it has expired"}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (slice_is(status, WORDS[i][0]))
            return fail(a, CODE_LICENCE_STATE, S("licence"), "detail_zh", slice_cstr(WORDS[i][1]), "detail_en",
                        slice_cstr(WORDS[i][2]), NULL);
    return fail(a, CODE_INTERNAL, S("licence"), "detail", S("a state that is not known"), NULL);
}

void licence_tell(struct run *r, const struct licence_row *l, const char *zh, const char *en, struct slice reason)
{
    struct bitext title = bitext_of(l->title);
    struct slice base = r->k->city->base_url;
    struct message m = {.kind = MESSAGE_TO_SUBJECT, .to = l->subject, .case_id = l->case_id};
    m.title.zh = arena_printf(r->a, "%.*s%s", SLICE_ARG(title.zh), zh);
    m.title.en = arena_printf(r->a, "%.*s %s", SLICE_ARG(title.en.n ? title.en : title.zh), en);
    m.body.zh = arena_printf(r->a, "您的电子证照《%.*s》（%.*s）%s。理由：%.*s\n查看：%.*s/licences",
                             SLICE_ARG(title.zh), SLICE_ARG(l->number), zh, SLICE_ARG(reason), SLICE_ARG(base));
    m.body.en = arena_printf(r->a, "Your licence %.*s (%.*s) %s. Reason: %.*s\nSee: %.*s/licences",
                             SLICE_ARG(title.en.n ? title.en : title.zh), SLICE_ARG(l->number), en, SLICE_ARG(reason),
                             SLICE_ARG(base));
    message_write(r->k->city, r->d, &m, r->k->now);
}

static result change_fact(struct run *r, const struct change *x)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "licence_change");
    json_set_str(&b, "id", id_text(r->a, x->l.id));
    json_set_cstr(&b, "act", x->act->act);
    if (x->act->to) json_set_cstr(&b, "to", x->act->to);
    json_set_str(&b, "reason", x->reason);
    if (x->until) json_set_int(&b, "until", x->until);
    json_set_str(&b, "by", r->k->actor->name);
    return run_fact(r, json_object(&b));
}

static result change_body(struct run *r)
{
    const struct change *x = r->args;
    const struct sql_value *v = row(run_rows(r, LOAD_WORK), 0);
    const char *now = slice_is(slice_cstr(x->act->act), "expire") && v[1].i && v[1].i < r->k->now
                          ? (slice_is(v[0].s, "valid") || slice_is(v[0].s, "suspended") ? "valid" : "replaced")
                          : licence_status(v[0].s, v[1].i, r->k->now);
    if (!slice_is(slice_cstr(now), x->act->from1) && !slice_is(slice_cstr(now), x->act->from2))
        return licence_wrong_state(r->a, slice_cstr(now));
    TRY(change_fact(r, x));
    licence_tell(r, &x->l, x->act->zh, x->act->en, x->reason);
    return ok();
}

static result change(struct case_command *k, struct change *x, struct case_done *out)
{
    struct run r = {.k = k,
                    .kind = "licence",
                    .body = change_body,
                    .args = x,
                    .there = &STATUS,
                    .there_bind = sql_id(&x->l.id),
                    .there_case = true,
                    .out = out};
    k->case_id = x->l.case_id;
    return run_command(&r);
}

result licence_reason(struct arena *a, struct slice reason)
{
    if (slice_trim(reason).n == 0) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    return ok();
}

/* The decision is the head's of the body that issued it. */
result licence_right(struct arena *a, const struct actor *x, const struct licence_row *l)
{
    if (actor_has_role(x, ROLE_HEAD, l->department, l->town)) return ok();
    return fail(a, CODE_FORBIDDEN, S("licence"), "right", S("head"), NULL);
}

result licence_act(struct case_command *k, const struct licence_change *q, struct case_done *out)
{
    struct change x = {.reason = q->reason, .until = q->until};
    for (size_t i = 0; i + 1 < sizeof ACTS / sizeof *ACTS; i++) /* the last is the city's own */
        if (slice_is(q->act, ACTS[i].act)) x.act = &ACTS[i];
    if (!x.act) return fail(k->a, CODE_NOT_FOUND, S("/act"), "value", q->act, NULL);
    TRY(licence_reason(k->a, q->reason));
    TRY(licence_open(k->city, k->a, q->licence, &x.l));
    TRY(licence_right(k->a, k->actor, &x.l));
    return change(k, &x, out);
}

/* ---- expiry ---- */

static const struct stmt LAPSING = {"licences_lapsing",
                                    "SELECT id FROM licence WHERE valid_to > 0 AND valid_to < ?1 AND"
                                    " status IN ('valid', 'suspended') ORDER BY valid_to, id LIMIT 100",
                                    NULL, false};

static result expire_one(struct city *c, struct arena *a, struct id id, instant now)
{
    struct change x = {.act = &ACTS[sizeof ACTS / sizeof *ACTS - 1], .reason = S("有效期届满")};
    struct case_command k = {.city = c, .a = a, .actor = &SYSTEM, .now = now, .route = S("expiry")};
    struct case_done out;
    TRY(licence_open(c, a, id, &x.l));
    return change(&k, &x, &out);
}

static const struct stmt EXPIRED_ERASED = {
    "licence_expired_erased", "UPDATE licence SET status='expired', changed_at=?2 WHERE id=?1", NULL, false};

struct erased {
    struct id id;
    instant now;
};

/* The case's key was destroyed: nothing can be added to its journal. */
static result expired_erased(struct tx *tx, struct arena *a, void *ctx)
{
    const struct erased *e = ctx;
    return tx_exec(tx, a, &EXPIRED_ERASED, BINDS(sql_id(&e->id), sql_int(e->now)), NULL);
}

result licences_expire(struct city *c, struct arena *a, instant now, size_t *n)
{
    struct rows rows;
    TRY(store_query(c->store, a, &LAPSING, BINDS(sql_int(now)), &rows));
    for (*n = 0; *n < rows.n; (*n)++) {
        struct erased e = {.now = now};
        if (!id_from_bytes(row(&rows, *n)[0].s, &e.id))
            return fail(a, CODE_INTERNAL, S("licence"), "detail", S("not an id"), NULL);
        result r = expire_one(c, a, e.id, now);
        if (result_code(r) == CODE_VAULT_ERASED) r = store_run(c->store, a, "licence_expired", expired_erased, &e);
        if (result_code(r) != CODE_LICENCE_STATE) TRY(r); /* else another server was first */
    }
    return ok();
}

/* ---- what was done to it ---- */

result licence_history(struct city *c, struct arena *a, const struct licence_row *l, instant now,
                       const struct json **out)
{
    struct json_builder list = json_builder(a);
    struct slice id = id_text(a, l->id);
    struct view v;
    TRY(view_open(c, a, l->case_id, now, VIEW_OWNER, &v));
    TRY(view_events(&v));
    for (size_t i = 0; i < v.nevents; i++) {
        const struct json *facts = v.events[i].facts;
        for (size_t k = 0; facts && k < facts->n; k++) {
            const struct json *f = facts->items[k];
            struct json_builder b = json_builder(a);
            if (!slice_is(json_string(f, "t"), "licence_change") || !slice_eq(json_string(f, "id"), id)) continue;
            int64_t until = json_int(f, "until", 0);
            json_set_str(&b, "at", instant_text(a, v.events[i].at));
            json_set_str(&b, "act", json_string(f, "act"));
            json_set_str(&b, "reason", json_string(f, "reason"));
            json_set(&b, "until", until ? json_of_string(a, day_text(a, day_of_instant(until))) : json_null());
            json_set_str(&b, "by", json_string(f, "by"));
            json_add(&list, json_object(&b));
        }
    }
    *out = json_array(&list);
    return ok();
}
