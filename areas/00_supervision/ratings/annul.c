/* rating.annul: a rating that was found to be a mistake, or malicious, is not counted (国办发〔2019〕51号: 误评、恶意差评). Only the process
 * of its ticket says so; here it becomes a fact, and the fact a row. */
#include "areas/00_supervision/ratings/ratings.h"

static result run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    struct id id;
    int64_t grade;
    if (!id_scan(json_string(x->input, "rating"), &id))
        return fail(x->a, CODE_NOT_FOUND, S("/rating"), "value", json_string(x->input, "rating"), NULL);
    if (!grade_scan(json_string(x->input, "grade"), &grade))
        return fail(x->a, CODE_NOT_FOUND, S("/grade"), "value", json_string(x->input, "grade"), NULL);
    struct slice month = json_string(x->input, "month"); /* "2021-09" */
    int64_t y, m;
    if (month.n != 7 || !slice_int64(slice_sub(month, 0, 4), &y) || !slice_int64(slice_sub(month, 5, 2), &m))
        return fail(x->a, CODE_NOT_FOUND, S("/month"), "value", month, NULL);
    json_set_int(&b, "month", y * 100 + m);
    json_set_int(&b, "at", x->now);
    *output = json_merge(x->a, x->input, json_object(&b));
    return ok();
}

const struct verb VERB_RATING_ANNUL = {
    .name = "rating.annul",
    .kind = VERB_LOCAL,
    .summary_zh = "误评不计入统计",
    .summary_en = "A mistaken rating is not counted",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"rating\",\"grade\",\"month\",\"department\"],\"properties\":{\"rating\":{\"type\":\"string\"},"
        "\"grade\":{\"type\":\"string\"},\"month\":{\"type\":\"string\"},\"service\":{\"type\":\"string\"},\"department\":{\"type\":\"string\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"rating\":{\"type\":\"string\"},\"at\":{\"type\":\"integer\"}}}",
    .run = run};

static const struct stmt ANNULLED = {
    "rating_annulled_insert",
    "INSERT INTO rating_annulled (rating, case_id, month, service, department, grade, at) VALUES (?1,?2,?3,?4,?5,?6,?7)",
    NULL, false};
static const struct stmt CLEAR = {"clear_rating_annulled", "DELETE FROM rating_annulled", NULL, false};
const struct stmt *const RATINGS_CLEAR[] = {&CLEAR, NULL};

result ratings_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d)
{
    const struct json *v = json_get(fact, "output");
    int64_t grade = 0;
    (void)a;
    if (!slice_is(json_string(fact, "verb"), "rating.annul") || !grade_scan(json_string(v, "grade"), &grade))
        return ok();
    struct id *ticket = NEW(d->a, struct id);
    *ticket = case_id;
    decision_write(d, &ANNULLED, 1, 7, sql_text(json_string(v, "rating")), sql_id(ticket),
                   sql_int(json_int(v, "month", 0)), sql_text(json_string(v, "service")),
                   sql_text(json_string(v, "department")), sql_int(grade), sql_int(json_int(v, "at", 0)));
    return ok();
}
