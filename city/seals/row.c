/* Rows of seals, their words, their history. */
#include "city/messages/messages.h"
#include "city/seals/internal.h"

#define COLUMNS                                                                                                      \
    "id, code, subject, kind, state, department, documents, case_id, applied_by, applied_at, by_authority, made_at," \
    " valid_from, valid_to, uses, data_ct, seal_ct, key_ct, tries"
static const struct stmt BY_CODE = {"seal_by_code", "SELECT " COLUMNS " FROM seal WHERE code = ?1", NULL, false};
static const struct stmt BY_CODE_LOCK = {"seal_by_code_lock", "SELECT " COLUMNS " FROM seal WHERE code = ?1", NULL,
                                         true};
static const struct stmt BY_ID = {"seal_by_id", "SELECT " COLUMNS " FROM seal WHERE id = ?1", NULL, false};
static const struct stmt BY_ID_LOCK = {"seal_by_id_lock", "SELECT " COLUMNS " FROM seal WHERE id = ?1", NULL, true};
static const struct stmt INSERT = {
    "seal_insert",
    "INSERT INTO seal (id, code, subject, kind, state, department, documents, case_id, applied_by, applied_at, by_authority, made_at,"
    " valid_from, valid_to, uses, data_ct, tries, due_at, lease_until) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,0,0,0,0,0,?11,0,?12,0)",
    NULL, false};
static const struct stmt EVENT_INSERT = {
    "seal_event_insert",
    "INSERT INTO seal_event (id, seal_id, at, actor, actor_kind, act, note_ct) VALUES (?1,?2,?3,?4,?5,?6,?7)", NULL,
    false};

struct word {
    const char *code, *zh, *en;
};
static struct bitext words(const struct word *list, size_t n, struct slice code)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(code, list[i].code)) return (struct bitext){slice_cstr(list[i].zh), slice_cstr(list[i].en)};
    return (struct bitext){code, code};
}

static const struct word KINDS[] = {{"official", "法定名称章", "official seal"},
                                    {"finance", "财务专用章", "finance seal"},
                                    {"invoice", "发票专用章", "invoice seal"},
                                    {"contract", "合同专用章", "contract seal"},
                                    {"legal_representative", "法定代表人名章", "legal representative's seal"}};

bool seal_kind_known(struct slice kind)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (slice_is(kind, KINDS[i].code)) return true;
    return false;
}

struct bitext seal_kind_words(struct slice kind)
{
    return words(KINDS, sizeof KINDS / sizeof *KINDS, kind);
}

struct bitext seal_state_words(struct slice state)
{
    static const struct word STATES[] = {{"applied", "待审批", "waiting for approval"},
                                         {"refused", "不予批准", "refused"},
                                         {"making", "制作中", "being made"},
                                         {"active", "可用", "in use"},
                                         {"suspended", "已暂停", "suspended"},
                                         {"revoked", "已吊销", "revoked"},
                                         {"destroyed", "已销毁", "destroyed"},
                                         {"expired", "已过期", "expired"}};
    return words(STATES, sizeof STATES / sizeof *STATES, state);
}

/* ---- loading ---- */

static void read_id(const struct sql_value *v, struct id *out)
{
    *out = ID_NONE;
    if (v->type != SQL_NULL) (void)id_from_bytes(v->s, out);
}

static result open_row(struct city *c, struct arena *a, struct tx *tx, const struct sql_value *v, struct seal_row *s)
{
    struct slice plain;
    const struct json *data = NULL;
    *s = (struct seal_row){.code = v[1].s,
                           .kind = v[3].s,
                           .state = v[4].s,
                           .department = v[5].s,
                           .documents = v[6].s,
                           .applied_at = v[9].i,
                           .by_authority = v[10].i != 0,
                           .made_at = v[11].i,
                           .from = v[12].i,
                           .to = v[13].i,
                           .uses = v[14].i,
                           .data_ct = v[15].s,
                           .seal_ct = v[16].s,
                           .key_ct = v[17].s,
                           .tries = v[18].i};
    read_id(&v[0], &s->id);
    read_id(&v[2], &s->subject);
    read_id(&v[7], &s->case_id);
    read_id(&v[8], &s->applied_by);
    TRY(vault_load(c, a, tx, s->subject, &s->key));
    TRY(vault_open(a, &s->key, "seal.data", s->data_ct, &plain));
    TRY(json_parse(a, plain, 65536, S("seal.data"), &data));
    s->name = json_string(data, "name");
    s->holder = json_string(data, "holder");
    s->holder_code = json_string(data, "holder_code");
    s->person = json_string(data, "person");
    return ok();
}

static result load(struct city *c, struct arena *a, struct tx *tx, const struct stmt *q, struct sql_value v,
                   struct slice named, struct seal_row *out)
{
    struct rows r;
    TRY(tx ? tx_query(tx, a, q, &v, 1, &r) : store_query(c->store, a, q, &v, 1, &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("seal"), "value", named, NULL);
    return open_row(c, a, tx, row(&r, 0), out);
}

result seal_load(struct city *c, struct arena *a, struct tx *tx, struct slice code, struct seal_row *out)
{
    return load(c, a, tx, tx ? &BY_CODE_LOCK : &BY_CODE, sql_text(code), code, out);
}

result seal_load_id(struct city *c, struct arena *a, struct tx *tx, struct id id, struct seal_row *out)
{
    return load(c, a, tx, tx ? &BY_ID_LOCK : &BY_ID, sql_id(&id), id_text(a, id), out);
}

result seal_insert(struct city *c, struct tx *tx, struct arena *a, struct seal_row *s, instant now)
{
    struct json_builder b = json_builder(a);
    bool making = slice_is(s->state, "making");
    json_set_str(&b, "name", s->name);
    json_set_str(&b, "holder", s->holder);
    json_set_str(&b, "holder_code", s->holder_code);
    json_set_str(&b, "person", s->person);
    TRY(vault_load(c, a, tx, s->subject, &s->key));
    s->data_ct = vault_seal(a, &s->key, "seal.data", json_write(a, json_object(&b)));
    s->applied_at = now;
    return tx_exec(tx, a, &INSERT,
                   BINDS(sql_id(&s->id), sql_text(s->code), sql_id(&s->subject), sql_text(s->kind), sql_text(s->state),
                         sql_text(s->department), sql_text(s->documents), sql_id(&s->case_id), sql_id(&s->applied_by),
                         sql_int(now), sql_blob(s->data_ct), making ? sql_int(now) : sql_null()),
                   NULL);
}

/* ---- whose ---- */

bool seal_is_holder(const struct actor *x, const struct seal_row *s)
{
    if (x->kind == ACTOR_PERSON || x->kind == ACTOR_ENTERPRISE) return id_eq(x->subject, s->subject);
    return x->kind == ACTOR_STAFF && s->department.n &&
           (actor_has_role(x, ROLE_SIGNER, s->department, S("*")) ||
            actor_has_role(x, ROLE_HEAD, s->department, S("*")));
}

bool seal_is_authority(const struct actor *x)
{
    static const enum role ROLES[] = {ROLE_HANDLER, ROLE_REVIEWER, ROLE_HEAD};
    for (size_t i = 0; i < 3 && x->kind == ACTOR_STAFF; i++)
        if (actor_has_role(x, ROLES[i], SEAL_AUTHORITY, S("*")) || actor_has_role(x, ROLES[i], SEAL_AUTHORITY, x->town))
            return true;
    return false;
}

result seal_owner(struct city *c, struct arena *a, const struct actor *x, const struct seal_row *s, instant now)
{
    struct delegation_scope scope = {.all = true};
    if (seal_is_holder(x, s) && x->kind != ACTOR_STAFF) TRY(delegation_scope(c, a, x, now, &scope));
    if (seal_is_holder(x, s) && scope.all) return ok();
    return fail(a, CODE_FORBIDDEN, S("seal"), "right", S("holder"), NULL);
}

/* ---- history ---- */

result seal_event(struct city *c, struct tx *tx, struct arena *a, const struct actor *x, const struct seal_row *s,
                  const char *act, struct slice note, instant now)
{
    struct id id = id_new(now);
    struct json_builder b = json_builder(a);
    struct slice ct = note.n ? vault_seal(a, &s->key, "seal.note", note) : note;
    (void)c;
    TRY(tx_exec(tx, a, &EVENT_INSERT,
                BINDS(sql_id(&id), sql_id(&s->id), sql_int(now), sql_id(&x->account), sql_int(x->kind),
                      sql_text(slice_cstr(act)), sql_blob_or_null(ct)),
                NULL));
    json_set_str(&b, "seal", s->code);
    json_set_str(&b, "kind", s->kind);
    return audit_add(tx, a, x, now, arena_cstr(a, arena_printf(a, "seal.%s", act)), json_object(&b));
}

result seal_tell(struct city *c, struct tx *tx, struct arena *a, const struct seal_row *s, const char *zh,
                 const char *en, instant now)
{
    struct bitext kind = seal_kind_words(s->kind);
    const struct message m = {
        .kind = MESSAGE_TO_SUBJECT,
        .to = s->subject,
        .title = {arena_printf(a, "电子印章：%s", zh), arena_printf(a, "Electronic seal: %s", en)},
        .body = {arena_printf(a, "%.*s（%.*s，编号 %.*s）%s。请在“我的印章”查看。", SLICE_ARG(s->name),
                              SLICE_ARG(kind.zh), SLICE_ARG(s->code), zh),
                 arena_printf(a, "%.*s (%.*s, no. %.*s): %s. See \"My seals\".", SLICE_ARG(s->name), SLICE_ARG(kind.en),
                              SLICE_ARG(s->code), en)}};
    return s->department.n ? ok() : message_send(c, tx, a, &m, now);
}

struct json_builder seal_json(struct city *c, struct arena *a, const struct seal_row *s, instant now)
{
    struct json_builder b = json_builder(a);
    const struct json *documents = NULL;
    bool expired = slice_is(s->state, "active") && s->to < now;
    struct slice state = expired ? S("expired") : s->state;
    (void)c;
    if (failed(json_parse(a, s->documents, 4096, S("seal.documents"), &documents))) documents = json_null();
    json_set_str(&b, "code", s->code);
    json_set_str(&b, "kind", s->kind);
    json_set(&b, "kind_text", bitext_json(a, seal_kind_words(s->kind)));
    json_set_str(&b, "name", s->name);
    json_set_str(&b, "holder", s->holder);
    json_set_str(&b, "department", s->department);
    json_set_str(&b, "state", state);
    json_set(&b, "state_text", bitext_json(a, seal_state_words(state)));
    json_set(&b, "documents", documents);
    json_set_instant(&b, "applied_at", s->applied_at);
    json_set_instant(&b, "made_at", s->made_at);
    json_set_instant(&b, "valid_to", s->to);
    json_set_int(&b, "uses", s->uses);
    return b;
}
