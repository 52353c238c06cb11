/* A rating: stored once per case and channel (or per code), with its sums, and its ticket asked for when it is bad. */
#include "areas/00_supervision/ratings/ratings.h"

#include "city/messages/messages.h"
#include "city/sql.h"
#include "city/vault/vault.h"
#include "trust/crypto.h"

static const struct stmt CASE_RATED = {
    "rating_case_rated", "SELECT subject, service, department, town, state, number FROM case_file WHERE id = ?1", NULL,
    false};
enum { STATE_DELIVERED = 3, STATE_REFUSED = 4 }; /* enum case_state */

result rated_case(struct city *c, struct arena *a, struct id case_id, struct rated *out, bool *ended)
{
    struct rows r;
    const struct service *s;
    TRY(store_query(c->store, a, &CASE_RATED, BINDS(sql_id(&case_id)), &r));
    *out = (struct rated){.case_id = case_id, .subject = ID_NONE, .code = ID_NONE};
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &out->subject))
        return fail(a, CODE_NOT_FOUND, S("case"), "value", id_text(a, case_id), NULL);
    const struct sql_value *v = row(&r, 0);
    out->service = v[1].s;
    out->department = v[2].s;
    out->town = v[3].s;
    out->number = v[5].s;
    *ended = v[4].i == STATE_DELIVERED || v[4].i == STATE_REFUSED;
    /* a ticket is no service that anybody asked for */
    if (!failed(catalogue_current(c->catalogue, a, out->service, &s)) && !service_rated(s)) *ended = false;
    return ok();
}

/* ---- storing ---- */

static const struct stmt GIVEN = {"rating_given", "SELECT id, idem FROM rating WHERE case_id = ?1 AND channel = ?2",
                                  NULL, false};
static const struct stmt GIVEN_CODE = {"rating_given_code", "SELECT id, idem FROM rating WHERE code = ?1", NULL, false};
static const struct stmt INSERT = {
    "rating_insert",
    "INSERT INTO rating (id, case_id, code, subject, channel, service, department, town, grade, month, at, idem, key_owner, text_ct,"
    " ticket, ticket_state) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
    NULL, false};
static const struct stmt ADD = {"rating_add",
                                "INSERT INTO rating_month (month, service, department, grade, n) VALUES (?1,?2,?3,?4,1)"
                                " ON CONFLICT (month, service, department, grade) DO UPDATE SET n = rating_month.n + 1",
                                NULL, false};
static const struct stmt ADD_TOWN = {"rating_add_town",
                                     "INSERT INTO rating_town (month, town, grade, n) VALUES (?1,?2,?3,1)"
                                     " ON CONFLICT (month, town, grade) DO UPDATE SET n = rating_town.n + 1",
                                     NULL, false};
static const struct stmt CODE_USE = {
    "rating_code_use", "UPDATE rating_code SET used_at = ?2 WHERE id = ?1 AND used_at = 0 AND expires_at > ?2", NULL,
    false};

struct giving {
    struct city *c;
    const struct rated *of;
    const struct rating_given *g;
    instant now;
    struct id id, ticket;
    struct slice idem;
};

static struct slice idem_of(struct arena *a, const struct rating_given *g)
{
    struct buf b = buf_new(a, 64 * 1024);
    buf_printf(&b, "%.*s\n%lld\n%.*s\n%.*s", SLICE_ARG(g->key), (long long)g->grade, SLICE_ARG(g->phone),
               SLICE_ARG(g->text));
    return crypto_sha256_hex(a, buf_slice(&b));
}

/* Text and number under the key of the person; of somebody unknown, under a key of the rating's own. */
static result seal(struct giving *x, struct tx *tx, struct arena *a, struct id *owner, struct slice *ct)
{
    struct data_key key;
    struct json_builder b = json_builder(a);
    *ct = (struct slice){NULL, 0};
    *owner = id_is_none(x->of->subject) ? x->id : x->of->subject;
    if (!x->g->text.n && !x->g->phone.n) return ok();
    if (id_is_none(x->of->subject))
        TRY(vault_insert(x->c, a, tx, x->id, x->now, &key));
    else
        TRY(vault_load(x->c, a, tx, x->of->subject, &key));
    json_set_str(&b, "text", x->g->text);
    json_set_str(&b, "phone", x->g->phone);
    *ct = vault_seal(a, &key, RATING_TEXT_PLACE, json_write(a, json_object(&b)));
    return ok();
}

static result use_code(struct giving *x, struct tx *tx, struct arena *a)
{
    int64_t used;
    if (id_is_none(x->of->code)) return ok();
    TRY(tx_exec(tx, a, &CODE_USE, BINDS(sql_id(&x->of->code), sql_int(x->now)), &used));
    return used ? ok() : fail(a, CODE_RATING_CODE, S("code"), NULL);
}

/* Who holds the code is not asked who they are: so the applicant hears that the case was rated with one. */
static result tell(struct giving *x, struct tx *tx, struct arena *a)
{
    if (id_is_none(x->of->code) || id_is_none(x->of->subject)) return ok();
    struct message m = {
        .kind = MESSAGE_TO_SUBJECT, .to = x->of->subject, .case_id = x->of->case_id, .inbox_only = true};
    struct slice zh = grade_words(x->g->grade).zh, en = grade_words(x->g->grade).en;
    m.title = (struct bitext){S("您的办件已凭评价码评价"), S("your case was rated with a code")};
    m.body.zh = arena_printf(a, "办件编号 %.*s：评价为“%.*s”。如非您本人评价，请拨打 12345。", SLICE_ARG(x->of->number),
                             SLICE_ARG(zh));
    m.body.en = arena_printf(a, "Case %.*s: rated \"%.*s\". Call 12345 if this was not you.", SLICE_ARG(x->of->number),
                             SLICE_ARG(en));
    return message_send(x->c, tx, a, &m, x->now);
}

static result give_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct giving *x = ctx;
    const struct rated *of = x->of;
    struct civil t = civil_of_instant(x->now);
    struct sql_value month = sql_int(t.year * 100 + t.month), grade = sql_int(x->g->grade);
    struct id owner;
    struct slice ct;
    bool bad = x->g->grade <= GRADE_BAD;
    TRY(use_code(x, tx, a));
    TRY(seal(x, tx, a, &owner, &ct));
    TRY(tx_exec(tx, a, &INSERT,
                BINDS(sql_id(&x->id), sql_id(&of->case_id), sql_id(&of->code), sql_id(&of->subject),
                      sql_text(of->channel), sql_text(of->service), sql_text(of->department), sql_text(of->town), grade,
                      month, sql_int(x->now), sql_blob(x->idem), sql_id(&owner), sql_blob_or_null(ct),
                      bad ? sql_id(&x->ticket) : sql_null(), sql_int(bad)),
                NULL));
    TRY(tell(x, tx, a));
    TRY(tx_exec(tx, a, &ADD_TOWN, BINDS(month, sql_text(of->town), grade), NULL));
    return tx_exec(tx, a, &ADD, BINDS(month, sql_text(of->service), sql_text(of->department), grade), NULL);
}

static result given_before(struct giving *x, struct arena *a, bool *replayed)
{
    struct rows r;
    bool by_case = !id_is_none(x->of->case_id);
    *replayed = false;
    if (by_case)
        TRY(store_query(x->c->store, a, &GIVEN, BINDS(sql_id(&x->of->case_id), sql_text(x->of->channel)), &r));
    else
        TRY(store_query(x->c->store, a, &GIVEN_CODE, BINDS(sql_id(&x->of->code)), &r));
    if (!r.n) return ok();
    if (!slice_eq(row(&r, 0)[1].s, x->idem) || !id_from_bytes(row(&r, 0)[0].s, &x->id))
        return fail(a, CODE_RATING_GIVEN, S("rating"), NULL);
    *replayed = true;
    return ok();
}

result rating_give(struct city *c, struct arena *a, const struct rated *of, const struct rating_given *g, instant now,
                   struct id *rating, bool *replayed)
{
    struct giving x = {.c = c, .of = of, .g = g, .now = now, .id = id_new(now), .ticket = id_new(now)};
    size_t opened;
    x.idem = idem_of(a, g);
    TRY(given_before(&x, a, replayed));
    if (!*replayed) {
        result r = store_run(c->store, a, "rating", give_body, &x);
        /* somebody else's, or our own first try, was faster */
        if (result_code(r) == CODE_STORE_CONSTRAINT || result_code(r) == CODE_RATING_CODE) {
            TRY(given_before(&x, a, replayed));
            if (!*replayed) return r;
        } else
            TRY(r);
    }
    *rating = x.id;
    /* what cannot be opened now is opened by the worker */
    if (g->grade <= GRADE_BAD && failed(ratings_work(c, a, now, &opened))) return ok();
    return ok();
}

/* ---- reading ---- */

result rating_text(struct city *c, struct arena *a, const struct sql_value *v, struct slice *text, struct slice *phone)
{
    struct id owner;
    struct data_key key;
    struct slice plain;
    const struct json *j;
    *text = *phone = (struct slice){NULL, 0};
    if (v[0].type == SQL_NULL || !id_from_bytes(v[1].s, &owner)) return ok();
    result r = vault_load(c, a, NULL, owner, &key);
    if (result_code(r) == CODE_VAULT_ERASED) return ok();
    TRY(r);
    TRY(vault_open(a, &key, RATING_TEXT_PLACE, v[0].s, &plain));
    TRY(json_parse(a, plain, 16 * 1024, S(RATING_TEXT_PLACE), &j));
    *text = json_string(j, "text");
    *phone = json_string(j, "phone");
    return ok();
}

static const struct stmt OF_CASE = {
    "ratings_of_case",
    "SELECT r.id, r.channel, r.grade, r.at, r.text_ct, r.key_owner, r.ticket,"
    " (SELECT COUNT(*) FROM rating_annulled x WHERE x.case_id = r.ticket) FROM rating r WHERE r.case_id = ?1 ORDER BY r.id",
    NULL, false};

result ratings_of_case(struct city *c, struct arena *a, struct id case_id, const struct json **out)
{
    struct rows r;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &OF_CASE, BINDS(sql_id(&case_id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        struct slice text, phone;
        struct id ticket;
        const struct json *t = json_null();
        TRY(rating_text(c, a, v + 4, &text, &phone));
        if (v[6].type != SQL_NULL && id_from_bytes(v[6].s, &ticket))
            TRY(ticket_json(c, a, ticket, time_now(c->time), &t));
        json_set_str(&b, "channel", v[1].s);
        json_set_cstr(&b, "grade", grade_name(v[2].i));
        json_set_str(&b, "at", instant_text(a, v[3].i));
        json_set_str(&b, "text", text);
        json_set_bool(&b, "counted", v[7].i == 0);
        json_set(&b, "ticket", t);
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}
