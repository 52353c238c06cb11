/* What the process of a request records, and how it is folded into the tables of figures. The verbs compute nothing: they say when
 * something happened, so that a rebuild finds the same. */
#include "areas/17_government_services/hotline/hotline.h"

static result record(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    json_set_str(&b, "number", x->case_number);
    json_set_int(&b, "at", x->now);
    *output = json_merge(x->a, x->input, json_object(&b));
    return ok();
}

#define TEXT(name) "\"" name "\":{\"type\":\"string\"}"
#define NUMBER(name) "\"" name "\":{\"type\":\"integer\"}"
#define SCHEMA(required, properties) "{\"type\":\"object\",\"required\":[" required "],\"properties\":{" properties "}}"
#define OUTPUT SCHEMA("\"at\"", NUMBER("at"))

const struct verb VERB_HOTLINE_OPEN = {.name = "hotline.open",
                                       .kind = VERB_LOCAL,
                                       .summary_zh = "登记企业诉求",
                                       .summary_en = "Registers a request of an enterprise",
                                       .input_schema = SCHEMA("\"kind\",\"channel\"", TEXT("kind") "," TEXT("channel")),
                                       .output_schema = OUTPUT,
                                       .run = record};
const struct verb VERB_HOTLINE_ASSIGN = {
    .name = "hotline.assign",
    .kind = VERB_LOCAL,
    .summary_zh = "派单给承办部门",
    .summary_en = "Passes it on to a department",
    .input_schema = SCHEMA("\"kind\",\"topic\",\"department\"",
                           TEXT("kind") "," TEXT("topic") "," NUMBER("area") "," TEXT(
                               "department") ",\"urgent\":{\"type\":\"boolean\"},\"officer\":{\"type\":\"boolean\"}"),
    .output_schema = SCHEMA("\"at\"", NUMBER("at") "," TEXT("department")),
    .run = record};
const struct verb VERB_HOTLINE_RETURN = {.name = "hotline.return",
                                         .kind = VERB_LOCAL,
                                         .summary_zh = "部门退回派单",
                                         .summary_en = "A department sends it back",
                                         .input_schema = SCHEMA("\"department\"", TEXT("department")),
                                         .output_schema = OUTPUT,
                                         .run = record};
const struct verb VERB_HOTLINE_REPLY = {
    .name = "hotline.reply",
    .kind = VERB_LOCAL,
    .summary_zh = "记录答复及其所依据的知识库文章",
    .summary_en = "Records the reply, and the article it rests on",
    .input_schema = SCHEMA("\"department\",\"round\"",
                           TEXT("department") "," TEXT("article") "," NUMBER("article_version") "," NUMBER(
                               "round") "," TEXT("kind") "," TEXT("topic")),
    .output_schema = OUTPUT,
    .run = record};
const struct verb VERB_HOTLINE_VISIT = {.name = "hotline.visit",
                                        .kind = VERB_LOCAL,
                                        .summary_zh = "记录回访结果",
                                        .summary_en = "Records what was said at the return visit",
                                        .input_schema =
                                            SCHEMA("\"outcome\",\"round\"", TEXT("outcome") "," NUMBER("round")),
                                        .output_schema = OUTPUT,
                                        .run = record};
const struct verb VERB_HOTLINE_REFUSE = {.name = "hotline.refuse",
                                         .kind = VERB_LOCAL,
                                         .summary_zh = "记录不予受理",
                                         .summary_en = "Records that it is not taken",
                                         .input_schema = SCHEMA("\"kind\",\"topic\"", TEXT("kind") "," TEXT("topic")),
                                         .output_schema = OUTPUT,
                                         .run = record};
const struct verb VERB_HOTLINE_ESCALATE = {
    .name = "hotline.escalate",
    .kind = VERB_LOCAL,
    .summary_zh = "超时上报",
    .summary_en = "Puts a late request before the head, then before the leader",
    .input_schema =
        SCHEMA("\"level\",\"stage\",\"department\"", NUMBER("level") "," TEXT("stage") "," TEXT("department")),
    .output_schema = OUTPUT,
    .run = record};

/* ---- the tables ---- */

static const struct stmt OPEN = {
    "hotline_open",
    "INSERT INTO hotline_ticket (case_id, number, kind, channel, topic, area, department, urgent, officer, filed_at, assigned_at,"
    " replied_at, article, article_version, round, satisfaction, visited_at, level, returned)"
    " VALUES (?1,?2,?3,?4,'',0,'',0,0,?5,0,0,'',0,0,'',0,0,0)",
    NULL, false};
static const struct stmt ASSIGN = {
    "hotline_assign",
    "UPDATE hotline_ticket SET kind = ?2, topic = ?3, area = ?4, department = ?5, urgent = ?6, officer = ?7, assigned_at = ?8"
    " WHERE case_id = ?1",
    NULL, false};
static const struct stmt RETURN = {"hotline_returned",
                                   "UPDATE hotline_ticket SET returned = returned + 1 WHERE case_id = ?1", NULL, false};
/* The first reply keeps its time; the article is the last one's. */
static const struct stmt REPLY = {
    "hotline_reply",
    "UPDATE hotline_ticket SET department = ?2, article = ?3, article_version = ?4, round = ?5, kind = ?6, topic = ?7,"
    " replied_at = CASE WHEN replied_at = 0 THEN ?8 ELSE replied_at END WHERE case_id = ?1",
    NULL, false};
static const struct stmt VISIT = {
    "hotline_visit", "UPDATE hotline_ticket SET satisfaction = ?2, visited_at = ?3 WHERE case_id = ?1", NULL, false};
static const struct stmt REFUSE = {"hotline_refuse",
                                   "UPDATE hotline_ticket SET kind = ?2, topic = ?3 WHERE case_id = ?1", NULL, false};
static const struct stmt LEVEL = {
    "hotline_level", "UPDATE hotline_ticket SET level = CASE WHEN level < ?2 THEN ?2 ELSE level END WHERE case_id = ?1",
    NULL, false};
static const struct stmt ESCALATED = {
    "hotline_escalated",
    "INSERT INTO hotline_escalation (case_id, at, stage, level, department) VALUES (?1,?2,?3,?4,?5)"
    " ON CONFLICT (case_id, at, stage, level) DO NOTHING",
    NULL, false};

static const struct stmt CLEAR_TICKETS = {"clear_hotline_ticket", "DELETE FROM hotline_ticket", NULL, false};
static const struct stmt CLEAR_ESCALATIONS = {"clear_hotline_escalation", "DELETE FROM hotline_escalation", NULL,
                                              false};
const struct stmt *const HOTLINE_CLEAR[] = {&CLEAR_TICKETS, &CLEAR_ESCALATIONS, NULL};

static void fold_reply(struct decision *d, const struct id *id, const struct json *v)
{
    decision_write(d, &REPLY, -1, 8, sql_id(id), sql_text(json_string(v, "department")),
                   sql_text(json_string(v, "article")), sql_int(json_int(v, "article_version", 0)),
                   sql_int(json_int(v, "round", 0)), sql_text(json_string(v, "kind")),
                   sql_text(json_string(v, "topic")), sql_int(json_int(v, "at", 0)));
}

static void fold_assign(struct decision *d, const struct id *id, const struct json *v)
{
    decision_write(d, &ASSIGN, -1, 8, sql_id(id), sql_text(json_string(v, "kind")), sql_text(json_string(v, "topic")),
                   sql_int(json_int(v, "area", 0)), sql_text(json_string(v, "department")),
                   sql_int(json_bool(v, "urgent", false)), sql_int(json_bool(v, "officer", false)),
                   sql_int(json_int(v, "at", 0)));
}

static void fold_escalation(struct decision *d, const struct id *id, const struct json *v)
{
    decision_write(d, &LEVEL, -1, 2, sql_id(id), sql_int(json_int(v, "level", 0)));
    decision_write(d, &ESCALATED, -1, 5, sql_id(id), sql_int(json_int(v, "at", 0)), sql_text(json_string(v, "stage")),
                   sql_int(json_int(v, "level", 0)), sql_text(json_string(v, "department")));
}

result hotline_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d)
{
    const struct json *v = json_get(fact, "output");
    struct slice verb = json_string(fact, "verb");
    struct id *id = NEW(d->a, struct id);
    *id = case_id;
    (void)a;
    if (slice_is(verb, "hotline.open"))
        decision_write(d, &OPEN, 1, 5, sql_id(id), sql_text(json_string(v, "number")), sql_text(json_string(v, "kind")),
                       sql_text(json_string(v, "channel")), sql_int(json_int(v, "at", 0)));
    if (slice_is(verb, "hotline.assign")) fold_assign(d, id, v);
    if (slice_is(verb, "hotline.return")) decision_write(d, &RETURN, -1, 1, sql_id(id));
    if (slice_is(verb, "hotline.reply")) fold_reply(d, id, v);
    if (slice_is(verb, "hotline.visit"))
        decision_write(d, &VISIT, -1, 3, sql_id(id), sql_text(json_string(v, "outcome")),
                       sql_int(json_int(v, "at", 0)));
    if (slice_is(verb, "hotline.refuse"))
        decision_write(d, &REFUSE, -1, 3, sql_id(id), sql_text(json_string(v, "kind")),
                       sql_text(json_string(v, "topic")));
    if (slice_is(verb, "hotline.escalate")) fold_escalation(d, id, v);
    return ok();
}
