/* The first start of a city: its services, and its people (demonstration) or the links for its first two officers. */
#include "app/tongban/builtin.h"
#include "app/tongban/cli.h"
#include "areas/00_supervision/publications/news.h"
#include "areas/17_government_services/knowledge.h"

static result builtin_install(struct cli *c, struct opened *o)
{
    size_t n;
    struct service_files *folders = builtin_services(c->a, &n);
    TRY(catalogue_install(o->city.catalogue, c->a, folders, n, time_now(o->city.time)));
    struct service_files articles = builtin_below(c->a, "areas/17_government_services/knowledge");
    const struct json *report;
    struct knowledge_import how = {.release = true, .keep = true};
    return knowledge_import(&o->city, c->a, articles, how, time_now(o->city.time), &report);
}

static const struct json *people(struct arena *a, const struct json *list, const char *kind)
{
    struct json_builder out = json_builder(a);
    for (size_t i = 0; list && i < list->n; i++) {
        struct json_builder b = json_builder(a), k = json_builder(a);
        json_set_cstr(&k, "kind", kind);
        static const char *const KEEP[] = {"login", "name", "department", "town", "roles"};
        for (size_t j = 0; j < 5; j++)
            if (json_get(list->items[i], KEEP[j])) json_set(&b, KEEP[j], json_get(list->items[i], KEEP[j]));
        json_add(&out, json_merge(a, json_object(&k), json_object(&b)));
    }
    return json_array(&out);
}

/* Made-up pieces, each of which says so: they belong into a demonstration city only. Some name services. */
static result pieces(struct cli *c, struct opened *o)
{
    static const char *const FOLDERS[] = {"areas/00_supervision/publications/demo/general",
                                          "areas/00_supervision/publications/demo/catalogue"};
    const struct json *report;
    for (int i = 0; i < (o->plan_only ? 1 : 2); i++)
        TRY(news_import(&o->city, c->a, builtin_below(c->a, FOLDERS[i]), true, time_now(o->city.time), &report));
    return ok();
}

/* Random for each installation; kept in the city's folder for its owner only. */
static result seed(struct cli *c, struct opened *o)
{
    struct slice password = arena_printf(c->a, "Tb-%.*s-7", SLICE_ARG(random_token(c->a, 9)));
    struct json_builder b = json_builder(c->a);
    size_t made;
    struct json_builder none = json_builder(c->a);
    struct citydata data = *o->data;
    TRY(plan_people(c, o, &data.staff));
    if (o->plan_only) data.persons = data.enterprises = json_array(&none);
    TRY(identity_seed(&o->city, c->a, &data, password, time_now(o->city.time), &made));
    TRY(plan_seed(c, o));
    TRY(pieces(c, o));
    json_set_str(&b, "password", password);
    json_set(&b, "staff", people(c->a, data.staff, "staff"));
    json_set(&b, "persons", people(c->a, data.persons, "person"));
    json_set(&b, "enterprises", people(c->a, data.enterprises, "enterprise"));
    char *path = arena_cstr(c->a, arena_printf(c->a, "%s/demo-signins.json", c->data_dir));
    return file_write(c->a, path, json_write(c->a, json_object(&b)), 0600);
}

/* A second server on a database that other servers made finds the roles held: then there is nothing to set up. */
static result link_for(struct cli *c, struct opened *o, enum role role, struct json_builder *links)
{
    struct slice token;
    result r = setup_link(&o->city, c->a, role, time_now(o->city.time), &token);
    if (result_code(r) == CODE_SETUP_CLOSED) return ok();
    TRY(r);
    struct slice url = arena_printf(c->a, "%.*s/setup/%.*s", SLICE_ARG(o->city.base_url), SLICE_ARG(token));
    json_set_str(links, role_name(role), url);
    if (!c->json)
        cli_say(c, "首次设置链接（%s，24小时内一次有效）：%.*s", "One-time setup link (%s, valid 24 h, once): %.*s",
                role_name(role), SLICE_ARG(url));
    return ok();
}

result first_start(struct cli *c, struct opened *o, struct json_builder *links)
{
    if (!o->plan_only) TRY(builtin_install(c, o));
    if (o->city.demo)
        TRY(seed(c, o));
    else {
        TRY(link_for(c, o, ROLE_ADMINISTRATOR, links));
        TRY(link_for(c, o, ROLE_SECURITY, links));
    }
    if (o->fill) TRY(o->fill(c, o));
    return city_mark(c, o);
}
