/* The built-in plan in a demonstration city: imported, with sign-ins for those whom it names. */
#include "app/tongban/builtin.h"
#include "app/tongban/cli.h"

#include <unistd.h>

#include "areas/00_supervision/plan.h"

static const char FOLDER[] = "data/plan/dongguan-2021";

static bool is_head(const struct json *who)
{
    const struct json *roles = json_get(who, "roles");
    for (size_t i = 0; roles && i < roles->n; i++) {
        const struct json *r = roles->items[i];
        if (slice_is(r->type == JSON_STRING ? r->text : json_string(r, "role"), "head")) return true;
    }
    return false;
}

/* Those whom a city needs that runs its plan and nothing else: heads, the three officers, who draws and publishes services. */
static bool steers(const struct json *who)
{
    static const char *const KEEP[] = {"administrator", "security", "auditor", "designer", "publisher", "head"};
    const struct json *roles = json_get(who, "roles");
    for (size_t i = 0; roles && i < roles->n; i++)
        for (size_t k = 0; k < sizeof KEEP / sizeof *KEEP; k++) {
            const struct json *r = roles->items[i];
            if (slice_is(r->type == JSON_STRING ? r->text : json_string(r, "role"), KEEP[k])) return true;
        }
    return false;
}

static bool has_head(const struct json *staff, struct slice department)
{
    for (size_t i = 0; i < staff->n; i++)
        if (is_head(staff->items[i]) && slice_eq(json_string(staff->items[i], "department"), department)) return true;
    return false;
}

static const struct json *person(struct arena *a, struct slice login, struct slice name, struct slice department,
                                 bool head)
{
    struct json_builder b = json_builder(a), roles = json_builder(a), role = json_builder(a);
    json_set_cstr(&role, "role", "head");
    if (head) json_add(&roles, json_object(&role));
    json_set_str(&b, "login", login);
    json_set_str(&b, "name", name);
    json_set_str(&b, "department", department);
    json_set_cstr(&b, "town", "*");
    json_set(&b, "roles", json_array(&roles));
    return json_object(&b);
}

/* Names of the leaders in the order of the areas, each once. */
static const struct json *leaders(struct arena *a, const struct json *areas)
{
    struct json_builder out = json_builder(a);
    for (size_t i = 0; i < areas->n; i++) {
        const struct json *list = json_get(areas->items[i], "leaders");
        for (size_t k = 0; k < list->n; k++) {
            bool known = false;
            for (size_t j = 0; j < out.n; j++) known = known || slice_eq(out.items[j]->text, list->items[k]->text);
            if (!known) json_add(&out, list->items[k]);
        }
    }
    return json_array(&out);
}

static void add_head(struct cli *c, const struct opened *o, struct json_builder *out, const struct json *staff,
                     struct slice name)
{
    const struct department *d = plan_match(c->a, &o->city, o->data, name);
    if (!d || has_head(staff, d->code)) return;
    for (size_t i = 0; i < out->n; i++)
        if (is_head(out->items[i]) && slice_eq(json_string(out->items[i], "department"), d->code)) return;
    json_add(out, person(c->a, arena_printf(c->a, "%.*s.head", SLICE_ARG(d->code)),
                         arena_printf(c->a, "%.*s负责人", SLICE_ARG(d->name.zh)), d->code, true));
}

static void add_heads(struct cli *c, const struct opened *o, struct json_builder *out, const struct json *staff,
                      const struct json *names)
{
    for (size_t i = 0; names && i < names->n; i++) add_head(c, o, out, staff, names->items[i]->text);
}

/* The files of DIR/plan replace the built-in ones when it is there. */
static result plan_builtin(struct cli *c, struct plan_input *in)
{
    struct service_files f = builtin_below(c->a, FOLDER);
    char *own = arena_cstr(c->a, arena_printf(c->a, "%s/plan", c->data_dir));
    if (access(own, R_OK) == 0) TRY(service_files_read(c->a, slice_cstr(own), &f));
    return plan_read_folder(c->a, f, in);
}

result plan_people(struct cli *c, struct opened *o, const struct json **staff)
{
    struct plan_input in;
    struct json_builder out = json_builder(c->a);
    const struct json *all = o->data->staff;
    TRY(plan_builtin(c, &in));
    for (size_t i = 0; i < all->n; i++)
        if (!o->plan_only || steers(all->items[i])) json_add(&out, all->items[i]);
    add_heads(c, o, &out, all, in.offices);
    for (size_t i = 0; (o->plan_only || o->fill) && i < in.areas->n; i++) {
        add_heads(c, o, &out, all, json_get(in.areas->items[i], "lead"));
        if (o->plan_only) add_heads(c, o, &out, all, json_get(in.areas->items[i], "responsible"));
    }
    const struct json *names = leaders(c->a, in.areas);
    struct slice office = o->data->ndepartments ? o->data->departments[0].code : S("*");
    for (size_t i = 0; i < in.offices->n; i++) {
        const struct department *d = plan_match(c->a, &o->city, o->data, in.offices->items[i]->text);
        if (d) office = d->code;
    }
    for (size_t i = 0; i < names->n; i++)
        json_add(&out, person(c->a, arena_printf(c->a, "leader%zu", i + 1), arena_printf(c->a, "挂帅领导%zu", i + 1),
                              office, false));
    *staff = json_array(&out);
    return ok();
}

result plan_seed(struct cli *c, struct opened *o)
{
    struct plan_input in;
    const struct json *report;
    struct actor system = actor_system();
    instant now = o->plan_at ? o->plan_at : time_now(o->city.time);
    TRY(plan_builtin(c, &in));
    TRY(plan_import(&o->city, c->a, &system, &in, now, &report));
    const struct json *names = leaders(c->a, in.areas);
    for (size_t i = 0; i < names->n; i++) {
        struct reply r = {0};
        struct json_builder b = json_builder(c->a);
        json_set_str(&b, "name", names->items[i]->text);
        json_set_str(&b, "login", arena_printf(c->a, "leader%zu", i + 1));
        struct request q = {.a = c->a, .city = &o->city, .actor = &system, .now = now, .body = json_object(&b)};
        TRY(door_call(&EP_PLAN_LEADER, &q, &r));
    }
    return ok();
}
