/* Asking the persons named for their confirmation. */
#include "city/drafts/confirm_internal.h"
#include "city/messages/messages.h"

static const struct stmt CONFIRM_INSERT = {
    "confirm_insert",
    "INSERT INTO confirmation (id, subject, account, service, content, data_ct, asked_at) VALUES (?1,?2,?3,?4,?5,?6,?7)",
    NULL, false};
static const struct stmt CONFIRM_INSERT_PERSON = {
    "confirm_insert_person",
    "INSERT INTO confirmation_person (id, confirmation, person, state, named_ct, answered_at) VALUES (?1,?2,?3,0,?4,0)",
    NULL, false};
static const struct stmt CONFIRM_OUT = {
    "confirm_out", "SELECT COUNT(*) FROM confirmation WHERE subject = ?1 AND asked_at > ?2", NULL, false};
/* The same content asked before, and not spent in time. */
static const struct stmt CONFIRM_OLD_PEOPLE = {
    "confirm_old_people",
    "DELETE FROM confirmation_person WHERE confirmation IN (SELECT id FROM confirmation WHERE subject = ?1"
    " AND service = ?2 AND content = ?3 AND asked_at <= ?4)",
    NULL, false};
static const struct stmt CONFIRM_OLD = {
    "confirm_old", "DELETE FROM confirmation WHERE subject = ?1 AND service = ?2 AND content = ?3 AND asked_at <= ?4",
    NULL, false};

struct asking {
    struct city *c;
    const struct actor *x;
    const struct application *p;
    const struct named *others;
    size_t nothers;
    const struct id *known; /* their subjects; ID_NONE: not known to the city */
    instant now;
    const struct json *out;
};

static const struct json *state_json(struct arena *a, const struct confirm_person *list, size_t n, instant until)
{
    struct json_builder b = json_builder(a), people = json_builder(a);
    bool ready = true;
    for (size_t i = 0; i < n; i++) {
        struct json_builder one = json_builder(a);
        json_set(&one, "name", json_get(list[i].named, "name"));
        json_set(&one, "as", json_get(list[i].named, "as"));
        json_set_cstr(&one, "state", confirm_state_name(list[i].state));
        if (json_get(list[i].named, "reason")) json_set(&one, "reason", json_get(list[i].named, "reason"));
        if (list[i].at) json_set_instant(&one, "at", list[i].at);
        json_add(&people, json_object(&one));
        ready = ready && list[i].state == CONFIRM_AGREED;
    }
    json_set_bool(&b, "ready", ready);
    json_set_instant(&b, "until", until);
    json_set(&b, "people", json_array(&people));
    return json_object(&b);
}

static struct message notice(const struct asking *k, struct arena *a, struct id to, const struct json *as)
{
    struct bitext service = service_name(k->p->service), role = bitext_of(as->items[0]);
    struct slice by = json_string(k->p->applicant, "name");
    struct message m = {.kind = MESSAGE_TO_SUBJECT, .to = to, .case_id = ID_NONE};
    m.title.zh = arena_printf(a, "【%.*s】请您实名确认", SLICE_ARG(service.zh));
    m.title.en = arena_printf(a, "%.*s: please confirm", SLICE_ARG(service.en));
    m.body.zh =
        arena_printf(a,
                     "%.*s 拟申请“%.*s”，将您列为%.*s。请登录本人账户核对并选择确认或否认；您不确认，申请不能提交。"
                     "如您不知情，请选择否认。\n核对并确认：%.*s/confirmations",
                     SLICE_ARG(by), SLICE_ARG(service.zh), SLICE_ARG(role.zh), SLICE_ARG(k->c->base_url));
    m.body.en =
        arena_printf(a,
                     "%.*s wants to apply for \"%.*s\" and names you as %.*s. Sign in, look at it, and confirm or"
                     " deny; without your confirmation it cannot be filed. If you know nothing of it, deny.\n"
                     "Look at it: %.*s/confirmations",
                     SLICE_ARG(by), SLICE_ARG(service.en), SLICE_ARG(role.en), SLICE_ARG(k->c->base_url));
    return m;
}

static result ask_one(struct asking *k, struct tx *tx, struct arena *a, const struct data_key *key, struct id set,
                      size_t i)
{
    const struct named *p = &k->others[i];
    struct json_builder b = json_builder(a);
    struct id id = id_new(k->now);
    json_set_str(&b, "name", p->name);
    json_set(&b, "as", p->as);
    struct slice ct = vault_seal(a, key, "confirmation.named", json_write(a, json_object(&b)));
    TRY(tx_exec(tx, a, &CONFIRM_INSERT_PERSON, BINDS(sql_id(&id), sql_id(&set), sql_blob(p->key), sql_blob(ct)), NULL));
    if (id_is_none(k->known[i])) return ok(); /* they find it when they have an account */
    struct message m = notice(k, a, k->known[i], p->as);
    return message_send(k->c, tx, a, &m, k->now);
}

static result ask_new(struct asking *k, struct tx *tx, struct arena *a)
{
    struct rows r;
    struct data_key key;
    const struct application *p = k->p;
    struct id set = id_new(k->now);
    struct slice content = confirm_content(k->c, a, p->data), code = service_code(p->service);
    struct sql_value old[] = {sql_id(&p->subject), sql_text(code), sql_blob(content), sql_int(k->now - CONFIRM_KEPT)};
    TRY(tx_exec(tx, a, &CONFIRM_OLD_PEOPLE, old, 4, NULL));
    TRY(tx_exec(tx, a, &CONFIRM_OLD, old, 4, NULL));
    TRY(tx_query(tx, a, &CONFIRM_OUT, BINDS(sql_id(&p->subject), sql_int(k->now - CONFIRM_KEPT)), &r));
    if (row(&r, 0)[0].i >= CONFIRM_ASKED_MAX) return fail(a, CODE_CONFIRM_LIMIT, S("data"), "limit", S("20"), NULL);
    TRY(vault_load(k->c, a, tx, p->subject, &key));
    struct slice ct = vault_seal(a, &key, "confirmation.data", json_write(a, p->data));
    TRY(tx_exec(tx, a, &CONFIRM_INSERT,
                BINDS(sql_id(&set), sql_id(&p->subject), sql_id(&k->x->account), sql_text(code), sql_blob(content),
                      sql_blob(ct), sql_int(k->now)),
                NULL));
    for (size_t i = 0; i < k->nothers; i++) TRY(ask_one(k, tx, a, &key, set, i));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "confirmation", id_bytes(&set));
    json_set_str(&b, "service", code);
    json_set_int(&b, "people", (int64_t)k->nothers);
    return audit_add(tx, a, k->x, k->now, "confirmation.asked", json_object(&b));
}

static result ask_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct asking *k = ctx;
    const struct confirm_person *list;
    struct id set;
    instant asked_at;
    size_t n;
    TRY(confirm_read(k->c, a, tx, k->p, k->now, &set, &asked_at, &list, &n));
    if (id_is_none(set)) {
        TRY(ask_new(k, tx, a));
        TRY(confirm_read(k->c, a, tx, k->p, k->now, &set, &asked_at, &list, &n));
    }
    k->out = state_json(a, list, n, asked_at + CONFIRM_KEPT);
    return ok();
}

/* Of the travel documents only one kind can be meant by a number, for they look different; whoever is found is told. */
static result known(struct city *c, struct arena *a, const struct named *p, struct id *subject)
{
    static const char *const PAPERS[] = {"hkm_permit", "tw_permit", "passport"};
    bool found = false;
    *subject = ID_NONE;
    if (!slice_is(p->kind, "other")) {
        TRY(subject_find(c, a, p->kind, p->number, subject, &found));
    } else {
        for (size_t i = 0; i < sizeof PAPERS / sizeof *PAPERS && !found; i++) {
            struct slice normal, kind = slice_cstr(PAPERS[i]);
            if (failed(identity_number_check(a, kind, p->number, S(""), &normal))) continue;
            TRY(subject_find(c, a, kind, normal, subject, &found));
        }
    }
    if (!found) *subject = ID_NONE;
    return ok();
}

result confirm_ask(struct city *c, struct arena *a, const struct actor *x, const struct application *given, instant now,
                   const struct json **out)
{
    struct application p = *given;
    struct asking k = {.c = c, .x = x, .p = &p, .now = now};
    p.data = form_clean(a, service_form(p.service), given->data);
    TRY(schema_validate(a, service_form(p.service), p.data));
    TRY(confirm_others(c, a, &p, &k.others, &k.nothers));
    struct id *subjects = NEW_ARRAY(a, struct id, k.nothers + 1);
    for (size_t i = 0; i < k.nothers; i++) TRY(known(c, a, &k.others[i], &subjects[i]));
    k.known = subjects;
    if (k.nothers == 0) {
        *out = state_json(a, NULL, 0, 0);
        return ok();
    }
    for (int tries = 0;; tries++) { /* pressed twice at once: the second finds the first one's row */
        result r = store_run(c->store, a, "confirm_ask", ask_body, &k);
        if (result_code(r) == CODE_STORE_CONSTRAINT && tries < 2) continue;
        TRY(r);
        break;
    }
    *out = json_copy(a, k.out);
    return ok();
}
