/* Evidence of a task (佐证材料): a file by its hash, a published service, a publication, or a live figure. */
#include "areas/00_supervision/plan.h"

#include "areas/00_supervision/publications/news.h"
#include "city/drafts/drafts.h"
#include "city/sql.h"

static const struct stmt EVIDENCE_ADD = {
    "plan_evidence_add",
    "INSERT INTO plan_evidence (id, task_no, kind, title, ref, added_by, added_at) VALUES (?1,?2,?3,?4,?5,?6,?7)", NULL,
    false};

/* of a task: each file once, however often it is named; ?2 is the file that comes */
static const struct stmt TASK_BYTES = {
    "plan_task_bytes",
    "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM plan_file WHERE hash = ?2 OR hash IN"
    " (SELECT ref FROM plan_evidence WHERE task_no = ?1 AND kind = 'file')",
    NULL, false};

/* A link to a live figure is an address of this city's own interface or pages: what it shows is read there, never typed in. */
static bool own_address(struct slice s)
{
    if (s.n < 2 || s.n > 400 || s.p[0] != '/' || s.p[1] == '/') return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= 0x20 || s.p[i] >= 0x7f || s.p[i] == '\\') return false;
    return true;
}

static result ref_check(const struct request *q, struct slice kind, struct slice ref)
{
    const struct service *s;
    struct plan_file f;
    bool released;
    if (slice_is(kind, "service")) return catalogue_current(q->city->catalogue, q->a, ref, &s);
    if (slice_is(kind, "file")) return plan_file_head(q->city, q->a, ref, &f);
    if (slice_is(kind, "publication")) {
        TRY(news_released(q->city, q->a, ref, &released));
        return released ? ok() : fail(q->a, CODE_NOT_FOUND, S("/ref"), "value", ref, NULL);
    }
    if (own_address(ref)) return ok();
    return fail(q->a, CODE_PLAN_STATE, S("/ref"), "detail_zh", S("实时数据须为本系统内以 / 开头的地址"), "detail_en",
                S("a live figure is an address of this system that begins with /"), NULL);
}

static result evidence_write(struct tx *tx, struct arena *a, struct plan_act *act, const struct plan_task *t)
{
    struct id id = id_new(act->now);
    struct rows r;
    if (slice_is(json_string(act->args, "kind"), "file")) {
        TRY(tx_query(tx, a, &TASK_BYTES, BINDS(sql_int(t->no), sql_text(json_string(act->args, "ref"))), &r));
        TRY(plan_file_room(a, S("/ref"), row(&r, 0)[0].i, 0, act->c->evidence_task));
    }
    return tx_exec(tx, a, &EVIDENCE_ADD,
                   BINDS(sql_id(&id), sql_int(t->no), sql_text(json_string(act->args, "kind")),
                         sql_text(json_string(act->args, "title")), sql_text(json_string(act->args, "ref")),
                         sql_id(&act->x->account), sql_int(act->now)),
                   NULL);
}

static result evidence_add(const struct request *q, struct reply *r)
{
    struct plan_act act = {.c = q->city,
                           .x = q->actor,
                           .now = q->now,
                           .kind = "evidence",
                           .parties = PLAN_TAKE_PART,
                           .details = q->body,
                           .args = q->body,
                           .write = evidence_write};
    TRY(plan_number(q->a, q->params[0], &act.no));
    TRY(ref_check(q, json_string(q->body, "kind"), json_string(q->body, "ref")));
    TRY(plan_do(q->a, &act));
    return plan_task_full(q->city, q->a, q->actor, act.no, q->now, &r->body);
}

/* ---- files ---- */

static result file_add(const struct request *q, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    struct plan_file f;
    TRY(plan_file_keep(q->city, q->a, q->actor, request_query(q, "name"), q->body_bytes, q->now, &f));
    json_set_str(&b, "sha256", f.hash);
    json_set_str(&b, "name", f.name);
    json_set_str(&b, "type", f.type);
    json_set_int(&b, "size", f.size);
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

static result file(const struct request *q, struct reply *r)
{
    struct plan_file f;
    TRY(plan_file_load(q->city, q->a, q->params[0], &f));
    r->filename = f.name;
    r->content_type = slice_cstr(attachment_media_type(f.type));
    r->bytes = f.bytes;
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "name", .help_zh = "文件名", .help_en = "the file's name"},
    {.name = NULL},
};

const struct endpoint EP_PLAN_EVIDENCE_ADD = {
    .method = "POST",
    .path = "/plan/tasks/{no}/evidence",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "提供佐证材料",
    .summary_en = "Add evidence",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"kind\",\"title\",\"ref\"],\"properties\":{"
        "\"kind\":{\"enum\":[\"file\",\"figure\",\"service\",\"publication\"]},\"title\":{\"type\":\"string\",\"minLength\":1,"
        "\"maxLength\":200},\"ref\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":400}}}",
    .reply_schema = "{\"type\":\"object\",\"description\":\"PlanTask, whole: as GET /plan/tasks/{no}\"}",
    .handle = evidence_add};
const struct endpoint EP_PLAN_FILE_ADD = {
    .method = "POST",
    .path = "/plan/files",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_RAW_BODY,
    .body_max = PLAN_UPLOAD_MAX,
    .summary_zh = "上传佐证文件（不得含个人信息）",
    .summary_en = "Upload a file as evidence (without personal data)",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"sha256\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},\"type\":{"
        "\"type\":\"string\"},\"size\":{\"type\":\"integer\"}}}",
    .handle = file_add};
const struct endpoint EP_PLAN_FILE = {.method = "GET",
                                      .path = "/plan/files/{sha256}",
                                      .right = {RIGHT_STAFF, 0, false},
                                      .summary_zh = "下载佐证文件",
                                      .summary_en = "A file of evidence",
                                      .handle = file};
