/* GET and POST /cases/{id}/rating: the applicant rates the case on its page, once it has ended. */
#include "areas/00_supervision/ratings/ratings.h"

#include "city/identity/identity.h"
#include "city/sql.h"

/* Only the applicant (or who acts for it) rates; staff see no names here and rate nothing. */
static result own_case(const struct request *q, struct rated *of, bool *ended)
{
    struct id id, subject;
    enum case_audience who;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    TRY(case_may_see(q->city, q->a, q->actor, id, &who, &subject));
    if (who != VIEW_OWNER) return fail(q->a, CODE_NOT_FOUND, S("case"), "value", q->params[0], NULL);
    TRY(rated_case(q->city, q->a, id, of, ended));
    of->channel = S("online");
    return ok();
}

/* Whoever acted on the case does not rate it, whatever account they use. */
static result not_by_officer(const struct request *q, struct id case_id)
{
    struct rows officers, own;
    TRY(rated_officers(q->city, q->a, case_id, ID_NONE, &officers));
    for (size_t i = 0; i < officers.n; i++) {
        TRY(store_query(q->city->store, q->a, &STAFF_OWN_CASE,
                        BINDS(row(&officers, i)[0], sql_id(&case_id), sql_int(q->now)), &own));
        if (own.n) return fail(q->a, CODE_RATING_OWN, S("case"), NULL);
    }
    return ok();
}

static result reply_ratings(const struct request *q, const struct rated *of, bool ended, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    const struct json *list;
    bool here = false;
    TRY(ratings_of_case(q->city, q->a, of->case_id, &list));
    for (size_t i = 0; i < list->n; i++) here = here || slice_eq(json_string(list->items[i], "channel"), of->channel);
    json_set_bool(&b, "open", ended && !here);
    json_set(&b, "grades", grades_json(q->a));
    json_set_int(&b, "text_max", RATING_TEXT_MAX);
    json_set(&b, "ratings", list);
    r->body = json_object(&b);
    return ok();
}

static result look(const struct request *q, struct reply *r)
{
    struct rated of;
    bool ended;
    TRY(own_case(q, &of, &ended));
    return reply_ratings(q, &of, ended, r);
}

static result give(const struct request *q, struct reply *r)
{
    struct rated of;
    struct id rating;
    bool ended;
    struct rating_given g = {.text = slice_trim(json_string(q->body, "text")), .key = q->idempotency_key};
    TRY(own_case(q, &of, &ended));
    if (!ended) return fail(q->a, CODE_RATING_EARLY, S("case"), NULL);
    TRY(not_by_officer(q, of.case_id));
    if (!grade_scan(json_string(q->body, "grade"), &g.grade)) return fail(q->a, CODE_FIELD_REQUIRED, S("/grade"), NULL);
    TRY(rating_give(q->city, q->a, &of, &g, q->now, &rating, &r->replayed));
    r->status = 201;
    return reply_ratings(q, &of, ended, r);
}

#define REPLY                                                                                                   \
    "{\"type\":\"object\",\"properties\":{\"open\":{\"type\":\"boolean\"},\"text_max\":{\"type\":\"integer\"}," \
    "\"grades\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"ratings\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}"

const struct endpoint EP_RATING_CASE = {.method = "GET",
                                        .path = "/cases/{id}/rating",
                                        .right = {RIGHT_SELF, 0, false},
                                        .summary_zh = "办件的评价，及是否可以评价",
                                        .summary_en = "Ratings of a case, and whether it can be rated",
                                        .reply_schema = REPLY,
                                        .handle = look};
const struct endpoint EP_RATING_CASE_GIVE = {
    .method = "POST",
    .path = "/cases/{id}/rating",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "评价办件",
    .summary_en = "Rate a case",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"grade\"],\"properties\":{\"grade\":{\"enum\":["
        "\"very_satisfied\",\"satisfied\",\"fairly_satisfied\",\"dissatisfied\",\"very_dissatisfied\"]},"
        "\"text\":{\"type\":\"string\",\"maxLength\":500}}}",
    .reply_schema = REPLY,
    .handle = give};
