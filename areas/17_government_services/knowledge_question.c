/* Questions that nobody answered, without personal data. */
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"

enum { KEPT_BYTES = 120, DIGITS_MAX = 4 };

static const struct stmt ASKED = {
    "kb_question_asked",
    "INSERT INTO kb_question (id, hash, lang, text, department, times, first_at, last_at, state, article)"
    " VALUES (?1,?2,?3,?4,?5,1,?6,?6,'open','') ON CONFLICT (hash) DO UPDATE SET times = kb_question.times + 1,"
    " last_at = excluded.last_at, department = excluded.department,"
    " text = CASE WHEN kb_question.text = '' THEN ?7 ELSE kb_question.text END,"
    " state = CASE WHEN kb_question.state IN ('dismissed', 'drafted') THEN kb_question.state ELSE 'open' END",
    NULL, false};
/* What was asked once only goes after 30 days, whatever else after a year. */
static const struct stmt OLD = {
    "kb_question_old", "DELETE FROM kb_question WHERE last_at < ?1 OR (text = '' AND last_at < ?2)", NULL, false};
#define DAYS(n) ((instant)(n)*86400 * 1000)
static const struct stmt OWNER = {"kb_question_owner", "SELECT owner FROM kb_article WHERE key = ?1", NULL, false};

/* A word that is a number of a paper, a telephone, an account, or stands in an address. */
static bool tells_who(struct slice word)
{
    size_t digits = 0;
    for (size_t i = 0; i < word.n; i++) digits += word.p[i] >= '0' && word.p[i] <= '9';
    return digits > DIGITS_MAX;
}

/* Digits stand apart from the characters around them only when cut out: "电话13800138000号". */
static size_t run_of_ascii(struct slice t, size_t i)
{
    size_t n = 0;
    while (i + n < t.n && (uint8_t)t.p[i + n] < 0x80 && t.p[i + n] != ' ') n++;
    return n;
}

struct slice question_clean(struct arena *a, struct slice text)
{
    /* what has an @ is an address: out before folding takes the sign away */
    struct buf b = buf_new(a, SEARCH_QUERY_MAX + 1);
    text = slice_sub(text, 0, SEARCH_QUERY_MAX);
    for (size_t i = 0; i < text.n;) {
        size_t n = run_of_ascii(text, i);
        struct slice run = slice_sub(text, i, n ? n : 1);
        if (slice_find(run, '@', 0) == SIZE_MAX) buf_put(&b, run);
        i += run.n;
    }
    struct slice t = search_question(a, buf_slice(&b));
    struct buf out = buf_new(a, SEARCH_QUERY_MAX * 2);
    for (size_t i = 0; i < t.n;) {
        size_t n = run_of_ascii(t, i);
        struct slice run = slice_sub(t, i, n ? n : 1);
        if (!tells_who(run)) buf_put(&out, run);
        i += run.n;
    }
    struct slice kept = slice_sub(slice_trim(buf_slice(&out)), 0, KEPT_BYTES);
    return slice_trim(slice_sub(kept, 0, slice_utf8_end(kept)));
}

struct asking {
    struct id id;
    struct slice hash, lang, text, department;
    bool at_once;
    instant now;
};

static result record_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct asking *q = ctx;
    TRY(tx_exec(tx, a, &OLD, BINDS(sql_int(q->now - DAYS(365)), sql_int(q->now - DAYS(30))), NULL));
    return tx_exec(tx, a, &ASKED,
                   BINDS(sql_id(&q->id), sql_blob(q->hash), sql_text(q->lang), sql_text(q->at_once ? q->text : S("")),
                         sql_text(q->department), sql_int(q->now), sql_text(q->text)),
                   NULL);
}

/* Whose it probably is: the owner of the nearest article. */
static result probable_owner(struct city *c, struct arena *a, enum lang lang, struct slice text, struct slice *out)
{
    struct search_hit *hits;
    struct rows r;
    size_t n;
    *out = S("");
    TRY(search_find(c->store, a, lang == LANG_EN ? SEARCH_KNOWLEDGE_EN : SEARCH_KNOWLEDGE_ZH, text, 1, NULL, &hits,
                    &n));
    if (!n) return ok();
    TRY(store_query(c->store, a, &OWNER, BINDS(sql_text(hits[0].ref)), &r));
    if (r.n) *out = row(&r, 0)[0].s;
    return ok();
}

result question_record(struct city *c, struct arena *a, const struct actor *x, enum lang lang, struct slice text,
                       instant now)
{
    struct asking q = {.id = id_new(now),
                       .lang = lang == LANG_EN ? S("en") : S("zh-CN"),
                       .text = question_clean(a, text),
                       .at_once = x && x->kind == ACTOR_STAFF,
                       .now = now};
    if (!q.text.n) return ok();
    q.hash = vault_index(c, a, lang == LANG_EN ? "kb.question.en" : "kb.question.zh", q.text);
    TRY(probable_owner(c, a, lang, q.text, &q.department));
    return store_run(c->store, a, "question_record", record_body, &q);
}

/* ---- for the owners ---- */

/* ?1 state, ?2 department ("": all), ?3 how many: the most often asked first */
static const struct stmt LIST = {
    "kb_question_list",
    "SELECT id, lang, text, department, times, first_at, last_at, state, article FROM kb_question"
    " WHERE state = ?1 AND text <> '' AND (?2 = '' OR department = ?2) ORDER BY times DESC, id DESC LIMIT ?3",
    NULL, false};
static const struct stmt SETTLE = {"kb_question_settle",
                                   "UPDATE kb_question SET state = ?2, article = ?3 WHERE id = ?1", NULL, false};
static const struct stmt ARTICLE = {"kb_question_article", "SELECT version FROM kb_article WHERE key = ?1", NULL,
                                    false};
static const struct stmt ANSWERED = {
    "kb_question_answered", "UPDATE kb_question SET state = 'answered' WHERE article = ?1 AND state = 'drafted'", NULL,
    false};
static const struct stmt REOPENED = {
    "kb_question_reopened",
    "UPDATE kb_question SET state = 'open', article = '' WHERE article = ?1 AND state IN ('drafted', 'answered')", NULL,
    false};

result questions_follow(struct tx *tx, struct arena *a, struct slice key, bool published)
{
    return tx_exec(tx, a, published ? &ANSWERED : &REOPENED, BINDS(sql_text(key)), NULL);
}

static result list(const struct request *q, struct reply *r)
{
    struct rows rows;
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    const struct citydata *d = catalogue_data(q->city->catalogue);
    struct slice state = request_query(q, "state");
    TRY(store_query(
        q->city->store, q->a, &LIST,
        BINDS(sql_text(state.n ? state : S("open")), sql_text(request_query(q, "department")), sql_int(100)), &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct json_builder o = json_builder(q->a);
        json_set_id(&o, "id", v[0].s);
        json_set_str(&o, "lang", v[1].s);
        json_set_str(&o, "text", v[2].s);
        json_set(&o, "department", v[3].s.n ? citydata_department_json(q->a, d, v[3].s) : json_null());
        json_set_int(&o, "times", v[4].i);
        json_set_instant(&o, "first_at", v[5].i);
        json_set_instant(&o, "last_at", v[6].i);
        json_set_str(&o, "state", v[7].s);
        json_set(&o, "article", v[8].s.n ? json_of_string(q->a, v[8].s) : json_null());
        json_add(&items, json_object(&o));
    }
    json_set(&b, "items", json_array(&items));
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter LIST_QUERY[] = {
    {.name = "state",
     .help_zh = "状态：未答、正在编写、已答、不予回答",
     .help_en = "open, being written (an article waits), answered or dismissed",
     .choices = "open|drafted|answered|dismissed",
     .standard = "open"},
    {.name = "department", .help_zh = "部门代码", .help_en = "code of a department", .most = 40},
    {.name = NULL},
};

const struct endpoint EP_QUESTIONS = {
    .method = "GET",
    .path = "/desk/knowledge/questions",
    .right = {.kind = RIGHT_ROLES, .roles = TEXT_WRITERS},
    .summary_zh = "知识库未能回答的问题，问得最多的在前（最多 100 条）",
    .summary_en = "Questions that the knowledge base did not answer, the most frequent first (at most 100)",
    .query = LIST_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = list};

static result settle_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct request *q = ctx;
    struct id id;
    struct rows r;
    int64_t changed;
    struct slice state = S("dismissed");
    struct json_builder b = json_builder(a);
    struct slice article = json_string(q->body, "article");
    TRY(id_parse(a, q->params[0], S("id"), &id));
    if (article.n) {
        TRY(tx_query(tx, a, &ARTICLE, BINDS(sql_text(article)), &r));
        if (!r.n) return fail(a, CODE_NOT_FOUND, S("/article"), "value", article, NULL);
        state = row(&r, 0)[0].i ? S("answered") : S("drafted");
    }
    TRY(tx_exec(tx, a, &SETTLE, BINDS(sql_id(&id), sql_text(state), sql_text(article)), &changed));
    if (!changed) return fail(a, CODE_NOT_FOUND, S("id"), "value", q->params[0], NULL);
    json_set_id(&b, "question", id_bytes(&id));
    if (article.n) json_set_str(&b, "article", article);
    return audit_add(tx, a, q->actor, q->now, "knowledge.question_settled", json_object(&b));
}

static result settle(const struct request *q, struct reply *r)
{
    struct request copy = *q;
    r->status = 204;
    return store_run(q->city->store, q->a, "question_settle", settle_body, &copy);
}

const struct endpoint EP_QUESTION_SETTLE = {
    .method = "POST",
    .path = "/desk/knowledge/questions/{id}/settle",
    .right = {.kind = RIGHT_ROLES, .roles = TEXT_WRITERS},
    .flags = EP_JSON_BODY,
    .summary_zh = "了结一个未答问题：已由某篇文章回答（未发布的，发布时即为已答），或不予回答",
    .summary_en =
        "Settles a question: an article answers it (one that waits: once it is published), or it is none for the knowledge base",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"article\":{\"type\":\"string\",\"maxLength\":60}}}",
    .handle = settle};
