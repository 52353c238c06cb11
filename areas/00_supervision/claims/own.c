/* What departments took in systems of their own, in the database. */
#include "areas/00_supervision/claims/claims.h"
#include "city/sql.h"

static const struct stmt CLEAR = {"own_clear", "DELETE FROM own_system_month WHERE month = ?1 AND department = ?2",
                                  NULL, false};
static const struct stmt ADD = {
    "own_add",
    "INSERT INTO own_system_month (month, department, service, name, n, source, imported_by, imported_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
    NULL, false};

struct importing {
    const struct actor *x;
    const struct own_figures *f;
    const struct json *report;
    instant now;
};

static bool may_tell(const struct actor *x, struct slice department)
{
    struct slice any = {NULL, 0};
    return x->kind == ACTOR_SYSTEM || actor_has_role(x, ROLE_ADMINISTRATOR, any, any) ||
           actor_has_role(x, ROLE_HEAD, department, any);
}

static struct slice place(struct arena *a, const struct own_figures *f, const struct own_figure *x, const char *field)
{
    return arena_printf(a, "%.*s:%zu#%s", SLICE_ARG(f->file), x->line, field);
}

static result check_one(struct city *c, struct arena *a, const struct actor *x, const struct own_figures *f,
                        const struct own_figure *v, int64_t running)
{
    const struct service *s;
    if (!citydata_department(catalogue_data(c->catalogue), v->department))
        return fail(a, CODE_NOT_FOUND, place(a, f, v, "department"), "value", v->department, NULL);
    if (!may_tell(x, v->department))
        return fail(a, CODE_FORBIDDEN, place(a, f, v, "department"), "right", v->department, NULL);
    if (v->month > running)
        return fail(a, CODE_FIELD_MAXIMUM, place(a, f, v, "month"), "title", S("month"), "limit",
                    month_text(a, running), NULL);
    bool known = slice_is(v->service, OWN_ALL) || !failed(catalogue_current(c->catalogue, a, v->service, &s));
    if (!known && !v->name.n)
        return fail(a, CODE_FIELD_DEPENDS, place(a, f, v, "service_name"), "title", S("service_name"), "other",
                    v->service, NULL);
    return ok();
}

static bool first_of_its_month(const struct own_figures *f, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (f->list[i].month == f->list[at].month && slice_eq(f->list[i].department, f->list[at].department))
            return false;
    return true;
}

static result import_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct importing *m = ctx;
    for (size_t i = 0; i < m->f->n; i++) {
        const struct own_figure *v = &m->f->list[i];
        if (first_of_its_month(m->f, i))
            TRY(tx_exec(tx, a, &CLEAR, BINDS(sql_int(v->month), sql_text(v->department)), NULL));
        TRY(tx_exec(tx, a, &ADD,
                    BINDS(sql_int(v->month), sql_text(v->department), sql_text(v->service), sql_text(v->name),
                          sql_int(v->n), sql_text(v->source), sql_id(&m->x->account), sql_int(m->now)),
                    NULL));
    }
    return audit_add(tx, a, m->x, m->now, "platform_share.imported", m->report);
}

/* Each once, in the order of the file. */
static const struct json *each(struct arena *a, const struct own_figures *f, bool months)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < f->n; i++) {
        struct slice s = months ? month_text(a, f->list[i].month) : f->list[i].department;
        bool have = false;
        for (size_t k = 0; k < list.n; k++) have = have || slice_eq(list.items[k]->text, s);
        if (!have) json_add(&list, json_of_string(a, s));
    }
    return json_array(&list);
}

result own_import(struct city *c, struct arena *a, const struct actor *x, const struct own_figures *f,
                  struct slice sha256, instant now, const struct json **report)
{
    struct civil t = civil_of_instant(now);
    struct json_builder b = json_builder(a);
    result all = ok();
    for (size_t i = 0, faults = 0; i < f->n && faults < 50; i++) {
        result r = check_one(c, a, x, f, &f->list[i], t.year * 100 + t.month);
        faults += failed(r) ? 1 : 0;
        all = result_join(a, all, r);
    }
    TRY(all);
    json_set_str(&b, "file", f->file);
    json_set_str(&b, "sha256", sha256);
    json_set_int(&b, "figures", (int64_t)f->n);
    json_set(&b, "months", each(a, f, true));
    json_set(&b, "departments", each(a, f, false));
    *report = json_object(&b);
    struct importing m = {x, f, *report, now};
    return store_run(c->store, a, "own_import", import_body, &m);
}
