/* The knowledge base and the guide, as their users meet them. */
#include "areas/17_government_services/handover.h"
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"
#include "city/testkit.h"

struct kit {
    struct city_kit k;
    struct actor handler, publisher, other_publisher, stranger;
};

static void open_kit(struct kit *t, struct store_fixture *f)
{
    int applied;
    city_kit_open(&t->k, f);
    assert_good(f->a, store_migrate(t->k.c.store, f->a, AREA_17_MIGRATIONS, AREA_17_NMIGRATIONS, &applied));
    t->handler = kit_staff(&t->k, "writer", ROLE_HANDLER);
    t->publisher = kit_staff(&t->k, "publisher", ROLE_PUBLISHER);
    t->other_publisher = kit_staff(&t->k, "publisher2", ROLE_PUBLISHER);
    t->stranger = kit_staff(&t->k, "auditor", ROLE_AUDITOR);
}

static const struct json *content(struct kit *t, const char *zh, const char *en, int days)
{
    struct arena *a = t->k.a;
    return test_json(
        a, arena_printf(
               a,
               "{\"owner\":\"scjg\",\"review_on\":\"%.*s\",\"title\":{\"zh\":\"%s\",\"en\":\"%s\"},\"body\":{\"zh\":"
               "\"%s：在网上办理，一个工作日办结。\",\"en\":\"%s: online, within one working day.\"},"
               "\"words\":[\"执照\"],\"laws\":[{\"zh\":\"公司法第二十九条\",\"en\":\"Company Law art. 29\"}]}",
               SLICE_ARG(day_text(a, day_of_instant(t->k.now) + days)), zh, en, zh, en));
}

static const struct knowledge_filter ANY;

/* key of the best hit, "-" when the question counts as unanswered */
static struct slice ask(struct kit *t, enum lang lang, const char *q)
{
    const struct json *v;
    assert_good(t->k.a, knowledge_search(&t->k.c, t->k.a, lang, slice_cstr(q), ANY, 5, false, t->k.now, &v));
    if (!json_bool(v, "answered", false)) return S("-");
    return json_string(json_get(v, "items")->items[0], "key");
}

static result call(struct kit *t, const struct endpoint *e, const struct actor *x, const char *param,
                   const char *param2, const char *query, const char *body, struct reply *r)
{
    struct arena *a = t->k.a;
    struct request q = {.a = a,
                        .city = &t->k.c,
                        .actor = x,
                        .now = t->k.now,
                        .lang = LANG_ZH,
                        .params = {slice_cstr(param), slice_cstr(param2)},
                        .nparams = 2,
                        .query = slice_cstr(query),
                        .body = body ? test_json(a, slice_cstr(body)) : NULL};
    memset(r, 0, sizeof *r);
    return door_call(e, &q, r);
}

static void published_by_two_people(struct store_fixture *f)
{
    struct kit t;
    struct arena *a = f->a;
    int64_t v;
    const struct json *out;
    open_kit(&t, f);
    struct city *c = &t.k.c;
    const struct json *first = content(&t, "营业执照怎么办理", "Getting a business licence", 100);
    assert_code(knowledge_submit(c, a, &t.stranger, S("licence"), first, true, t.k.now, &v), CODE_FORBIDDEN);
    assert_good(a, knowledge_submit(c, a, &t.handler, S("licence"), first, true, t.k.now, &v));
    assert_int_equal(v, 1);
    assert_code(knowledge_submit(c, a, &t.handler, S("licence"), first, true, t.k.now, &v), CODE_CONFLICT);
    assert_slice(ask(&t, LANG_ZH, "营业执照怎么办"), "-");
    assert_code(knowledge_public(c, a, S("licence"), t.k.now, &out), CODE_NOT_FOUND);
    assert_code(knowledge_decide(c, a, &t.handler, S("licence"), 1, true, S(""), t.k.now), CODE_FORBIDDEN);
    assert_good(a, knowledge_decide(c, a, &t.publisher, S("licence"), 1, true, S(""), t.k.now));
    assert_slice(ask(&t, LANG_ZH, "營業執照怎麼辦"), "licence");
    assert_slice(ask(&t, LANG_EN, "How do I get a business licence?"), "licence");
    /* who publishes may write too, but not publish what they wrote */
    const struct json *second = content(&t, "食品经营许可怎么办理", "Getting a food permit", 100);
    assert_good(a, knowledge_submit(c, a, &t.publisher, S("licence"), second, false, t.k.now, &v));
    assert_code(knowledge_decide(c, a, &t.publisher, S("licence"), 2, true, S(""), t.k.now), CODE_TWO_PEOPLE);
    assert_code(knowledge_decide(c, a, &t.other_publisher, S("licence"), 2, false, S(""), t.k.now),
                CODE_FIELD_REQUIRED);
    assert_slice(ask(&t, LANG_ZH, "食品经营许可"), "-");
    assert_good(a, knowledge_decide(c, a, &t.other_publisher, S("licence"), 2, true, S(""), t.k.now));
    assert_code(knowledge_decide(c, a, &t.other_publisher, S("licence"), 2, true, S(""), t.k.now),
                CODE_REQUEST_SETTLED);
    assert_slice(ask(&t, LANG_ZH, "食品经营许可"), "licence"); /* the new text is found, the old is not */
    assert_slice(ask(&t, LANG_EN, "business"), "-");
    assert_good(a, knowledge_public(c, a, S("licence"), t.k.now, &out));
    assert_int_equal(json_int(out, "version", 0), 2);
    assert_good(a, knowledge_search(c, a, LANG_ZH, S("食品经营许可"), ANY, 5, true, t.k.now,
                                    &out)); /* who uses it says which */
    assert_int_equal(json_int(json_get(out, "items")->items[0], "version", 0), 2);
    assert_good(a, knowledge_retire(c, a, &t.publisher, S("licence"), t.k.now));
    assert_slice(ask(&t, LANG_ZH, "食品经营许可"), "-");
}

static void faults_of_an_article_are_named(struct store_fixture *f)
{
    struct kit t;
    int64_t v;
    open_kit(&t, f);
    const struct json *far = content(&t, "甲", "A", 731), *past = content(&t, "甲", "A", -1);
    assert_code(knowledge_submit(&t.k.c, f->a, &t.handler, S("a_a"), far, true, t.k.now, &v), CODE_KNOWLEDGE_REVIEW);
    assert_code(knowledge_submit(&t.k.c, f->a, &t.handler, S("a_a"), past, true, t.k.now, &v), CODE_KNOWLEDGE_REVIEW);
    const struct json *bad =
        json_merge(f->a, content(&t, "甲", "A", 1), test_json(f->a, S("{\"services\":[\"no_such_service\"]}")));
    assert_code(knowledge_submit(&t.k.c, f->a, &t.handler, S("a_a"), bad, true, t.k.now, &v), CODE_NOT_FOUND);
}

static void overdue_articles_are_listed_for_their_owner(struct store_fixture *f)
{
    struct kit t;
    struct reply r;
    int64_t v;
    open_kit(&t, f);
    const struct json *c = content(&t, "公章怎么刻", "Seals", 10);
    assert_good(f->a, knowledge_submit(&t.k.c, f->a, &t.handler, S("seals"), c, true, t.k.now, &v));
    assert_good(f->a, knowledge_decide(&t.k.c, f->a, &t.publisher, S("seals"), 1, true, S(""), t.k.now));
    assert_good(f->a, call(&t, &EP_KNOWLEDGE_LIST, &t.handler, "", "", "list=overdue&department=scjg", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 0);
    t.k.now += INT64_C(11) * 86400 * 1000;
    assert_good(f->a, call(&t, &EP_KNOWLEDGE_LIST, &t.handler, "", "", "list=overdue&department=scjg", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 1);
    struct slice until = day_text(f->a, day_of_instant(t.k.now) + 30);
    char *body = arena_cstr(f->a, arena_printf(f->a, "{\"review_on\":\"%.*s\"}", SLICE_ARG(until)));
    assert_good(f->a, call(&t, &EP_KNOWLEDGE_REVIEW, &t.handler, "seals", "", "", body, &r));
    assert_false(json_bool(r.body, "overdue", true));
    assert_code(call(&t, &EP_KNOWLEDGE_LIST, &t.stranger, "", "", "list=overdue", NULL, &r), CODE_FORBIDDEN);
}

static void questions_are_kept_without_personal_data(struct store_fixture *f)
{
    struct kit t;
    struct arena *a = f->a;
    struct reply r;
    open_kit(&t, f);
    assert_slice(question_clean(a, S("身份证11010519491231002X，电话13800138000，a.b@c.cn 的低保2021年停了？")),
                 "身份证 电话 的低保2021年停了");
    assert_slice(question_clean(a, S("13800138000")), "");
    const struct actor nobody = {.kind = ACTOR_NOBODY};
    const char *asked = "{\"question\":\"张三的摆摊许可怎么办？\"}";
    assert_good(a, call(&t, &EP_KNOWLEDGE_ASK, &nobody, "", "", "", asked, &r));
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM kb_question WHERE text = ''"), 1);
    assert_good(a, call(&t, &EP_QUESTIONS, &t.handler, "", "", "", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 0); /* asked once: nobody reads it */
    assert_good(a, call(&t, &EP_KNOWLEDGE_ASK, &nobody, "", "", "", asked, &r));
    assert_good(a, call(&t, &EP_KNOWLEDGE_ASK, &t.handler, "", "", "", "{\"question\":\"摊位证\"}", &r));
    assert_good(a, call(&t, &EP_QUESTIONS, &t.handler, "", "", "", NULL, &r));
    const struct json *items = json_get(r.body, "items");
    assert_int_equal(items->n, 2);
    assert_slice(json_string(items->items[0], "text"), "张三的摆摊许可");
    assert_int_equal(json_int(items->items[0], "times", 0), 2);
    char *id = arena_cstr(a, json_string(items->items[0], "id"));
    assert_code(call(&t, &EP_QUESTION_SETTLE, &t.handler, id, "", "", "{\"article\":\"none_such\"}", &r),
                CODE_NOT_FOUND);
    assert_good(a, call(&t, &EP_QUESTION_SETTLE, &t.handler, id, "", "", "{}", &r));
    assert_good(a, call(&t, &EP_QUESTIONS, &t.handler, "", "", "", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 1);
    t.k.now += INT64_C(366) * 86400 * 1000; /* and after a year nothing is left */
    assert_good(a, call(&t, &EP_KNOWLEDGE_ASK, &t.handler, "", "", "", "{\"question\":\"夜市\"}", &r));
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM kb_question"), 1);
}

static void publish(struct kit *t, const char *key, const struct json *content)
{
    int64_t v;
    assert_good(t->k.a, knowledge_submit(&t->k.c, t->k.a, &t->handler, slice_cstr(key), content, true, t->k.now, &v));
    assert_good(t->k.a, knowledge_decide(&t->k.c, t->k.a, &t->publisher, slice_cstr(key), v, true, S(""), t->k.now));
}

static const char *nth_key(const struct kit *t, const struct reply *r, size_t i)
{
    return arena_cstr(t->k.a, json_string(json_get(r->body, "items")->items[i], "key"));
}

static void the_most_helpful_come_first(struct store_fixture *f)
{
    struct kit t;
    struct arena *a = f->a;
    struct reply r;
    open_kit(&t, f);
    const struct actor nobody = {.kind = ACTOR_NOBODY};
    publish(&t, "aaa", content(&t, "公章怎么刻", "Seals", 10));
    publish(&t, "bbb", content(&t, "发票怎么领", "Invoices", 10));
    publish(&t, "ccc", content(&t, "公章丢了", "Lost seals", 10));
    assert_code(call(&t, &EP_KNOWLEDGE_FEEDBACK, &nobody, "zzz", "", "", "{\"helpful\":true}", &r), CODE_NOT_FOUND);
    assert_good(a, call(&t, &EP_KNOWLEDGE_FEEDBACK, &nobody, "bbb", "", "", "{\"helpful\":true}", &r));
    assert_good(a, call(&t, &EP_KNOWLEDGE_FEEDBACK, &nobody, "aaa", "", "", "{\"helpful\":false}", &r));
    assert_good(a, call(&t, &EP_KNOWLEDGE_SEARCH, &nobody, "", "", "limit=2", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 2);
    assert_string_equal(nth_key(&t, &r, 0), "bbb");
    assert_string_equal(nth_key(&t, &r, 1), "aaa");
    char *next = arena_cstr(a, arena_printf(a, "cursor=%.*s", SLICE_ARG(json_string(r.body, "next"))));
    assert_good(a, call(&t, &EP_KNOWLEDGE_SEARCH, &nobody, "", "", next, NULL, &r));
    assert_string_equal(nth_key(&t, &r, 0), "ccc");
    assert_code(call(&t, &EP_KNOWLEDGE_SEARCH, &nobody, "", "", "cursor=x", NULL, &r), CODE_QUERY_BAD);
    assert_good(a, call(&t, &EP_KNOWLEDGE_SEARCH, &nobody, "", "", "department=rsj", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 0);
    assert_good(a, call(&t, &EP_KNOWLEDGE_LIST, &t.handler, "", "", "list=unhelpful", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 1);
    assert_string_equal(nth_key(&t, &r, 0), "aaa");
    /* a new version begins again with what did not help */
    int64_t v;
    const struct json *better = content(&t, "公章怎么刻", "Seals", 20);
    assert_good(a, knowledge_submit(&t.k.c, a, &t.handler, S("aaa"), better, false, t.k.now, &v));
    assert_good(a, knowledge_decide(&t.k.c, a, &t.publisher, S("aaa"), v, true, S(""), t.k.now));
    assert_good(a, call(&t, &EP_KNOWLEDGE_LIST, &t.handler, "", "", "list=unhelpful", NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 0);
}

static struct slice about(struct kit *t, const char *query)
{
    struct reply r;
    const struct actor nobody = {.kind = ACTOR_NOBODY};
    struct buf b = buf_new(t->k.a, 200);
    assert_good(t->k.a, call(t, &EP_KNOWLEDGE_SEARCH, &nobody, "", "", query, NULL, &r));
    for (size_t i = 0; i < json_get(r.body, "items")->n; i++) buf_printf(&b, "%s ", nth_key(t, &r, i));
    return buf_slice(&b);
}

/* As they stood before the migration that knows services. */
static result old_articles(struct tx *tx, struct arena *a, void *ctx)
{
    static const struct stmt ARTICLES = {
        "test_kb_article",
        "INSERT INTO kb_article (key, owner, review_on, version, retired_at, created_at) VALUES"
        " ('old', 'scjg', 20000, 2, 0, 0), ('none', 'scjg', 20000, 1, 0, 0)",
        NULL, false};
    static const struct stmt VERSIONS = {
        "test_kb_version",
        "INSERT INTO kb_version (key, version, content, state, made_at, decided_at, reason) VALUES"
        " ('old', 1, '{\"title\":\"a\",\"body\":\"a\",\"services\":[\"gone\"]}', 'replaced', 0, 0, ''),"
        " ('old', 2, '{\"title\":\"a\",\"body\":\"a\",\"services\":[\"seals\",\"seals\",\"tax\"]}', 'published', 0, 0, ''),"
        " ('none', 1, '{\"title\":\"a\",\"body\":\"a\"}', 'published', 0, 0, '')",
        NULL, false};
    (void)ctx;
    TRY(tx_exec(tx, a, &ARTICLES, NULL, 0, NULL));
    return tx_exec(tx, a, &VERSIONS, NULL, 0, NULL);
}

static void articles_are_found_by_service(struct store_fixture *f)
{
    struct kit t;
    int applied;
    /* a city from before this migration: what was published there is known by its services too */
    city_kit_open(&t.k, f);
    assert_good(f->a, store_migrate(t.k.c.store, f->a, AREA_17_MIGRATIONS, 2, &applied));
    assert_good(f->a, store_run(f->s, f->a, "test_old_articles", old_articles, NULL));
    assert_good(f->a, store_migrate(t.k.c.store, f->a, AREA_17_MIGRATIONS, AREA_17_NMIGRATIONS, &applied));
    assert_int_equal(applied, 1);
    assert_slice(about(&t, "service=seals"), "old ");
    assert_slice(about(&t, "service=tax"), "old ");
    assert_slice(about(&t, "service=tax&department=rsj"), "");
    assert_slice(about(&t, "service=gone"), "");
    assert_slice(about(&t, ""), "none old ");
}

/* One article's excerpt in the list, Chinese or English. */
static struct slice excerpt_of(struct kit *t, const char *key, const char *lang)
{
    const struct json *v;
    assert_good(t->k.a, knowledge_card(&t->k.c, t->k.a, slice_cstr(key), t->k.now, &v));
    return json_string(json_get(v, "excerpt"), lang);
}

static const struct json *body_of(struct arena *a, const struct json *content, struct slice zh, struct slice en)
{
    struct json_builder b = json_builder(a);
    json_set(&b, "body", bitext_json(a, (struct bitext){zh, en}));
    return json_merge(a, content, json_object(&b));
}

static void an_excerpt_is_whole_sentences_or_says_that_it_is_cut(struct store_fixture *f)
{
    struct kit t;
    struct arena *a = f->a;
    open_kit(&t, f);
    struct buf zh = buf_new(a, 1000), en = buf_new(a, 1000);
    for (int i = 0; i < 90; i++) buf_put(&zh, S("长"));
    for (int i = 0; i < 50; i++) buf_put(&en, S("words "));
    const struct json *c = content(&t, "甲", "A", 10);
    publish(&t, "short",
            body_of(a, c, S("可以。其他各项以后再办，需要时从“我的办件”里继续，不用重新填写。第三句不在摘要里。"),
                    S("Yes")));
    publish(&t, "long", body_of(a, c, buf_slice(&zh), buf_slice(&en)));
    assert_slice(excerpt_of(&t, "short", "zh"), "可以。其他各项以后再办，需要时从“我的办件”里继续，不用重新填写。");
    assert_slice(excerpt_of(&t, "short", "en"), "Yes");
    struct slice cut = excerpt_of(&t, "long", "zh"), words = excerpt_of(&t, "long", "en");
    assert_int_equal(cut.n, 240 + sizeof "…" - 1);
    assert_true(slice_ends(cut, S("长…")));
    assert_true(slice_ends(words, S("words…")));
}

static int64_t in_state(struct store_fixture *f, const char *state)
{
    return store_test_number(
        f, arena_cstr(f->a, arena_printf(f->a, "SELECT count(*) FROM kb_question WHERE state = '%s'", state)));
}

static void a_question_follows_its_article(struct store_fixture *f)
{
    struct kit t;
    struct arena *a = f->a;
    struct reply r;
    int64_t v;
    open_kit(&t, f);
    assert_good(a, call(&t, &EP_KNOWLEDGE_ASK, &t.handler, "", "", "", "{\"question\":\"摊位证\"}", &r));
    assert_good(a, call(&t, &EP_QUESTIONS, &t.handler, "", "", "", NULL, &r));
    char *id = arena_cstr(a, json_string(json_get(r.body, "items")->items[0], "id"));
    const struct json *c = content(&t, "摊位证", "Stall permit", 10);
    assert_good(a, knowledge_submit(&t.k.c, a, &t.handler, S("stall"), c, true, t.k.now, &v));
    assert_good(a, call(&t, &EP_QUESTION_SETTLE, &t.handler, id, "", "", "{\"article\":\"stall\"}", &r));
    assert_int_equal(in_state(f, "drafted"), 1); /* it waits with the article */
    assert_good(a, knowledge_decide(&t.k.c, a, &t.publisher, S("stall"), v, false, S("太短"), t.k.now));
    assert_int_equal(in_state(f, "open"), 1);
    assert_good(a, knowledge_submit(&t.k.c, a, &t.handler, S("stall"), c, false, t.k.now, &v));
    assert_good(a, call(&t, &EP_QUESTION_SETTLE, &t.handler, id, "", "", "{\"article\":\"stall\"}", &r));
    assert_good(a, knowledge_decide(&t.k.c, a, &t.publisher, S("stall"), v, true, S(""), t.k.now));
    assert_int_equal(in_state(f, "answered"), 1);
    assert_good(a, knowledge_retire(&t.k.c, a, &t.publisher, S("stall"), t.k.now));
    assert_int_equal(in_state(f, "open"), 1);
}

/* ---- the guide ---- */

#define TEXT "{\"zh\":\"甲\",\"en\":\"A\"}"
#define ANSWER(to) "{\"text\":" TEXT "," to "}"
#define NODE(answers) "{\"question\":" TEXT ",\"answers\":[" answers "]}"
#define ENDS ANSWER("\"article\":\"seals\"")
#define GUIDE(nodes) "{\"start\":\"s\",\"nodes\":{" nodes "}}"

static void a_guide_has_no_dead_ends(struct store_fixture *f)
{
    static const struct {
        const char *guide, *field; /* NULL: good */
    } CASES[] = {
        {GUIDE("\"s\":" NODE(ENDS "," ENDS)), NULL},
        {GUIDE("\"s\":" NODE(ENDS "," ANSWER("\"to\":\"t\"")) ",\"t\":" NODE(ENDS "," ENDS)), NULL},
        {GUIDE("\"t\":" NODE(ENDS "," ENDS)), "/start"},
        {GUIDE("\"s\":" NODE(ENDS)), "/nodes/s"},
        {GUIDE("\"s\":" NODE(ENDS "," ANSWER("\"to\":\"nowhere\""))), "/nodes/s/answers/1"},
        {GUIDE("\"s\":" NODE(ENDS "," ANSWER("\"to\":\"s\""))), "/nodes/s/answers/1"},
        {GUIDE("\"s\":" NODE(ENDS "," ENDS) ",\"lost\":" NODE(ENDS "," ENDS)), "/nodes/lost"},
        {GUIDE("\"s\":" NODE(ENDS "," ANSWER("\"service\":\"none_such\""))), "/nodes/s/answers/1"},
        {GUIDE("\"s\":" NODE(ENDS "," ANSWER("\"article\":\"none_such\""))), "/nodes/s/answers/1"},
        {GUIDE("\"s\":" NODE(ENDS "," ANSWER("\"article\":\"seals\",\"to\":\"s\""))), "/nodes/s/answers/1"},
        {GUIDE("\"s\":" NODE(ENDS ","
                                  "{\"text\":{\"zh\":\"甲\"},\"article\":\"seals\"}")),
         "/nodes/s/answers/1"},
    };
    struct kit t;
    struct arena *a = f->a;
    int64_t v;
    open_kit(&t, f);
    const struct json *c = content(&t, "公章怎么刻", "Seals", 10);
    assert_good(a, knowledge_submit(&t.k.c, a, &t.handler, S("seals"), c, true, t.k.now, &v));
    assert_good(a, knowledge_decide(&t.k.c, a, &t.publisher, S("seals"), 1, true, S(""), t.k.now));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        result r = guide_check(&t.k.c, a, test_json(a, slice_cstr(CASES[i].guide)), S(""));
        if (!CASES[i].field) {
            assert_good(a, r);
            continue;
        }
        assert_code(r, CODE_GUIDE_FAULT);
        assert_slice(r.problem->field, CASES[i].field);
    }
}

static void a_guide_is_published_by_two_people(struct store_fixture *f)
{
    struct kit t;
    struct arena *a = f->a;
    struct reply r;
    int64_t v;
    const char *guide = GUIDE("\"s\":" NODE(ENDS "," ENDS));
    open_kit(&t, f);
    const struct actor nobody = {.kind = ACTOR_NOBODY};
    const struct json *c = content(&t, "公章怎么刻", "Seals", 10);
    assert_good(a, knowledge_submit(&t.k.c, a, &t.handler, S("seals"), c, true, t.k.now, &v));
    assert_good(a, knowledge_decide(&t.k.c, a, &t.publisher, S("seals"), 1, true, S(""), t.k.now));
    assert_code(call(&t, &EP_GUIDE_SUBMIT, &t.handler, "", "", "", guide, &r), CODE_FORBIDDEN);
    assert_good(a, call(&t, &EP_GUIDE_SUBMIT, &t.publisher, "", "", "", guide, &r));
    assert_code(call(&t, &EP_GUIDE, &nobody, "", "", "", NULL, &r), CODE_NOT_FOUND);
    assert_code(call(&t, &EP_GUIDE_APPROVE, &t.publisher, "1", "", "", NULL, &r), CODE_TWO_PEOPLE);
    assert_good(a, call(&t, &EP_GUIDE_APPROVE, &t.other_publisher, "1", "", "", NULL, &r));
    assert_good(a, call(&t, &EP_GUIDE, &nobody, "", "", "", NULL, &r));
    assert_slice(json_string(r.body, "start"), "s");
    assert_slice(json_string(json_get(json_get(r.body, "articles"), "seals"), "en"), "Seals");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(published_by_two_people),
        ON_SQLITE(faults_of_an_article_are_named),
        ON_BOTH(overdue_articles_are_listed_for_their_owner),
        ON_BOTH(questions_are_kept_without_personal_data),
        ON_BOTH(the_most_helpful_come_first),
        ON_BOTH(articles_are_found_by_service),
        ON_BOTH(a_question_follows_its_article),
        ON_SQLITE(an_excerpt_is_whole_sentences_or_says_that_it_is_cut),
        ON_SQLITE(a_guide_has_no_dead_ends),
        ON_BOTH(a_guide_is_published_by_two_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
