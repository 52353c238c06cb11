/* Publications, as their writers and the public meet them. */
#include "areas/00_supervision/plan_test_support.h"
#include "areas/00_supervision/publications/news.h"
#include "base/xml.h"
#include "city/search/search.h"

#define PDF S("%PDF-1.4\n1 0 obj\n%%EOF\n")
#define ATOM "http://www.w3.org/2005/Atom"

struct kit {
    struct fix x;
    struct actor publisher, other_publisher, stranger;
};

static void open_kit(struct kit *t, struct store_fixture *f)
{
    int applied;
    open_fix(&t->x, f);
    assert_good(f->a, store_migrate(t->x.k.c.store, f->a, NEWS_MIGRATIONS, NEWS_NMIGRATIONS, &applied));
    t->publisher = kit_staff(&t->x.k, "publisher", ROLE_PUBLISHER);
    t->other_publisher = kit_staff(&t->x.k, "publisher2", ROLE_PUBLISHER);
    t->stranger = kit_staff(&t->x.k, "auditor", ROLE_AUDITOR);
    at(&t->x, "2021-09-22T09:00:00+08:00");
}

#define KIT(t) (t)->x.k

/* A piece; `more` begins with a comma or is empty. */
static char *piece(struct kit *t, const char *kind, const char *zh, const char *en, const char *date, const char *more)
{
    struct arena *a = KIT(t).a;
    struct buf b = buf_new(a, 8000);
    static const char *const TEXTS[] = {"title", "summary", "body"};
    buf_printf(&b, "{\"kind\":\"%s\",\"department\":\"scjg\",\"date\":\"%s\"", kind, date);
    for (int i = 0; i < 3; i++) {
        buf_printf(&b, ",\"%s\":{\"zh\":\"%s\"", TEXTS[i], zh);
        if (en) buf_printf(&b, ",\"en\":\"%s\"", en);
        buf_puts(&b, "}");
    }
    buf_printf(&b, "%s}", more);
    return arena_cstr(a, buf_slice(&b));
}

static result ask(struct kit *t, const struct endpoint *e, const struct actor *who, const char *p0, const char *p1,
                  const char *query, const char *body, struct reply *r)
{
    struct request q = {.a = KIT(t).a,
                        .city = &KIT(t).c,
                        .actor = who,
                        .now = KIT(t).now,
                        .params = {slice_cstr(p0), slice_cstr(p1)},
                        .nparams = 2,
                        .query = slice_cstr(query)};
    if (body) q.body = test_json(KIT(t).a, slice_cstr(body));
    *r = (struct reply){0};
    return door_call(e, &q, r);
}

static const struct actor NOBODY = {.kind = ACTOR_NOBODY};

static const struct json *get(struct kit *t, const struct endpoint *e, const char *p0, const char *query)
{
    struct reply r;
    assert_good(KIT(t).a, ask(t, e, &NOBODY, p0, "", query, NULL, &r));
    return r.body;
}

static size_t found(struct kit *t, const char *query)
{
    return json_get(get(t, &EP_NEWS, "", query), "items")->n;
}

/* Written by the handler, released by a publisher. */
static char *released(struct kit *t, char *text)
{
    struct reply r;
    assert_good(KIT(t).a, ask(t, &EP_NEWS_NEW, &t->x.handler, "", "", "", text, &r));
    char *key = arena_cstr(KIT(t).a, json_string(r.body, "key"));
    assert_good(KIT(t).a, ask(t, &EP_NEWS_APPROVE, &t->publisher, key, "1", "", NULL, &r));
    return key;
}

static void two_people_release(struct store_fixture *f)
{
    struct kit t;
    struct reply r;
    open_kit(&t, f);
    char *text =
        piece(&t, "notice", "关于简化登记的通知", "On simpler registration", "2021-09-20", ",\"areas\":[1,17]");
    assert_code(ask(&t, &EP_NEWS_NEW, &t.stranger, "", "", "", text, &r), CODE_FORBIDDEN);
    assert_good(f->a, ask(&t, &EP_NEWS_NEW, &t.publisher, "", "", "", text, &r));
    char *key = arena_cstr(f->a, json_string(r.body, "key"));
    assert_true(slice_starts(slice_cstr(key), S("2021-09-20-")));
    assert_code(ask(&t, &EP_NEWS_ONE, &NOBODY, key, "", "", NULL, &r), CODE_NOT_FOUND);
    assert_int_equal(found(&t, ""), 0);
    assert_code(ask(&t, &EP_NEWS_APPROVE, &t.publisher, key, "1", "", NULL, &r), CODE_TWO_PEOPLE);
    assert_code(ask(&t, &EP_NEWS_APPROVE, &t.x.handler, key, "1", "", NULL, &r), CODE_FORBIDDEN);
    assert_code(ask(&t, &EP_NEWS_REJECT, &t.other_publisher, key, "1", "", "{\"reason\":\"\"}", &r),
                CODE_FIELD_TOO_SHORT);
    assert_good(f->a, ask(&t, &EP_NEWS_REJECT, &t.other_publisher, key, "1", "", "{\"reason\":\"缺文号\"}", &r));
    assert_code(ask(&t, &EP_NEWS_APPROVE, &t.other_publisher, key, "1", "", NULL, &r), CODE_REQUEST_SETTLED);
    assert_good(f->a,
                ask(&t, &EP_NEWS_VERSION, &t.x.handler, key, "", "", text, &r)); /* never released: no note needed */
    assert_good(f->a, ask(&t, &EP_NEWS_APPROVE, &t.x.head, key, "2", "", NULL, &r));
    const struct json *v = get(&t, &EP_NEWS_ONE, key, "");
    assert_slice(json_string(json_get(v, "title"), "en"), "On simpler registration");
    assert_int_equal(json_get(v, "history")->n, 1);
    assert_int_equal(json_get(v, "history")->items[0]->n, 2);
    assert_int_equal(json_get(json_get(v, "history")->items[0], "note")->type, JSON_NULL);
    assert_false(json_bool(v, "chinese_only", true));
    assert_int_equal(found(&t, ""), 1);
}

static void corrections_are_seen(struct store_fixture *f)
{
    struct kit t;
    struct reply r;
    open_kit(&t, f);
    char *key = released(&t, piece(&t, "interpretation", "容缺受理怎么办", "Tolerance", "2021-09-01", ""));
    char *plain = piece(&t, "interpretation", "容缺受理怎么办理", NULL, "2021-09-01", "");
    assert_code(ask(&t, &EP_NEWS_VERSION, &t.x.handler, key, "", "", plain, &r), CODE_FIELD_REQUIRED);
    char *fixed =
        piece(&t, "interpretation", "告知承诺怎么办理", NULL, "2021-09-01", ",\"correction\":{\"zh\":\"更正了标题\"}");
    at(&t.x, "2021-09-23T09:00:00+08:00");
    assert_good(f->a, ask(&t, &EP_NEWS_VERSION, &t.x.handler, key, "", "", fixed, &r));
    assert_int_equal(found(&t, "q=%E5%91%8A%E7%9F%A5%E6%89%BF%E8%AF%BA"), 0); /* 告知承诺: waits */
    assert_int_equal(found(&t, "q=Tolerance&lang=en"), 1);
    assert_good(f->a, ask(&t, &EP_NEWS_APPROVE, &t.publisher, key, "2", "", NULL, &r));
    assert_int_equal(found(&t, "q=%E5%91%8A%E7%9F%A5%E6%89%BF%E8%AF%BA"), 1);
    assert_int_equal(found(&t, "q=%E5%AE%B9%E7%BC%BA"), 0); /* 容缺: the old text is not found */
    assert_int_equal(found(&t, "q=Tolerance&lang=en"), 0);  /* nor its English, which is no more */
    const struct json *v = get(&t, &EP_NEWS_ONE, key, ""), *past = json_get(v, "history");
    assert_true(json_bool(v, "chinese_only", false));
    assert_true(slice_starts(json_string(v, "corrected_at"), S("2021-09-23")));
    assert_int_equal(past->n, 2);
    assert_slice(json_string(json_get(past->items[0], "note"), "zh"), "更正了标题");
    assert_int_equal(json_get(past->items[1], "note")->type, JSON_NULL);
}

static void withdrawn_with_a_reason(struct store_fixture *f)
{
    struct kit t;
    struct reply r;
    open_kit(&t, f);
    char *key = released(&t, piece(&t, "case", "一照多址案例", "One licence", "2021-08-01", ""));
    const char *why = "{\"reason\":{\"zh\":\"所述政策已废止\",\"en\":\"The policy was repealed\"}}";
    assert_code(ask(&t, &EP_NEWS_WITHDRAW, &t.x.handler, key, "", "", why, &r), CODE_FORBIDDEN);
    assert_good(f->a, ask(&t, &EP_NEWS_WITHDRAW, &t.x.head, key, "", "", why, &r));
    assert_code(ask(&t, &EP_NEWS_WITHDRAW, &t.x.head, key, "", "", why, &r), CODE_REQUEST_SETTLED);
    const struct json *v = get(&t, &EP_NEWS_ONE, key, "");
    assert_slice(json_string(json_get(json_get(v, "withdrawn"), "reason"), "zh"), "所述政策已废止");
    assert_null(json_get(v, "body"));
    assert_int_equal(found(&t, ""), 0);
    assert_int_equal(found(&t, "q=%E4%B8%80%E7%85%A7%E5%A4%9A%E5%9D%80"), 0);
    assert_int_equal(json_get(get(&t, &EP_NEWS, "", ""), "years")->n, 0);
    /* put right, it may come back */
    char *again =
        piece(&t, "case", "一照多址案例", "One licence", "2021-08-01", ",\"correction\":{\"zh\":\"改引新政策\"}");
    assert_good(f->a, ask(&t, &EP_NEWS_VERSION, &t.x.handler, key, "", "", again, &r));
    assert_good(f->a, ask(&t, &EP_NEWS_APPROVE, &t.publisher, key, "2", "", NULL, &r));
    assert_int_equal(json_get(get(&t, &EP_NEWS_ONE, key, ""), "withdrawn")->type, JSON_NULL);
    assert_int_equal(found(&t, "q=%E4%B8%80%E7%85%A7%E5%A4%9A%E5%9D%80"), 1);
}

static void lists_are_filtered_and_paged(struct store_fixture *f)
{
    struct kit t;
    open_kit(&t, f);
    char *newest = released(&t, piece(&t, "notice", "通知乙", NULL, "2021-09-02", ",\"areas\":[17]"));
    (void)released(&t, piece(&t, "notice", "通知甲", NULL, "2020-01-02", ",\"areas\":[1]"));
    (void)released(&t, piece(&t, "case", "案例", NULL, "2021-09-01", ",\"areas\":[1,7]"));
    assert_int_equal(found(&t, ""), 3);
    assert_int_equal(found(&t, "kind=notice"), 2);
    assert_int_equal(found(&t, "area=7"), 1); /* and not 17 */
    assert_int_equal(found(&t, "area=1"), 2);
    assert_int_equal(found(&t, "year=2020"), 1);
    assert_int_equal(found(&t, "year=2020&kind=case"), 0);
    assert_int_equal(found(&t, "department=nobody"), 0);
    assert_int_equal(found(&t, "q=%E9%80%9A%E7%9F%A5"), 2);
    assert_int_equal(found(&t, "q=%E9%80%9A%E7%9F%A5&year=2021&area=17"), 1);
    const struct json *v = get(&t, &EP_NEWS, "", "limit=2");
    assert_int_equal(json_get(v, "items")->n, 2);
    assert_slice(json_string(json_get(v, "items")->items[0], "key"), newest);
    char *rest = arena_cstr(f->a, arena_printf(f->a, "limit=2&cursor=%.*s", SLICE_ARG(json_string(v, "next"))));
    v = get(&t, &EP_NEWS, "", rest);
    assert_int_equal(json_get(v, "items")->n, 1);
    assert_int_equal(json_get(v, "next")->type, JSON_NULL);
    assert_int_equal(json_get(v, "years")->n, 2);
    struct reply r;
    assert_code(ask(&t, &EP_NEWS, &NOBODY, "", "", "cursor=x", NULL, &r), CODE_QUERY_BAD);
    assert_code(ask(&t, &EP_NEWS, &NOBODY, "", "", "kind=other", NULL, &r), CODE_QUERY_BAD);
}

static void faults_are_named(struct store_fixture *f)
{
    struct kit t;
    struct reply r;
    static const struct {
        const char *more, *field;
        enum code code;
    } T[] = {
        {",\"valid_from\":\"2021-09-02\",\"valid_to\":\"2021-09-01\"", "/valid_to", CODE_FIELD_MINIMUM},
        {",\"services\":[\"no_such_service\"]", "/services/0", CODE_NOT_FOUND},
        {",\"areas\":[19]", "/areas/0", CODE_FIELD_MAXIMUM},
        {",\"attachments\":[{\"sha256\":\"" /* of nothing that is kept */
         "0000000000000000000000000000000000000000000000000000000000000000\",\"name\":\"x\"}]",
         "/attachments/0", CODE_NOT_FOUND},
        {",\"valid_from\":\"2021-02-30\"", "/valid_from", CODE_FIELD_FORMAT},
    };
    open_kit(&t, f);
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        result x =
            ask(&t, &EP_NEWS_NEW, &t.x.handler, "", "", "", piece(&t, "case", "甲", NULL, "2021-09-01", T[i].more), &r);
        assert_code(x, T[i].code);
        assert_slice(x.problem->field, T[i].field);
    }
    const char *half =
        "{\"kind\":\"case\",\"department\":\"none\",\"date\":\"2021-09-01\",\"title\":{\"zh\":\"甲\",\"en\":\"A\"},"
        "\"summary\":{\"zh\":\"甲\"},\"body\":{\"zh\":\"甲\",\"en\":\"A\"}}";
    struct actor system = actor_system();
    result x = ask(&t, &EP_NEWS_NEW, &system, "", "", "", half, &r);
    assert_code(x, CODE_FIELD_DEPENDS);
    assert_slice(x.problem->field, "/summary/en");
    assert_slice(x.problem->next->field, "/department");
}

static void attachments_belong_to_what_is_shown(struct store_fixture *f)
{
    struct kit t;
    struct reply r;
    struct plan_file kept;
    open_kit(&t, f);
    struct slice paper = PDF;
    assert_good(f->a, plan_file_keep(&KIT(&t).c, f->a, &t.x.handler, S("表.pdf"), paper, KIT(&t).now, &kept));
    char *hash = arena_cstr(f->a, kept.hash);
    char *more =
        arena_cstr(f->a, arena_printf(f->a, ",\"attachments\":[{\"sha256\":\"%s\",\"name\":\"表.pdf\"}]", hash));
    char *with = released(&t, piece(&t, "notice", "附表", NULL, "2021-09-01", more));
    char *without = released(&t, piece(&t, "notice", "无附表", NULL, "2021-09-01", ""));
    assert_good(f->a, ask(&t, &EP_NEWS_FILE, &NOBODY, with, hash, "", NULL, &r));
    assert_true(slice_eq(r.bytes, paper));
    assert_slice(r.filename, "表.pdf");
    assert_code(ask(&t, &EP_NEWS_FILE, &NOBODY, without, hash, "", NULL, &r), CODE_NOT_FOUND);
    assert_good(f->a, ask(&t, &EP_NEWS_WITHDRAW, &t.x.head, with, "", "", "{\"reason\":{\"zh\":\"误发\"}}", &r));
    assert_code(ask(&t, &EP_NEWS_FILE, &NOBODY, with, hash, "", NULL, &r), CODE_NOT_FOUND);
}

static void a_notice_is_evidence_of_a_task(struct store_fixture *f)
{
    struct kit t;
    const struct json *v;
    open_kit(&t, f);
    char *key = released(&t, piece(&t, "notice", "关于任务的通知", NULL, "2021-09-01", ""));
    char *body =
        arena_cstr(f->a, arena_printf(f->a, "{\"kind\":\"publication\",\"title\":\"通知\",\"ref\":\"%s\"}", key));
    assert_good(f->a, call(&t.x, &EP_PLAN_EVIDENCE_ADD, &t.x.head, "1", NULL, body, &v));
    v = json_get(v, "evidence");
    assert_slice(json_string(v->items[v->n - 1], "ref"), key);
    assert_code(call(&t.x, &EP_PLAN_EVIDENCE_ADD, &t.x.head, "1", NULL,
                     "{\"kind\":\"publication\",\"title\":\"x\",\"ref\":\"none\"}", &v),
                CODE_NOT_FOUND);
}

/* ---- feeds: what RFC 4287 asks of a feed, looked for in the parsed document ---- */

static struct slice text_of(struct kit *t, const struct xml_node *e, const char *name)
{
    const struct xml_node *n = xml_child(e, ATOM, name);
    if (!n) fail_msg("no %s in %.*s", name, SLICE_ARG(e->name));
    if (xml_next(n, ATOM, name)) fail_msg("%s twice in %.*s", name, SLICE_ARG(e->name));
    return xml_text(KIT(t).a, n);
}

static void link_good(const struct xml_node *e, const char *rel)
{
    for (const struct xml_node *l = xml_child(e, ATOM, "link"); l; l = xml_next(l, ATOM, "link")) {
        if (!slice_is(xml_attr(l, "", "rel"), rel)) continue;
        assert_true(xml_attr(l, "", "href").n > 0);
        return;
    }
    fail_msg("no link %s in %.*s", rel, SLICE_ARG(e->name));
}

/* id, title, updated once each; an author; a link to read it at (4.1.1, 4.1.2, 4.2.7.2). */
static void construct_good(struct kit *t, const struct xml_node *e)
{
    instant at;
    assert_true(slice_starts(text_of(t, e, "id"), S("tag:tongban,2021:")));
    assert_true(text_of(t, e, "title").n > 0);
    assert_true(instant_scan(text_of(t, e, "updated"), &at));
    assert_true(xml_text(KIT(t).a, xml_child(xml_child(e, ATOM, "author"), ATOM, "name")).n > 0);
    link_good(e, "alternate");
}

static const struct xml_node *feed(struct kit *t, const char *name, const char *query, struct reply *r, size_t *entries)
{
    struct xml_node *root;
    assert_good(KIT(t).a, ask(t, &EP_NEWS_FEED, &NOBODY, name, "", query, NULL, r));
    assert_good(KIT(t).a, xml_parse(KIT(t).a, r->bytes, 1 << 20, S("feed"), &root));
    assert_slice(root->ns, ATOM);
    assert_slice(root->name, "feed");
    construct_good(t, root);
    link_good(root, "self");
    *entries = 0;
    for (const struct xml_node *e = xml_child(root, ATOM, "entry"); e; e = xml_next(e, ATOM, "entry")) {
        construct_good(t, e);
        (*entries)++;
        for (const struct xml_node *o = xml_next(e, ATOM, "entry"); o; o = xml_next(o, ATOM, "entry"))
            assert_false(slice_eq(text_of(t, e, "id"), text_of(t, o, "id")));
    }
    return root;
}

static void feeds_are_atom(struct store_fixture *f)
{
    struct kit t;
    struct reply r;
    size_t n;
    open_kit(&t, f);
    (void)feed(&t, "all.atom", "", &r, &n);
    assert_int_equal(n, 0);
    (void)released(&t, piece(&t, "notice", "甲 <乙> & “丙”", "A <b> & c", "2021-09-01", ""));
    at(&t.x, "2021-09-22T10:00:00.500+08:00");
    char *key = released(&t, piece(&t, "case", "仅中文", NULL, "2021-09-01", ""));
    const struct xml_node *root = feed(&t, "all.atom", "", &r, &n);
    assert_int_equal(n, 2);
    assert_slice(r.content_type, "application/atom+xml; charset=utf-8");
    assert_int_equal(r.last_modified, KIT(&t).now);
    struct slice tag = r.etag;
    const struct xml_node *e = xml_child(root, ATOM, "entry");
    assert_slice(text_of(&t, e, "title"), "仅中文"); /* the latest first */
    assert_slice(text_of(&t, xml_next(e, ATOM, "entry"), "title"), "甲 <乙> & “丙”");
    (void)feed(&t, "notice.atom", "", &r, &n);
    assert_int_equal(n, 1);
    root = feed(&t, "all.atom", "lang=en", &r, &n);
    e = xml_child(root, ATOM, "entry");
    assert_slice(xml_attr(xml_child(e, ATOM, "title"), NULL, "lang"), "zh-CN"); /* said to be Chinese */
    assert_slice(text_of(&t, xml_next(e, ATOM, "entry"), "title"), "A <b> & c");
    at(&t.x, "2021-09-23T10:00:00+08:00");
    assert_good(f->a, ask(&t, &EP_NEWS_WITHDRAW, &t.x.head, key, "", "", "{\"reason\":{\"zh\":\"误发\"}}", &r));
    (void)feed(&t, "all.atom", "", &r, &n);
    assert_int_equal(n, 1);
    assert_int_equal(r.last_modified, KIT(&t).now);
    assert_false(slice_eq(r.etag, tag));
    assert_code(ask(&t, &EP_NEWS_FEED, &NOBODY, "other.atom", "", "", NULL, &r), CODE_NOT_FOUND);
    assert_code(ask(&t, &EP_NEWS_FEED, &NOBODY, "all", "", "", NULL, &r), CODE_NOT_FOUND);
}

/* ---- a folder ---- */

static const struct json *imported_folder(struct kit *t, const char *text, bool release, result *r)
{
    const struct json *v;
    struct service_file list[] = {{S("a-piece.json"), slice_cstr(text)}, {S("files/x.pdf"), PDF}};
    *r = news_import(&KIT(t).c, KIT(t).a, (struct service_files){list, 2}, release, KIT(t).now, &v);
    return v;
}

static void a_folder_is_imported(struct store_fixture *f)
{
    struct kit t;
    result r;
    open_kit(&t, f);
    char *text = piece(&t, "notice", "来自文件夹", NULL, "2021-09-01", ",\"attachments\":[{\"file\":\"files/x.pdf\"}]");
    const struct json *v = imported_folder(&t, text, false, &r);
    assert_good(f->a, r);
    assert_int_equal(json_int(v, "added", 0), 1);
    assert_int_equal(found(&t, ""), 0); /* waits for a person */
    v = imported_folder(&t, text, true, &r);
    assert_good(f->a, r);
    assert_int_equal(json_int(v, "same", 0), 1);
    assert_int_equal(json_int(v, "released", 0), 1);
    assert_int_equal(found(&t, ""), 1);
    v = imported_folder(&t, text, true, &r);
    assert_good(f->a, r);
    assert_int_equal(json_int(v, "released", 1), 0);
    assert_int_equal(json_get(get(&t, &EP_NEWS_ONE, "a-piece", ""), "attachments")->n, 1);
    (void)imported_folder(&t, piece(&t, "notice", "改了", NULL, "2021-09-01", ""), true, &r);
    assert_code(r, CODE_FIELD_REQUIRED);
    assert_slice(r.problem->field, "a-piece.json#/correction");
    (void)imported_folder(
        &t, piece(&t, "notice", "改了", NULL, "2021-09-01", ",\"attachments\":[{\"file\":\"y.pdf\"}]"), true, &r);
    assert_slice(r.problem->field, "a-piece.json#/attachments/0/file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(two_people_release),
        ON_BOTH(corrections_are_seen),
        ON_BOTH(withdrawn_with_a_reason),
        ON_BOTH(lists_are_filtered_and_paged),
        ON_SQLITE(faults_are_named),
        ON_BOTH(attachments_belong_to_what_is_shown),
        ON_BOTH(a_notice_is_evidence_of_a_task),
        ON_BOTH(feeds_are_atom),
        ON_BOTH(a_folder_is_imported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
