/* Codes of the counter and the hotline: the clerk makes one for the case or the visit, and the person rates with it on a screen of
 * their own (a phone, the kiosk page). The clerk never types a rating: an account of staff is refused. */
#include "areas/00_supervision/ratings/ratings.h"

#include "city/identity/identity.h"
#include "city/sql.h"

enum { CODE_SYMBOLS = 12 }; /* of 31: 59 bits, behind the limit of costly requests */

/* As typed: in capitals or not, with hyphens and spaces or not. */
struct slice rating_code_hash(struct arena *a, struct slice code)
{
    struct buf b = buf_new(a, 256);
    for (size_t i = 0; i < code.n && i < 100; i++) {
        char ch = code.p[i];
        if (ch == '-' || ch == ' ') continue;
        buf_putc(&b, ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch);
    }
    return session_hash(a, buf_slice(&b));
}

/* ---- making one ---- */

/* Signs that are not taken for each other, each as likely. */
static struct slice fresh_code(struct arena *a)
{
    static const char SIGNS[] = "abcdefghjkmnpqrstuvwxyz23456789";
    enum { N = sizeof SIGNS - 1 };
    struct buf b = buf_new(a, CODE_SYMBOLS + 1);
    for (int n = 0; n < CODE_SYMBOLS;) {
        uint8_t x;
        random_bytes(&x, 1);
        if (x >= 256 / N * N) continue;
        buf_putc(&b, SIGNS[x % N]);
        n++;
    }
    return buf_slice(&b);
}

static const struct stmt BY_NUMBER = {"rating_case_by_number", "SELECT id FROM case_file WHERE number = ?1", NULL,
                                      false};
static const struct stmt CODE_INSERT = {
    "rating_code_insert",
    "INSERT INTO rating_code (hash, id, case_id, channel, service, department, town, officer, expires_at, used_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,0)",
    NULL, false};

struct making {
    const struct rated *of;
    const struct actor *x;
    struct slice hash;
    struct id id;
    instant until;
};

static result making_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct making *m = ctx;
    return tx_exec(tx, a, &CODE_INSERT,
                   BINDS(sql_blob(m->hash), sql_id(&m->id), sql_id(&m->of->case_id), sql_text(m->of->channel),
                         sql_text(m->of->service), sql_text(m->of->department), sql_text(m->of->town),
                         sql_id(&m->x->account), sql_int(m->until)),
                   NULL);
}

static result of_case(const struct request *q, struct slice number, struct rated *of)
{
    struct rows r;
    struct id id;
    bool ended;
    TRY(store_query(q->city->store, q->a, &BY_NUMBER, BINDS(sql_text(number)), &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &id))
        return fail(q->a, CODE_NOT_FOUND, S("/case_number"), "value", number, NULL);
    TRY(rated_case(q->city, q->a, id, of, &ended));
    if (!ended) return fail(q->a, CODE_RATING_EARLY, S("/case_number"), NULL);
    TRY(store_query(q->city->store, q->a, &STAFF_OWN_CASE,
                    BINDS(sql_id(&q->actor->account), sql_id(&id), sql_int(q->now)), &r));
    return r.n ? fail(q->a, CODE_RATING_OWN, S("/case_number"), NULL) : ok();
}

/* A visit: the body rated is that of the counter, whatever was asked there. */
static result of_visit(const struct request *q, struct slice service, struct rated *of)
{
    const struct service *s;
    if (service.n) TRY(catalogue_current(q->city->catalogue, q->a, service, &s));
    *of = (struct rated){.service = service, .department = q->actor->department, .town = q->actor->town};
    return ok();
}

static result make(const struct request *q, struct reply *r)
{
    struct rated of;
    struct json_builder b = json_builder(q->a);
    struct slice number = json_string(q->body, "case_number"), channel = json_string(q->body, "channel");
    if (number.n)
        TRY(of_case(q, number, &of));
    else
        TRY(of_visit(q, json_string(q->body, "service"), &of));
    of.channel = channel.n ? channel : S("window");
    struct slice t = fresh_code(q->a);
    struct making m = {.of = &of,
                       .x = q->actor,
                       .hash = rating_code_hash(q->a, t),
                       .id = id_new(q->now),
                       .until = q->now + RATING_CODE_VALID};
    TRY(store_run(q->city->store, q->a, "rating_code", making_body, &m));
    json_set_str(&b, "code", arena_printf(q->a, "%.4s-%.4s-%.4s", t.p, t.p + 4, t.p + 8));
    json_set_str(&b, "url", arena_printf(q->a, "%.*s/rate/%.*s", SLICE_ARG(q->city->base_url), SLICE_ARG(t)));
    json_set_str(&b, "expires_at", instant_text(q->a, m.until));
    json_set(&b, "service", rated_service_json(q->city, q->a, of.service));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

/* ---- using it ---- */

static const struct stmt LOOK = {
    "rating_code_look",
    "SELECT c.id, c.case_id, c.channel, c.service, c.department, c.town, c.expires_at, c.used_at, f.subject, f.number"
    " FROM rating_code c LEFT JOIN case_file f ON f.id = c.case_id WHERE c.hash = ?1 AND c.expires_at > ?2",
    NULL, false};

static result code_row(struct city *c, struct arena *a, struct slice code, instant now, struct rated *out,
                       const struct sql_value **v)
{
    struct rows r;
    TRY(store_query(c->store, a, &LOOK, BINDS(sql_blob(rating_code_hash(a, code)), sql_int(now)), &r));
    *out = (struct rated){.case_id = ID_NONE, .subject = ID_NONE, .code = ID_NONE};
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &out->code)) return fail(a, CODE_RATING_CODE, S("code"), NULL);
    *v = row(&r, 0);
    if ((*v)[1].type != SQL_NULL) (void)id_from_bytes((*v)[1].s, &out->case_id);
    if ((*v)[8].type != SQL_NULL) (void)id_from_bytes((*v)[8].s, &out->subject);
    out->channel = (*v)[2].s;
    out->service = (*v)[3].s;
    out->department = (*v)[4].s;
    out->town = (*v)[5].s;
    out->number = (*v)[9].s;
    return ok();
}

result rating_code_look(struct city *c, struct arena *a, struct slice code, instant now, struct rated *out)
{
    const struct sql_value *v;
    return code_row(c, a, code, now, out, &v);
}

/* Nothing personal: a code may be seen by who stands next. */
static result look(const struct request *q, struct reply *r)
{
    struct rated of;
    const struct sql_value *v = NULL;
    struct json_builder b = json_builder(q->a);
    TRY(code_row(q->city, q->a, q->params[0], q->now, &of, &v));
    json_set(&b, "service", rated_service_json(q->city, q->a, of.service));
    json_set(&b, "department", citydata_department_json(q->a, catalogue_data(q->city->catalogue), of.department));
    json_set_str(&b, "channel", of.channel);
    json_set_bool(&b, "visit", id_is_none(of.case_id));
    json_set_bool(&b, "used", v[7].i != 0);
    json_set_str(&b, "expires_at", instant_text(q->a, v[6].i));
    json_set(&b, "grades", grades_json(q->a));
    json_set_int(&b, "text_max", RATING_TEXT_MAX);
    r->body = json_object(&b);
    return ok();
}

static result give(const struct request *q, struct reply *r)
{
    struct rated of;
    struct id rating;
    struct json_builder b = json_builder(q->a);
    struct rating_given g = {.text = slice_trim(json_string(q->body, "text")),
                             .phone = slice_trim(json_string(q->body, "phone")),
                             .key = q->idempotency_key};
    if (q->actor && q->actor->kind == ACTOR_STAFF) return fail(q->a, CODE_RATING_STAFF, S("code"), NULL);
    TRY(rating_code_look(q->city, q->a, q->params[0], q->now, &of));
    if (!grade_scan(json_string(q->body, "grade"), &g.grade)) return fail(q->a, CODE_FIELD_REQUIRED, S("/grade"), NULL);
    if (!id_is_none(of.subject)) g.phone = (struct slice){NULL, 0}; /* the city knows how to reach the applicant */
    TRY(rating_give(q->city, q->a, &of, &g, q->now, &rating, &r->replayed));
    json_set_cstr(&b, "grade", grade_name(g.grade));
    json_set_bool(&b, "ticket", g.grade <= GRADE_BAD);
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_RATING_CODE_NEW = {
    .method = "POST",
    .path = "/desk/rating-codes",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "生成评价码，交给办事人自行评价",
    .summary_en = "A code with which the person served rates on a screen of their own",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"case_number\":{\"type\":\"string\",\"maxLength\":64},"
        "\"service\":{\"type\":\"string\",\"maxLength\":64},\"channel\":{\"enum\":[\"window\",\"phone\"]}}}",
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"url\":{\"type\":\"string\"},\"expires_at\":{\"type\":\"string\"}}}",
    .handle = make};
const struct endpoint EP_RATING_CODE = {.method = "GET",
                                        .path = "/rate/{code}",
                                        .right = {RIGHT_PUBLIC, 0, false},
                                        .flags = EP_COSTLY,
                                        .summary_zh = "评价码评价什么",
                                        .summary_en = "What a rating code rates",
                                        .handle = look};
const struct endpoint EP_RATING_CODE_GIVE = {
    .method = "POST",
    .path = "/rate/{code}",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT | EP_COSTLY,
    .summary_zh = "凭评价码评价",
    .summary_en = "Rate with a code",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"grade\"],\"properties\":{\"grade\":{\"enum\":["
        "\"very_satisfied\",\"satisfied\",\"fairly_satisfied\",\"dissatisfied\",\"very_dissatisfied\"]},"
        "\"text\":{\"type\":\"string\",\"maxLength\":500},\"phone\":{\"type\":\"string\",\"pattern\":\"^[0-9+ -]{0,24}$\"}}}",
    .handle = give};
