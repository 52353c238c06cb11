/* Drafts: saved while one types, taken up on another device, never lost to a race, gone when filed, old or erased. */
#include "city/drafts/drafts.h"
#include "city/sql.h"
#include "city/testkit.h"

static const struct slice NONE = {"", 0};

static void open_city(struct city_kit *k, struct store_fixture *f)
{
    city_kit_open(k, f);
    struct service_files files = kit_service(k);
    assert_good(k->a, catalogue_install(k->c.catalogue, k->a, &files, 1, k->now));
}

static const struct json *object(struct city_kit *k, const char *text)
{
    return test_json(k->a, slice_cstr(text));
}

struct written {
    struct id id;
    struct slice etag;
};

static struct written begin(struct city_kit *k, const struct actor *x)
{
    struct written w;
    const struct json *out;
    assert_good(k->a, draft_new(&k->c, k->a, x, S("stall_permit"), NULL, k->now, &out, &w.etag));
    assert_true(id_scan(json_string(out, "id"), &w.id));
    return w;
}

static result save(struct city_kit *k, const struct actor *x, struct written *w, const char *data,
                   const struct json **out)
{
    return draft_put(&k->c, k->a, x, w->id, object(k, data), NULL, w->etag, k->now, out, &w->etag);
}

/* The account as another device of it acts: signed in by itself. */
static struct actor device(struct city_kit *k, const char *login)
{
    struct slice token, hash;
    struct actor x;
    bool found;
    assert_good(k->a,
                identity_sign_in(&k->c, k->a, slice_cstr(login), KIT_PASSWORD, NONE, NONE, k->now, &token, &hash));
    assert_good(k->a, session_actor(&k->c, k->a, hash, k->now, &x, &found));
    assert_true(found);
    return x;
}

static void a_draft_is_taken_up_on_another_device(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out, *list;
    struct slice etag;
    open_city(&k, f);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    struct actor desk = device(&k, "zhangsan"), phone = device(&k, "zhangsan");
    struct written w = begin(&k, &desk);
    assert_slice(w.etag, "1");
    /* kept even when it is wrong, and told what is */
    assert_good(k.a, save(&k, &desk, &w, "{\"goods\":\"甜玉米\",\"area_m2\":0}", &out));
    assert_slice(w.etag, "2");
    assert_int_equal(json_get(out, "problems")->n, 1);
    assert_slice(json_string(json_get(out, "problems")->items[0], "field"), "/area_m2");
    k.now += MS_DAY;
    phone = device(&k, "zhangsan");
    assert_good(k.a, draft_list(&k.c, k.a, &phone, 10, NONE, &list));
    assert_int_equal(json_get(list, "items")->n, 1);
    assert_good(k.a, draft_get(&k.c, k.a, &phone, w.id, &out, &etag));
    assert_slice(etag, "2");
    assert_slice(json_string(json_get(out, "data"), "goods"), "甜玉米");
    assert_slice(json_string(out, "service"), "stall_permit");
    struct written there = {w.id, etag};
    assert_good(k.a, draft_put(&k.c, k.a, &phone, w.id, object(&k, "{\"goods\":\"甜玉米\",\"area_m2\":4}"),
                               object(&k, "{\"page\":2}"), etag, k.now, &out, &there.etag));
    assert_int_equal(json_get(out, "problems")->n, 0);
    assert_good(k.a, draft_get(&k.c, k.a, &desk, w.id, &out, &etag));
    assert_int_equal(json_int(json_get(out, "page"), "page", 0), 2);
    assert_int_equal(json_int(json_get(out, "data"), "area_m2", 0), 4);
}

static void the_later_of_two_devices_is_told(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    struct slice etag;
    open_city(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct written one = begin(&k, &zhang), two = one;
    assert_good(k.a, save(&k, &zhang, &one, "{\"goods\":\"伞\"}", &out));
    assert_code(save(&k, &zhang, &two, "{\"goods\":\"鞋\"}", &out), CODE_PRECONDITION_FAILED);
    assert_good(k.a, draft_get(&k.c, k.a, &zhang, one.id, &out, &etag));
    assert_slice(json_string(json_get(out, "data"), "goods"), "伞"); /* nothing was overwritten */
    two.etag = etag;
    assert_good(k.a, save(&k, &zhang, &two, "{\"goods\":\"鞋\"}", &out));
    two.etag = NONE;
    assert_code(save(&k, &zhang, &two, "{}", &out), CODE_PRECONDITION_REQUIRED);
    static const char *const STRANGE[] = {"0", "-1", "abc", "9223372036854775808", "3 ", "2"};
    for (size_t i = 0; i < sizeof STRANGE / sizeof *STRANGE; i++) {
        two.etag = slice_cstr(STRANGE[i]);
        assert_code(save(&k, &zhang, &two, "{}", &out), CODE_PRECONDITION_FAILED);
    }
}

static void limits(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    struct slice etag;
    open_city(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), other = kit_person(&k, "lisi", NONE);
    struct written w = begin(&k, &zhang);
    assert_code(draft_new(&k.c, k.a, &zhang, S("no_such_service"), NULL, k.now, &out, &etag), CODE_NOT_FOUND);
    assert_code(draft_new(&k.c, k.a, &zhang, S("stall_permit"), json_of_int(k.a, 7), k.now, &out, &etag),
                CODE_FIELD_TYPE);
    assert_code(draft_put(&k.c, k.a, &zhang, w.id, object(&k, "[1]"), NULL, w.etag, k.now, &out, &etag),
                CODE_FIELD_TYPE);
    struct buf b = buf_new(k.a, 2 * DRAFT_MAX);
    while (b.n < DRAFT_MAX) buf_puts(&b, "0123456789abcdef");
    struct json_builder o = json_builder(k.a);
    json_set_str(&o, "goods", buf_slice(&b));
    const struct json *large = json_object(&o), *none = object(&k, "{}");
    assert_code(draft_new(&k.c, k.a, &zhang, S("stall_permit"), large, k.now, &out, &etag), CODE_TOO_LARGE);
    assert_code(draft_put(&k.c, k.a, &zhang, w.id, large, NULL, w.etag, k.now, &out, &etag), CODE_TOO_LARGE);
    assert_code(draft_put(&k.c, k.a, &zhang, w.id, none, large, w.etag, k.now, &out, &etag), CODE_TOO_LARGE);
    for (int i = 1; i < DRAFTS_PER_ACCOUNT; i++) (void)begin(&k, &zhang);
    assert_code(draft_new(&k.c, k.a, &zhang, S("stall_permit"), NULL, k.now, &out, &etag), CODE_DRAFT_LIMIT);
    (void)begin(&k, &other); /* the limit is each account's own */
    assert_good(k.a, draft_delete(&k.c, k.a, &zhang, w.id, k.now));
    (void)begin(&k, &zhang);
}

static void a_draft_is_its_writers_alone(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    struct slice etag;
    open_city(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), other = kit_person(&k, "lisi", NONE),
                 wang = kit_staff(&k, "wang", ROLE_HANDLER);
    struct written w = begin(&k, &zhang), mine = w;
    assert_code(draft_get(&k.c, k.a, &other, w.id, &out, &etag), CODE_NOT_FOUND);
    assert_code(save(&k, &other, &mine, "{}", &out), CODE_NOT_FOUND);
    assert_code(draft_delete(&k.c, k.a, &other, w.id, k.now), CODE_NOT_FOUND);
    assert_code(draft_get(&k.c, k.a, &wang, w.id, &out, &etag), CODE_FORBIDDEN);
    assert_code(save(&k, &wang, &mine, "{}", &out), CODE_FORBIDDEN);
    assert_code(draft_delete(&k.c, k.a, &wang, w.id, k.now), CODE_FORBIDDEN);
    assert_code(draft_list(&k.c, k.a, &wang, 10, NONE, &out), CODE_FORBIDDEN);
    assert_code(draft_new(&k.c, k.a, &wang, S("stall_permit"), NULL, k.now, &out, &etag), CODE_FORBIDDEN);
    assert_good(k.a, draft_list(&k.c, k.a, &other, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 0);
    assert_code(draft_list(&k.c, k.a, &zhang, 10, S("rubbish"), &out), CODE_QUERY_BAD);
}

/* What an agent writes for its principal is neither among its own drafts nor possible outside of what was delegated. */
static void an_agent_writes_for_its_principal(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    struct slice etag;
    struct id d;
    open_city(&k, f);
    struct actor boss = kit_enterprise(&k, "factory"), agent = kit_person(&k, "zhangsan", KIT_NUMBER), acting = agent;
    const struct json *services = object(&k, "[\"stall_permit\"]");
    day today = day_of_instant(k.now);
    assert_good(k.a, delegation_add(&k.c, k.a, &boss, S("zhangsan"), services, today, k.now, &d));
    acting.subject = boss.subject;
    acting.delegation = d;
    struct written w = begin(&k, &acting);
    assert_good(k.a, save(&k, &acting, &w, "{\"goods\":\"伞\"}", &out));
    assert_code(draft_get(&k.c, k.a, &agent, w.id, &out, &etag), CODE_NOT_FOUND);
    assert_good(k.a, draft_list(&k.c, k.a, &agent, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 0);
    assert_good(k.a, delegation_revoke(&k.c, k.a, &boss, d, k.now));
    assert_code(draft_new(&k.c, k.a, &acting, S("stall_permit"), NULL, k.now, &out, &etag), CODE_DELEGATION_NONE);
    assert_code(save(&k, &acting, &w, "{\"goods\":\"鞋\"}", &out), CODE_DELEGATION_NONE);
    assert_code(draft_get(&k.c, k.a, &acting, w.id, &out, &etag), CODE_DELEGATION_NONE);
}

static void nothing_written_stands_in_the_clear(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    struct rows r;
    static const struct stmt ALL = {"t_drafts", "SELECT data_ct FROM draft", NULL, false};
    open_city(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct written w = begin(&k, &zhang);
    assert_good(k.a, save(&k, &zhang, &w, "{\"goods\":\"甜玉米 sweet corn\"}", &out));
    assert_good(k.a, store_query(f->s, k.a, &ALL, NULL, 0, &r));
    assert_true(r.n == 1 && row(&r, 0)[0].s.n > 20);
    assert_true(slice_search(row(&r, 0)[0].s, S("甜玉米")) == SIZE_MAX);
    assert_true(slice_search(row(&r, 0)[0].s, S("sweet")) == SIZE_MAX);
    /* nor can one person's draft be put into another's row: it is bound to its owner */
    struct actor other = kit_person(&k, "lisi", NONE);
    struct written theirs = begin(&k, &other);
    struct slice etag;
    store_test_script(f, "UPDATE draft SET data_ct = (SELECT data_ct FROM draft ORDER BY id LIMIT 1)");
    assert_code(draft_get(&k.c, k.a, &other, theirs.id, &out, &etag), CODE_CRYPTO_BOX);
}

static void an_old_draft_goes(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    struct slice etag;
    open_city(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct written old = begin(&k, &zhang), used = begin(&k, &zhang);
    k.now += DRAFT_KEPT;
    assert_good(k.a, save(&k, &zhang, &used, "{\"goods\":\"伞\"}", &out));
    assert_good(k.a, drafts_sweep(&k.c, k.a, k.now));
    assert_good(k.a, draft_get(&k.c, k.a, &zhang, old.id, &out, &etag)); /* to the very day */
    assert_good(k.a, drafts_sweep(&k.c, k.a, k.now + 1));
    assert_code(draft_get(&k.c, k.a, &zhang, old.id, &out, &etag), CODE_NOT_FOUND);
    assert_good(k.a, draft_get(&k.c, k.a, &zhang, used.id, &out, &etag));
}

static void erasure_takes_the_drafts(struct store_fixture *f)
{
    struct city_kit k;
    struct id e;
    const struct json *out;
    open_city(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), other = kit_person(&k, "lisi", NONE),
                 security = kit_staff(&k, "sec1", ROLE_SECURITY);
    (void)begin(&k, &zhang);
    (void)begin(&k, &other);
    assert_good(k.a, draft_export(&k.c, k.a, zhang.subject, &out));
    assert_int_equal(out->n, 1);
    assert_good(k.a, erasure_request(&k.c, k.a, &zhang, 0, k.now, &e));
    assert_good(k.a, erasure_approve(&k.c, k.a, &security, e, 0, k.now));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM draft"), 1);
    assert_good(k.a, draft_list(&k.c, k.a, &other, 10, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_draft_is_taken_up_on_another_device),
        ON_BOTH(the_later_of_two_devices_is_told),
        ON_SQLITE(limits),
        ON_BOTH(a_draft_is_its_writers_alone),
        ON_BOTH(an_agent_writes_for_its_principal),
        ON_BOTH(nothing_written_stands_in_the_clear),
        ON_BOTH(an_old_draft_goes),
        ON_BOTH(erasure_takes_the_drafts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
