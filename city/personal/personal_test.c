/* Requests about one's data: asked, answered with reasons, refused with a way on, four eyes where something is erased, all of it recorded. */
#include "city/personal/personal.h"

#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "city/sql.h"
#include "city/testkit.h"

#define NONE ((struct slice){NULL, 0})

struct desk {
    struct city_kit k;
    struct actor zhang, lisi, handler, head, security;
};

static void open_desk(struct desk *d, struct store_fixture *f)
{
    city_kit_open(&d->k, f);
    d->zhang = kit_person(&d->k, "zhangsan", KIT_NUMBER);
    d->lisi = kit_person(&d->k, "lisi", NONE);
    d->handler = kit_staff(&d->k, "wang", ROLE_HANDLER);
    d->head = kit_staff(&d->k, "chief", ROLE_HEAD);
    d->security = kit_staff(&d->k, "guard", ROLE_SECURITY);
}

static struct id asked(struct desk *d, const char *kind, const char *text, const char *key)
{
    struct city_kit *k = &d->k;
    const struct json *out;
    struct id id;
    struct personal_asked q = {.kind = slice_cstr(kind),
                               .department = S("scjg"),
                               .text = slice_cstr(text),
                               .deceased = S("张老三"),
                               .relation = S("父子"),
                               .key = slice_cstr(key)};
    assert_good(k->a, personal_ask(&k->c, k->a, &d->zhang, &q, k->now, &out));
    assert_true(slice_starts(json_string(out, "number"), S("QL")));
    assert_true(id_scan(json_string(out, "id"), &id));
    return id;
}

static const struct json *own(struct desk *d, struct id id)
{
    const struct json *out;
    assert_good(d->k.a, personal_own(&d->k.c, d->k.a, &d->zhang, id, d->k.now, &out));
    return out;
}

static result answer(struct desk *d, const struct actor *x, struct id id, const char *outcome, const char *ground)
{
    struct personal_answer a = {slice_cstr(outcome), slice_cstr(ground), S("答复内容：已核实")};
    return personal_answer(&d->k.c, d->k.a, x, id, &a, d->k.now);
}

static int64_t told(struct desk *d)
{
    const struct json *inbox;
    size_t n = 1;
    while (n) assert_good(d->k.a, messages_run(&d->k.c, d->k.a, d->k.now, 64, &n));
    assert_good(d->k.a, inbox_list(&d->k.c, d->k.a, &d->zhang, 50, NONE, &inbox));
    return (int64_t)json_get(inbox, "items")->n;
}

static void asked_and_answered(struct store_fixture *f)
{
    struct desk d;
    const struct json *out;
    open_desk(&d, f);
    struct city_kit *k = &d.k;
    int64_t before = told(&d);
    struct id id = asked(&d, "correct", "住址已变更为幸福路一号", "key-one-1");
    assert_true(id_eq(asked(&d, "correct", "住址已变更为幸福路一号", "key-one-1"), id)); /* once */
    assert_slice(json_string(own(&d, id), "state"), "open");
    assert_false(json_bool(own(&d, id), "late", true));
    /* nobody else's */
    assert_code(personal_own(&k->c, k->a, &d.lisi, id, k->now, &out), CODE_NOT_FOUND);
    /* the desk sees a number and a masked name; the text only by a read that is recorded, and that the person finds */
    assert_good(k->a, personal_desk(&k->c, k->a, &d.handler, S("open"), 20, NONE, k->now, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    assert_true(slice_search(json_write(k->a, out), S("幸福路")) == SIZE_MAX);
    assert_good(k->a, personal_desk(&k->c, k->a, &d.security, S("open"), 20, NONE, k->now, &out));
    assert_int_equal(json_get(out, "items")->n, 0);
    assert_code(personal_desk_one(&k->c, k->a, &d.security, id, k->now, &out), CODE_FORBIDDEN);
    assert_good(k->a, personal_desk_one(&k->c, k->a, &d.handler, id, k->now, &out));
    assert_slice(json_string(json_get(out, "asked"), "text"), "住址已变更为幸福路一号");
    struct read_filter all = {.what = S("rights")};
    assert_good(k->a, read_list_filtered(&k->c, k->a, d.zhang.subject, &all, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    assert_slice(json_string(json_get(json_get(out, "items")->items[0], "basis"), "zh"), "受理您的申请（第五十条）");
    assert_int_equal(json_get(out, "kinds")->n, 1);
    all.department = S("other");
    assert_good(k->a, read_list_filtered(&k->c, k->a, d.zhang.subject, &all, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 0);
    all = (struct read_filter){.since = k->now + MS_DAY};
    assert_good(k->a, read_list_filtered(&k->c, k->a, d.zhang.subject, &all, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 0);
    all = (struct read_filter){.until = k->now + MS_DAY, .department = S("scjg")};
    assert_good(k->a, read_list_filtered(&k->c, k->a, d.zhang.subject, &all, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    /* granted needs words; refused a ground */
    assert_code(answer(&d, &d.handler, id, "refused", ""), CODE_FIELD_REQUIRED);
    assert_code(answer(&d, &d.handler, id, "refused", "because"), CODE_NOT_FOUND);
    assert_good(k->a, answer(&d, &d.handler, id, "granted", ""));
    assert_code(answer(&d, &d.handler, id, "granted", ""), CODE_REQUEST_SETTLED);
    assert_slice(json_string(own(&d, id), "outcome"), "granted");
    assert_slice(json_string(json_get(own(&d, id), "answer"), "text"), "答复内容：已核实");
    assert_int_equal(told(&d), before + 2); /* received, answered */
    assert_good(k->a, personal_desk(&k->c, k->a, &d.handler, S("answered"), 20, NONE, k->now, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    assert_int_equal(
        store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action IN ('rights.asked', 'rights.answered')"), 2);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM rights_request WHERE idem IS NOT NULL"), 1);
}

static void refused_with_a_way_on(struct store_fixture *f)
{
    struct desk d;
    const struct json *out;
    struct id complaint;
    open_desk(&d, f);
    struct city_kit *k = &d.k;
    struct id id = asked(&d, "restrict", "请停止使用我的电话", "key-two-1");
    k->now += PERSONAL_LIMIT + 1;
    assert_true(json_bool(own(&d, id), "late", false));
    assert_code(personal_complain(&k->c, k->a, &d.zhang, id, S("太慢"), S("key-two-2"), k->now, &out),
                CODE_REQUEST_SETTLED);
    assert_good(k->a, answer(&d, &d.head, id, "refused", "duty"));
    assert_true(slice_search(json_write(k->a, own(&d, id)), S("第十三条")) != SIZE_MAX);
    assert_code(personal_complain(&k->c, k->a, &d.lisi, id, S("不服"), S("key-two-3"), k->now, &out), CODE_NOT_FOUND);
    assert_good(k->a, personal_complain(&k->c, k->a, &d.zhang, id, S("不服"), S("key-two-4"), k->now, &out));
    assert_true(id_scan(json_string(out, "id"), &complaint));
    assert_code(personal_complain(&k->c, k->a, &d.zhang, id, S("不服"), S("key-two-5"), k->now, &out),
                CODE_REQUEST_SETTLED);
    /* the officer responsible, who sees both, and nobody of the department */
    assert_code(answer(&d, &d.head, complaint, "granted", ""), CODE_FORBIDDEN);
    assert_good(k->a, personal_desk_one(&k->c, k->a, &d.security, complaint, k->now, &out));
    assert_slice(json_string(json_get(json_get(out, "of"), "asked"), "text"), "请停止使用我的电话");
    assert_good(k->a, answer(&d, &d.security, complaint, "granted", ""));
    assert_true(json_string(own(&d, id), "complaint").n > 0);
    assert_code(personal_complain(&k->c, k->a, &d.zhang, complaint, S("x"), S("key-two-6"), k->now, &out),
                CODE_REQUEST_SETTLED);
}

static void four_eyes_erase(struct store_fixture *f)
{
    struct desk d;
    const struct json *out;
    open_desk(&d, f);
    struct city_kit *k = &d.k;
    struct id id = asked(&d, "erase", "请删除", "key-three");
    assert_good(k->a, answer(&d, &d.handler, id, "granted", ""));
    assert_slice(json_string(own(&d, id), "state"), "confirm");
    assert_null(json_get(own(&d, id), "answer")); /* not said before it is sure */
    assert_code(personal_confirm(&k->c, k->a, &d.handler, id, true, k->now), CODE_TWO_PEOPLE);
    assert_code(personal_confirm(&k->c, k->a, &d.security, id, true, k->now), CODE_FORBIDDEN);
    assert_good(k->a, personal_confirm(&k->c, k->a, &d.head, id, false, k->now));
    assert_slice(json_string(own(&d, id), "state"), "open");
    assert_good(k->a, answer(&d, &d.handler, id, "granted", ""));
    assert_good(k->a, personal_confirm(&k->c, k->a, &d.head, id, true, k->now));
    assert_code(personal_confirm(&k->c, k->a, &d.head, id, true, k->now), CODE_REQUEST_SETTLED);
    /* then it waits for the security officer, and what was asked goes with the key */
    assert_good(k->a, erasure_list(&k->c, k->a, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    struct id erasure;
    assert_true(id_scan(json_string(json_get(out, "items")->items[0], "id"), &erasure));
    assert_good(k->a, erasure_approve(&k->c, k->a, &d.security, erasure, 0, k->now));
    assert_good(k->a, personal_desk_one(&k->c, k->a, &d.handler, id, k->now, &out));
    assert_null(json_get(out, "asked"));
    /* of somebody who has died: two officers, and nothing of the asker's goes */
    d.zhang = d.lisi;
    id = asked(&d, "relatives", "请更正家父的登记", "key-four-1");
    assert_good(k->a, answer(&d, &d.handler, id, "granted", ""));
    assert_good(k->a, personal_confirm(&k->c, k->a, &d.head, id, true, k->now));
    assert_good(k->a, erasure_list(&k->c, k->a, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    assert_true(slice_search(json_write(k->a, own(&d, id)), S("张老三")) != SIZE_MAX);
}

static void what_is_not_taken(struct store_fixture *f)
{
    struct desk d;
    const struct json *out;
    open_desk(&d, f);
    struct city_kit *k = &d.k;
    struct personal_asked q = {.kind = S("correct"), .text = S("  "), .department = S("scjg"), .key = S("k1234567")};
    assert_code(personal_ask(&k->c, k->a, &d.zhang, &q, k->now, &out), CODE_FIELD_REQUIRED);
    q.text = S("住址");
    q.department = NONE;
    assert_code(personal_ask(&k->c, k->a, &d.zhang, &q, k->now, &out), CODE_FIELD_REQUIRED);
    q.department = S("nowhere");
    assert_code(personal_ask(&k->c, k->a, &d.zhang, &q, k->now, &out), CODE_NOT_FOUND);
    q.department = S("scjg");
    q.case_number = S("not-mine");
    assert_code(personal_ask(&k->c, k->a, &d.zhang, &q, k->now, &out), CODE_NOT_FOUND);
    q.case_number = NONE;
    q.kind = S("complaint");
    assert_code(personal_ask(&k->c, k->a, &d.zhang, &q, k->now, &out), CODE_NOT_FOUND);
    q.kind = S("relatives");
    assert_code(personal_ask(&k->c, k->a, &d.zhang, &q, k->now, &out), CODE_FIELD_REQUIRED); /* of whom? */
    assert_code(personal_ask(&k->c, k->a, &d.handler, &q, k->now, &out), CODE_FORBIDDEN);
    /* everything that is told has its words in both languages */
    const struct json *lists[] = {personal_kinds_json(k->a), personal_grounds_json(k->a), personal_information(k->a)};
    for (size_t i = 0; i < 3; i++) assert_true(lists[i]->n >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(asked_and_answered),
        ON_BOTH(refused_with_a_way_on),
        ON_BOTH(four_eyes_erase),
        ON_BOTH(what_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
