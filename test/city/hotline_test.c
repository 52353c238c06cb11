/* The enterprise seat: requests by call, page and e-mail become cases; who asked is told to those who need it; repeat callers are known;
 * what is late goes up; figures are counted from the tickets. */
#include "areas/17_government_services/hotline/hotline.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "city/cases/archive.h"
#include "city/cases/measure.h"
#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "city/sql.h"
#include "test/city/works.h"

struct seat {
    struct works w;
    const struct actor *clerk, *other, *rs, *rs2, *head, *scjg, *scjg_head, *xinghe, *lvye;
    int keys;
};

static void begin(struct seat *s, struct store_fixture *f)
{
    struct service_files folder;
    *s = (struct seat){.keys = 0};
    works_open(&s->w, f);
    const char *path = test_city_source(s->w.a, "areas/17_government_services/services/enterprise_request");
    assert_good(s->w.a, service_files_read(s->w.a, slice_cstr(path), &folder));
    assert_good(s->w.a, catalogue_install(s->w.c->catalogue, s->w.a, &folder, 1, s->w.now));
    s->clerk = test_city_actor(s->w.t, S("hotline1"));
    s->other = test_city_actor(s->w.t, S("hotline2"));
    s->rs = test_city_actor(s->w.t, S("rs.handler"));
    s->rs2 = test_city_actor(s->w.t, S("rs.handler2"));
    s->head = test_city_actor(s->w.t, S("zwj.head"));
    s->scjg = test_city_actor(s->w.t, S("scjg.handler"));
    s->scjg_head = test_city_actor(s->w.t, S("scjg.head"));
    s->xinghe = test_city_actor(s->w.t, S("xinghe"));
    s->lvye = test_city_actor(s->w.t, S("lvye"));
}

static result call(struct seat *s, const struct endpoint *e, const struct actor *x, const char *param, const char *key,
                   const char *body, struct reply *r)
{
    struct works *w = &s->w;
    struct request q = {.a = w->a, .city = w->c, .actor = x, .now = w->now};
    struct slice path = slice_cstr(param), head;
    q.route = arena_printf(w->a, "%s %s", e->method, e->path);
    q.idempotency_key = key ? slice_cstr(key) : S("");
    if (body) q.body = test_json(w->a, slice_cstr(body));
    *r = (struct reply){.status = 0};
    while (path.n && q.nparams < 4) {
        bool more = slice_cut(path, ' ', &head, &path);
        q.params[q.nparams++] = head;
        if (!more) break;
    }
    return door_call(e, &q, r);
}

static result look(struct seat *s, const struct endpoint *e, const struct actor *x, const char *query, struct reply *r)
{
    struct works *w = &s->w;
    struct request q = {.a = w->a, .city = w->c, .actor = x, .now = w->now, .query = slice_cstr(query)};
    *r = (struct reply){.status = 0};
    return door_call(e, &q, r);
}

static const struct actor NOBODY = {.kind = ACTOR_NOBODY};

static char *fresh(struct seat *s)
{
    return arena_cstr(s->w.a, arena_printf(s->w.a, "key-%06d", ++s->keys));
}

#define ROUTED "\"classification\":{\"outcome\":\"route\",\"kind\":\"help\",\"topic\":\"social_insurance\"}"
#define CALL \
    "{\"text\":\"社保缴费基数核定有误\",\"name\":\"陈经理\",\"phone\":\"0769-23450001\",\"uscc\":\"91441900MA5TB00105\","

static struct id taken(struct seat *s, const char *body)
{
    struct reply r;
    struct id id;
    assert_good(s->w.a, call(s, &EP_HOTLINE_CALL, s->clerk, "", fresh(s), body, &r));
    assert_int_equal(r.status, 201);
    assert_true(id_scan(json_string(r.body, "id"), &id));
    return id;
}

static const char *text_of(struct seat *s, struct id id)
{
    return arena_cstr(s->w.a, id_text(s->w.a, id));
}

static const struct json *data(struct seat *s, const char *text)
{
    return test_json(s->w.a, slice_cstr(text));
}

/* ---- taking in ---- */

static void a_call_becomes_a_ticket_once(struct store_fixture *f)
{
    struct seat s;
    struct reply r, again;
    begin(&s, f);
    assert_code(call(&s, &EP_HOTLINE_CALL, s.rs, "", "key-0001", CALL ROUTED "}", &r), CODE_FORBIDDEN);
    assert_code(call(&s, &EP_HOTLINE_CALL, s.xinghe, "", "key-0001", CALL ROUTED "}", &r), CODE_FORBIDDEN);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_CALL, s.clerk, "", "key-0001", CALL ROUTED "}", &r));
    assert_int_equal(json_string(r.body, "code").n, 14);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_CALL, s.clerk, "", "key-0001", CALL ROUTED "}", &again));
    assert_true(slice_eq(json_string(r.body, "id"), json_string(again.body, "id")));
    assert_int_equal(json_string(again.body, "code").n, 0); /* it was read out once */
    assert_int_equal(store_test_number(f, "SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_ticket"), 1);
    struct id id;
    assert_true(id_scan(json_string(r.body, "id"), &id));
    assert_true(works_has(&s.w, id, "take"));
    /* what the later commands would refuse is refused before anything is filed */
    assert_code(call(&s, &EP_HOTLINE_CALL, s.clerk, "", "key-0002",
                     CALL "\"classification\":{\"outcome\":\"route\",\"kind\":\"help\"}}", &r),
                CODE_FIELD_REQUIRED);
    assert_code(call(&s, &EP_HOTLINE_CALL, s.clerk, "", "key-0003",
                     CALL "\"classification\":{\"outcome\":\"answer\",\"kind\":\"help\",\"topic\":\"tax\"}}", &r),
                CODE_FIELD_REQUIRED);
    assert_code(call(&s, &EP_HOTLINE_CALL, s.clerk, "", "key-0004",
                     CALL "\"classification\":{\"outcome\":\"refuse\",\"kind\":\"help\",\"topic\":\"tax\"}}", &r),
                CODE_FIELD_REQUIRED);
    assert_code(call(&s, &EP_HOTLINE_CALL, s.clerk, "", "key-0005", "{\"text\":\"电话不对\",\"phone\":\"abc\"}", &r),
                CODE_FIELD_TYPE);
    assert_int_equal(store_test_number(f, "SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_ticket"), 1);
}

static void an_answer_of_the_knowledge_base_ends_it(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    begin(&s, f);
    struct id id = taken(
        &s, CALL "\"classification\":{\"outcome\":\"answer\",\"kind\":\"consultation\",\"topic\":\"company_setup\"},"
                 "\"reply\":{\"reply\":\"网上一次填报\",\"article\":\"start_company\",\"article_version\":2}}");
    const struct json *view = works_view(&s.w, id, VIEW_STAFF);
    assert_slice(json_string(view, "state"), "delivered");
    assert_slice(json_string(view, "outcome"), "answered");
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.clerk, text_of(&s, id), NULL, NULL, &r));
    assert_slice(json_string(r.body, "article"), "start_company");
    assert_int_equal(json_int(r.body, "article_version", 0), 2);
}

static void the_page_takes_requests_of_anybody(struct store_fixture *f)
{
    struct seat s;
    struct reply r, seen;
    struct id id;
    begin(&s, f);
    assert_code(call(&s, &EP_HOTLINE_ASK, &NOBODY, "", "key-0001", "{\"text\":\"园区停电\"}", &r), CODE_FIELD_REQUIRED);
    assert_good(
        s.w.a,
        call(
            &s, &EP_HOTLINE_ASK, &NOBODY, "", "key-0002",
            "{\"text\":\"园区停电\",\"phone\":\"13900000000\",\"files\":[{\"name\":\"a.exe\",\"base64\":\"TVqQAA==\"}]}",
            &r));
    assert_int_equal(json_int(r.body, "refused_files", 0), 1);
    char *code = arena_cstr(s.w.a, json_string(r.body, "code"));
    assert_good(s.w.a, call(&s, &EP_HOTLINE_FOLLOW, &NOBODY, code, NULL, NULL, &seen));
    assert_slice(json_string(seen.body, "text"), "园区停电");
    assert_slice(json_string(seen.body, "state"), "handling");
    assert_code(call(&s, &EP_HOTLINE_FOLLOW, &NOBODY, "abcd-efgh-jkmn", NULL, NULL, &seen), CODE_NOT_FOUND);
    /* signed in it is one's own case, and nobody else's */
    assert_good(s.w.a, call(&s, &EP_HOTLINE_ASK, s.xinghe, "", "key-0003", "{\"text\":\"咨询退税\"}", &r));
    assert_true(json_get(r.body, "code")->type == JSON_NULL);
    assert_true(id_scan(json_string(r.body, "case"), &id));
    assert_good(s.w.a, call(&s, &EP_HOTLINE_OWN, s.xinghe, text_of(&s, id), NULL, NULL, &seen));
    assert_code(call(&s, &EP_HOTLINE_OWN, s.lvye, text_of(&s, id), NULL, NULL, &seen), CODE_NOT_FOUND);
    /* who asks not to be named is not: the case is nobody's, and needs a way to be reached */
    assert_code(call(&s, &EP_HOTLINE_ASK, s.xinghe, "", "key-0004", "{\"text\":\"举报\",\"withheld\":true}", &r),
                CODE_FIELD_REQUIRED);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_ASK, s.xinghe, "", "key-0005",
                            "{\"text\":\"举报同行造假\",\"withheld\":true,\"phone\":\"13911112222\"}", &r));
    assert_true(json_get(r.body, "case")->type == JSON_NULL);
}

/* ---- who asked ---- */

static void repeat_callers_are_known_by_number(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    begin(&s, f);
    taken(&s, CALL ROUTED "}");
    taken(&s, "{\"text\":\"另一件事\",\"phone\":\"+86 0769 23450001\"}");
    taken(&s, "{\"text\":\"别人的事\",\"phone\":\"0769-99999999\"}");
    assert_good(s.w.a, call(&s, &EP_HOTLINE_CALLER, s.other, "", NULL, "{\"phone\":\"(0769) 23450001\"}", &r));
    assert_true(json_bool(r.body, "known", false));
    assert_int_equal(json_int(r.body, "times", 0), 2);
    assert_int_equal(json_int(r.body, "open", 0), 2);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_CALLER, s.other, "", NULL, "{\"uscc\":\"91441900MA5TB00105\"}", &r));
    assert_int_equal(json_int(r.body, "times", 0), 1);
    assert_code(call(&s, &EP_HOTLINE_CALLER, s.other, "", NULL, "{}", &r), CODE_FIELD_REQUIRED);
    assert_code(call(&s, &EP_HOTLINE_CALLER, s.rs, "", NULL, "{\"phone\":\"0769-23450001\"}", &r), CODE_FORBIDDEN);
    /* nothing of it stands readable in the tables */
    static const struct stmt Q = {"test_contact", "SELECT contact_ct, phone_hash FROM hotline_contact", NULL, false};
    struct rows rows;
    assert_good(s.w.a, store_query(s.w.c->store, s.w.a, &Q, NULL, 0, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        assert_true(slice_search(row(&rows, i)[0].s, S("23450001")) == SIZE_MAX);
        assert_true(slice_search(row(&rows, i)[1].s, S("23450001")) == SIZE_MAX);
    }
}

static void departments_see_who_asked_only_when_they_may(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    begin(&s, f);
    struct id open = taken(&s, CALL ROUTED "}"), withheld = taken(&s, CALL "\"withheld\":true," ROUTED "}");
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.rs, text_of(&s, open), NULL, NULL, &r));
    assert_slice(json_string(json_get(r.body, "contact"), "name"), "陈经理");
    assert_true(json_get(r.body, "earlier")->type == JSON_NULL);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.rs, text_of(&s, withheld), NULL, NULL, &r));
    assert_int_equal(json_string(json_get(r.body, "contact"), "phone").n, 0);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.clerk, text_of(&s, withheld), NULL, NULL, &r));
    assert_slice(json_string(json_get(r.body, "contact"), "phone"), "0769-23450001");
    assert_int_equal(json_int(json_get(r.body, "earlier"), "times", 0), 1);
    assert_code(call(&s, &EP_HOTLINE_TICKET, s.scjg, text_of(&s, open), NULL, NULL, &r), CODE_NOT_FOUND);
    /* each reading of it is recorded: the department's one, and the clerk's */
    assert_int_equal(
        works_number(&s.w,
                     "SELECT CAST(COUNT(*) AS BIGINT) FROM read_record WHERE what = 'hotline.contact' AND case_id = ?1",
                     open),
        1);
    assert_int_equal(
        works_number(&s.w,
                     "SELECT CAST(COUNT(*) AS BIGINT) FROM read_record WHERE what = 'hotline.contact' AND case_id = ?1",
                     withheld),
        1);
}

static bool listed(struct seat *s, const struct actor *x, const char *query, struct id id)
{
    struct reply r;
    assert_good(s->w.a, look(s, &EP_HOTLINE_TICKETS, x, query, &r));
    const struct json *items = json_get(r.body, "items");
    for (size_t i = 0; i < items->n; i++)
        if (slice_eq(json_string(items->items[i], "id"), id_text(s->w.a, id))) return true;
    return false;
}

static void a_complaint_about_an_officer_stays_from_their_department(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    begin(&s, f);
    struct id id = taken(
        &s,
        "{\"text\":\"窗口人员刁难\",\"phone\":\"13900000000\",\"classification\":{\"outcome\":\"officer\",\"kind\":\"complaint\","
        "\"topic\":\"company_setup\"}}");
    assert_true(works_has(&s.w, id, "inquire"));
    assert_code(call(&s, &EP_HOTLINE_TICKET, s.scjg, text_of(&s, id), NULL, NULL, &r), CODE_NOT_FOUND);
    assert_code(call(&s, &EP_HOTLINE_TICKET, s.scjg_head, text_of(&s, id), NULL, NULL, &r), CODE_NOT_FOUND);
    assert_false(listed(&s, s.scjg_head, "state=all", id));
    const struct json *view;
    assert_code(desk_case(s.w.c, s.w.a, s.scjg_head, id, s.w.now, &view), CODE_NOT_FOUND);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.head, text_of(&s, id), NULL, NULL, &r));
    assert_slice(json_string(json_get(r.body, "contact"), "phone"), "13900000000");
    /* about one of the seat's own: the seat's list does not show it to the others there, nor to their head */
    id = taken(
        &s,
        "{\"text\":\"坐席推诿\",\"phone\":\"13900000001\",\"classification\":{\"outcome\":\"officer\",\"kind\":\"complaint\",\"topic\":\"conduct\"}}");
    assert_false(listed(&s, s.other, "state=all", id));
    assert_false(listed(&s, s.head, "state=all", id));
    assert_code(call(&s, &EP_HOTLINE_TICKET, s.other, text_of(&s, id), NULL, NULL, &r), CODE_NOT_FOUND);
    assert_code(call(&s, &EP_HOTLINE_TICKET, s.head, text_of(&s, id), NULL, NULL, &r), CODE_NOT_FOUND);
}

/* ---- lists and clocks ---- */

static void lists_go_by_the_clock_and_by_department(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    begin(&s, f);
    struct id slow = taken(
        &s,
        "{\"text\":\"建议一\",\"classification\":{\"outcome\":\"route\",\"kind\":\"suggestion\",\"topic\":\"social_insurance\"}}");
    struct id fast = taken(
        &s,
        "{\"text\":\"停产了\",\"classification\":{\"outcome\":\"route\",\"kind\":\"help\",\"topic\":\"social_insurance\",\"urgent\":true}}");
    struct id other = taken(
        &s,
        "{\"text\":\"执照\",\"classification\":{\"outcome\":\"route\",\"kind\":\"help\",\"topic\":\"company_setup\"}}");
    assert_good(s.w.a, look(&s, &EP_HOTLINE_TICKETS, s.clerk, "limit=2", &r));
    const struct json *items = json_get(r.body, "items");
    assert_int_equal(items->n, 2);
    assert_true(slice_eq(json_string(items->items[0], "id"), id_text(s.w.a, fast)));
    char *next = arena_cstr(s.w.a, arena_printf(s.w.a, "limit=2&cursor=%.*s", SLICE_ARG(json_string(r.body, "next"))));
    assert_good(s.w.a, look(&s, &EP_HOTLINE_TICKETS, s.clerk, next, &r));
    assert_int_equal(json_get(r.body, "items")->n, 1);
    assert_true(slice_eq(json_string(json_get(r.body, "items")->items[0], "id"), id_text(s.w.a, slow)));
    assert_true(listed(&s, s.scjg_head, "", other));
    assert_false(listed(&s, s.scjg_head, "", fast));
    assert_code(look(&s, &EP_HOTLINE_TICKETS, s.scjg_head, "department=rs", &r), CODE_FORBIDDEN);
    assert_code(look(&s, &EP_HOTLINE_TICKETS, s.scjg, "", &r), CODE_FORBIDDEN);
    assert_true(listed(&s, s.clerk, "only=pressing", fast));
    assert_false(listed(&s, s.clerk, "only=pressing", slow));
    assert_false(listed(&s, s.clerk, "only=late", fast));
    works_at(&s.w, "2021-09-22T10:30");
    assert_true(listed(&s, s.clerk, "only=late", fast));
    assert_false(listed(&s, s.clerk, "only=late", slow));
    assert_code(look(&s, &EP_HOTLINE_TICKETS, s.clerk, "cursor=x", &r), CODE_QUERY_BAD);
}

static int64_t messages(struct seat *s, const struct actor *x)
{
    size_t done;
    assert_good(s->w.a, messages_run(s->w.c, s->w.a, s->w.now, 100, &done));
    return works_number(&s->w, "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE owner = ?1", x->account);
}

static void what_is_late_goes_up_once(struct store_fixture *f)
{
    struct seat s;
    size_t done;
    begin(&s, f);
    const struct actor *rs_head = test_city_actor(s.w.t, S("rs.head"));
    struct id id = taken(
        &s,
        "{\"text\":\"停产了\",\"classification\":{\"outcome\":\"route\",\"kind\":\"help\",\"topic\":\"social_insurance\",\"urgent\":true}}");
    int64_t before = messages(&s, s.head);
    works_at(&s.w, "2021-09-22T10:30");
    assert_good(s.w.a, case_timers_run(s.w.c, s.w.a, s.w.now, 100, &done));
    assert_good(s.w.a, hotline_tell(s.w.c, s.w.a, s.w.now, &done));
    assert_int_equal(done, 1);
    assert_int_equal(messages(&s, rs_head), 1);
    assert_int_equal(messages(&s, s.head), before);
    assert_good(s.w.a, hotline_tell(s.w.c, s.w.a, s.w.now, &done));
    assert_int_equal(done, 0);
    works_at(&s.w, "2021-09-22T14:45");
    assert_good(s.w.a, case_timers_run(s.w.c, s.w.a, s.w.now, 100, &done));
    assert_good(s.w.a, hotline_tell(s.w.c, s.w.a, s.w.now, &done));
    assert_int_equal(done, 1);
    assert_int_equal(messages(&s, s.head), before + 1);
    struct reply r;
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.clerk, text_of(&s, id), NULL, NULL, &r));
    assert_int_equal(json_int(r.body, "level", 0), 2);
    assert_int_equal(json_get(r.body, "escalations")->n, 2);
}

/* ---- suggestion ---- */

static void suggested(struct seat *s, const char *text, const char *kind, const char *topic, const char *department)
{
    const struct json *v;
    assert_good(s->w.a, hotline_suggest(s->w.c, s->w.a, slice_cstr(text), s->w.now, &v));
    assert_slice(json_string(v, "kind"), kind);
    assert_slice(json_string(v, "topic"), topic);
    assert_slice(json_string(json_get(v, "department"), "code"), department);
}

static void words_tell_what_it_is_about(struct store_fixture *f)
{
    struct seat s;
    const struct json *v;
    begin(&s, f);
    suggested(&s, "请问增值税发票怎么申领", "consultation", "tax", "sw");
    suggested(&s, "我要投诉，公积金窗口推诿", "complaint", "housing_fund", "gjj");
    suggested(&s, "舉報附近工廠排污，廢氣很大", "report", "environment", "sthj");
    suggested(&s, "How do I report a power cut?", "consultation", "electricity", "gdj");
    suggested(&s, "建议增加招聘会", "suggestion", "hiring", "rs");
    suggested(&s, "请问开办公司要准备哪些材料", "consultation", "company_setup", "scjg");
    suggested(&s, "……", "consultation", "other", "zwj");
    assert_good(s.w.a, hotline_suggest(s.w.c, s.w.a, S("工厂停产，窗口人员刁难"), s.w.now, &v));
    assert_true(json_bool(v, "urgent", false) && json_bool(v, "officer", false));
}

/* ---- figures ---- */

static void figures_are_counted_from_the_tickets(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    begin(&s, f);
    for (int i = 0; i < 3; i++) {
        struct id id = taken(&s, CALL ROUTED "}");
        assert_good(s.w.a, works_decide(&s.w, s.rs, id, "take", "take", NULL));
        if (i == 2) works_at(&s.w, "2021-10-08T09:30"); /* long after its three working days */
        assert_good(s.w.a, works_decide(&s.w, s.rs, id, "reply", "replied", data(&s, "{\"reply\":\"已更正\"}")));
        assert_good(s.w.a, works_decide(&s.w, s.clerk, id, "visit", i ? "satisfied" : "not_satisfied",
                                        data(&s, "{\"answer\":\"好的\"}")));
    }
    assert_code(look(&s, &EP_HOTLINE_STATISTICS, s.xinghe, "", &r), CODE_FORBIDDEN);
    assert_good(s.w.a, look(&s, &EP_HOTLINE_STATISTICS, s.clerk, "days=90", &r));
    assert_int_equal(json_int(r.body, "n", 0), 3);
    assert_int_equal(json_int(r.body, "open", 0), 1); /* handled a second time */
    assert_int_equal(json_int(r.body, "with_number", 0), 3);
    assert_int_equal(json_int(r.body, "repeated", 0), 2);
    const struct json *d = json_get(r.body, "departments")->items[0];
    assert_slice(json_string(json_get(d, "department"), "code"), "rs");
    assert_int_equal(json_int(d, "replies", 0), 3);
    assert_slice(json_get(d, "on_time")->text, "0.6667");
    assert_int_equal(json_int(d, "said", 0), 3);
    assert_slice(json_get(d, "satisfied")->text, "0.6667");
    const struct json *t = json_get(r.body, "topics")->items[0];
    assert_slice(json_string(t, "topic"), "social_insurance");
    assert_int_equal(json_int(t, "month", 0), 3);
    assert_int_equal(json_int(t, "week", 9), 0); /* they were filed sixteen days ago */
    assert_false(json_bool(t, "rising", true));
    for (int i = 0; i < 5; i++)
        taken(
            &s,
            "{\"text\":\"社保\",\"classification\":{\"outcome\":\"route\",\"kind\":\"help\",\"topic\":\"social_insurance\"}}");
    assert_good(s.w.a, look(&s, &EP_HOTLINE_STATISTICS, s.clerk, "days=90", &r));
    t = json_get(r.body, "topics")->items[0];
    assert_int_equal(json_int(t, "week", 0), 5);
    assert_true(json_bool(t, "rising", false)); /* three in four weeks, five in this one */
}

/* ---- e-mail ---- */

static void put(const char *dir, const char *name, struct slice bytes)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/hotline-mail/new/%s", dir, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
    assert_int_equal(fclose(out), 0);
}

static bool there(const char *dir, const char *name)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/hotline-mail/%s", dir, name);
    return access(path, F_OK) == 0;
}

static void messages_become_tickets(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    size_t done;
    char dir[] = "/tmp/tongban-mail-XXXXXX", path[300];
    begin(&s, f);
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/hotline-mail", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/hotline-mail/new", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    s.w.c->data_dir = slice_cstr(dir);
    put(dir, "1.attached", test_file(s.w.a, "test/corpus/mail/attached"));
    put(dir, "2.gbk", test_file(s.w.a, "test/corpus/mail/gbk"));
    put(dir, "3.nobody", test_file(s.w.a, "test/corpus/mail/nobody"));
    put(dir, "4.automatic", test_file(s.w.a, "test/corpus/mail/automatic"));
    assert_int_equal(symlink("/etc/passwd", arena_cstr(s.w.a, arena_printf(s.w.a, "%s/hotline-mail/new/5.link", dir))),
                     0);
    assert_good(s.w.a, hotline_maildir(s.w.c, s.w.a, s.w.now, &done));
    assert_int_equal(done, 2);
    assert_false(there(dir, "new/1.attached") || there(dir, "new/2.gbk") || there(dir, "new/3.nobody"));
    assert_true(there(dir, "bad/3.nobody") && there(dir, "bad/4.automatic"));
    /* the same message again is the same request */
    put(dir, "1.attached", test_file(s.w.a, "test/corpus/mail/attached"));
    assert_good(s.w.a, hotline_maildir(s.w.c, s.w.a, s.w.now, &done));
    assert_int_equal(
        store_test_number(f, "SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_ticket WHERE channel = 'email'"), 2);
    static const struct stmt Q = {"test_mail", "SELECT case_id FROM hotline_file", NULL, false};
    struct rows rows;
    struct id id;
    assert_good(s.w.a, store_query(s.w.c->store, s.w.a, &Q, NULL, 0, &rows));
    assert_int_equal(rows.n, 1); /* the PDF; the picture is none */
    assert_true(id_from_bytes(row(&rows, 0)[0].s, &id));
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.clerk, text_of(&s, id), NULL, NULL, &r));
    assert_slice(json_string(json_get(r.body, "contact"), "email"), "lin@example.com");
    assert_slice(json_string(json_get(r.body, "files")->items[0], "name"), "材料.pdf");
    char *file = arena_cstr(s.w.a, arena_printf(s.w.a, "%s 1", text_of(&s, id)));
    assert_good(s.w.a, call(&s, &EP_HOTLINE_FILE, s.clerk, file, NULL, NULL, &r));
    assert_true(slice_starts(r.bytes, S("%PDF")));
    assert_code(call(&s, &EP_HOTLINE_FILE, s.rs, file, NULL, NULL, &r), CODE_NOT_FOUND);
}

/* ---- what goes ---- */

static void who_asked_goes_after_two_years(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    size_t done;
    begin(&s, f);
    struct id id = taken(&s, CALL ROUTED "}");
    works_set(&s.w, s.w.now + HOTLINE_KEPT + MS_DAY);
    assert_good(s.w.a, hotline_tell(s.w.c, s.w.a, s.w.now, &done));
    assert_int_equal(store_test_number(f, "SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_contact"), 0);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_TICKET, s.clerk, text_of(&s, id), NULL, NULL, &r));
    assert_true(json_get(r.body, "contact")->type == JSON_NULL);
}

/* ---- in the archive ---- */

static void told(struct json_builder *b, const char *what, result r, const struct reply *reply)
{
    json_set(b, what, failed(r) ? json_of_cstr(b->a, code_name(result_code(r))) : reply->body);
}

/* What the seat, the departments and the one who asked learn of their requests. */
static struct slice all_told(struct seat *s, const struct id *id, size_t n, const char *code)
{
    struct arena *a = s->w.a;
    const struct actor *const staff[] = {s->clerk, s->other, s->rs, s->rs2, s->head, s->scjg};
    struct json_builder b = json_builder(a);
    struct reply r;
    for (size_t x = 0; x < sizeof staff / sizeof *staff; x++) {
        const char *who = arena_cstr(a, staff[x]->login);
        told(&b, arena_printf(a, "%s figures%c", who, 0).p, look(s, &EP_HOTLINE_STATISTICS, staff[x], "days=366", &r),
             &r);
        told(&b, arena_printf(a, "%s list%c", who, 0).p, look(s, &EP_HOTLINE_TICKETS, staff[x], "state=all", &r), &r);
        told(&b, arena_printf(a, "%s caller%c", who, 0).p,
             call(s, &EP_HOTLINE_CALLER, staff[x], "", NULL, "{\"phone\":\"0769-23450001\"}", &r), &r);
        for (size_t i = 0; i < n; i++)
            told(&b, arena_printf(a, "%s %zu%c", who, i, 0).p,
                 call(s, &EP_HOTLINE_TICKET, staff[x], text_of(s, id[i]), NULL, NULL, &r), &r);
    }
    told(&b, "follow", call(s, &EP_HOTLINE_FOLLOW, &NOBODY, code, NULL, NULL, &r), &r);
    told(&b, "own", call(s, &EP_HOTLINE_OWN, s->xinghe, text_of(s, id[n - 1]), NULL, NULL, &r), &r);
    const struct json *cases = NULL;
    assert_good(a, subject_cases(s->w.c, a, s->xinghe->subject, s->w.now, &cases));
    json_set(&b, "export", cases);
    return json_write(a, json_object(&b));
}

static void fold_all(struct seat *s)
{
    struct archive_at at = {.ended = 0};
    size_t looked;
    assert_good(s->w.a, measures_roll(s->w.c, s->w.a)); /* what is not in the sums yet is not folded */
    do assert_good(s->w.a, case_archive_run(s->w.c, s->w.a, s->w.now, 64, &at, &looked));
    while (looked);
}

/* Requests that were closed half a year ago and folded: the same lists, figures and pages, and each can be gone back to. */
static void folded_it_answers_as_before(struct store_fixture *f)
{
    struct seat s;
    struct reply r;
    struct rebuild_report report;
    struct id id[3];
    begin(&s, f);
    assert_good(s.w.a, call(&s, &EP_HOTLINE_CALL, s.clerk, "", fresh(&s), CALL ROUTED "}", &r));
    char *code = arena_cstr(s.w.a, json_string(r.body, "code"));
    assert_true(id_scan(json_string(r.body, "id"), &id[0]));
    assert_good(s.w.a, works_decide(&s.w, s.rs, id[0], "take", "take", NULL));
    assert_good(s.w.a, works_decide(&s.w, s.rs, id[0], "reply", "replied", data(&s, "{\"reply\":\"已更正\"}")));
    assert_good(s.w.a, works_decide(&s.w, s.clerk, id[0], "visit", "satisfied", data(&s, "{\"answer\":\"好的\"}")));
    id[1] = taken(&s, CALL
                  "\"classification\":{\"outcome\":\"answer\",\"kind\":\"consultation\",\"topic\":\"company_setup\"},"
                  "\"reply\":{\"reply\":\"网上一次填报\"}}");
    assert_good(s.w.a, call(&s, &EP_HOTLINE_ASK, s.xinghe, "", fresh(&s), "{\"text\":\"咨询退税\"}", &r));
    assert_true(id_scan(json_string(r.body, "case"), &id[2]));
    assert_good(s.w.a, works_decide(&s.w, s.clerk, id[2], "classify", "answer",
                                    data(&s, "{\"kind\":\"consultation\",\"topic\":\"tax\"}")));
    assert_good(s.w.a, works_decide(&s.w, s.clerk, id[2], "answer", "replied", data(&s, "{\"reply\":\"见指南\"}")));
    works_jobs(&s.w);
    works_set(&s.w, s.w.now + (ARCHIVE_AFTER + 30) * MS_DAY);
    struct slice before = all_told(&s, id, 3, code);
    fold_all(&s);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(works_number(&s.w, "SELECT COUNT(*) FROM case_archive WHERE case_id=?1", id[i]), 1);
    struct slice after = all_told(&s, id, 3, code);
    if (!slice_eq(before, after)) fail_msg("before: %.*s\nafter: %.*s", SLICE_ARG(before), SLICE_ARG(after));
    assert_good(s.w.a, case_rebuild(s.w.c, s.w.a, true, &report));
    assert_int_equal(report.differences, 0);
    for (size_t i = 0; i < 3; i++) assert_good(s.w.a, case_unfold(s.w.c, s.w.a, id[i]));
    assert_true(slice_eq(before, all_told(&s, id, 3, code)));
    assert_good(s.w.a, case_rebuild(s.w.c, s.w.a, true, &report));
    assert_int_equal(report.differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_call_becomes_a_ticket_once),
        ON_BOTH(an_answer_of_the_knowledge_base_ends_it),
        ON_BOTH(the_page_takes_requests_of_anybody),
        ON_BOTH(repeat_callers_are_known_by_number),
        ON_BOTH(departments_see_who_asked_only_when_they_may),
        ON_BOTH(a_complaint_about_an_officer_stays_from_their_department),
        ON_BOTH(lists_go_by_the_clock_and_by_department),
        ON_BOTH(what_is_late_goes_up_once),
        ON_SQLITE(words_tell_what_it_is_about),
        ON_BOTH(figures_are_counted_from_the_tickets),
        ON_BOTH(messages_become_tickets),
        ON_BOTH(who_asked_goes_after_two_years),
        ON_BOTH(folded_it_answers_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
