#include "city/cases/change_fold.h"

static const struct stmt CASE_VERSION = {"case_version_set", "UPDATE case_file SET service_hash=?2 WHERE id=?1", NULL,
                                         false};
static const struct stmt TASK_CHANGE = {
    "task_change",
    "UPDATE case_task SET node=?3, step=?4, kind=?5, department=?6, role=?7, due_at=?8 WHERE case_id=?1 AND token=?2"
    " AND status + 0 < 3",
    NULL, false};
static const struct stmt TASK_FREE = {
    "task_free",
    "UPDATE case_task SET status=0, assignee=NULL, assignee_name='' WHERE case_id=?1 AND token=?2 AND status + 0 < 2",
    NULL, false};

/* The steps in the new version's order, each as it stood; what it does not have any more is kept behind them, for an undoing. */
static void steps_again(struct fold *f, const struct json *list)
{
    struct case_row *c = f->c;
    struct case_step *now = NEW_ARRAY(f->d->a, struct case_step, c->nsteps + list->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct json *x = list->items[i], *l = json_get(x, "limit");
        struct case_step *old = case_step_find(c, json_string(x, "key")), *s = &now[n++];
        if (old) *s = *old;
        s->key = json_string(x, "key");
        if (s->state == STEP_WAITING)
            s->clock.promised = (struct limit){json_int(l, "n", 0), (enum limit_unit)json_int(l, "u", 0), {NULL, 0}};
    }
    for (size_t i = 0; i < c->nsteps; i++) {
        bool named = false;
        for (size_t k = 0; k < list->n; k++)
            named = named || slice_eq(json_string(list->items[k], "key"), c->steps[i].key);
        if (!named && c->steps[i].state != STEP_WAITING) now[n++] = c->steps[i];
    }
    c->steps = now;
    c->nsteps = n;
}

/* Who completed what is kept by element: four eyes hold under new names too. */
static void officers_renamed(struct fold *f, const struct json *renamed)
{
    const struct json *before = f->c->officers;
    if (!renamed || !renamed->n || !before) return;
    struct json_builder b = json_builder(f->d->a);
    for (size_t i = 0; i < before->n; i++) {
        struct slice scope, element, key = before->keys[i];
        bool scoped = slice_cut(key, '/', &scope, &element);
        for (size_t k = 0; scoped && k < renamed->n; k++)
            if (slice_eq(json_string(renamed->items[k], "from"), element))
                key = arena_printf(f->d->a, "%.*s/%.*s", SLICE_ARG(scope),
                                   SLICE_ARG(json_string(renamed->items[k], "to")));
        json_set_slice(&b, key, before->items[i]);
    }
    f->c->officers = json_object(&b);
}

result fold_migrated(struct fold *f, const struct json *v)
{
    struct case_row *c = f->c;
    struct slice to = json_string(v, "to");
    if (!c->limits_of.n) c->limits_of = c->service_hash;
    c->service_hash = to;
    if (slice_eq(c->limits_of, to)) c->limits_of = (struct slice){NULL, 0};
    steps_again(f, json_get(v, "steps"));
    officers_renamed(f, json_get(v, "renamed"));
    decision_write(f->d, &CASE_VERSION, -1, 2, sql_id(&c->id), sql_text(to));
    return ok();
}

result fold_task_changed(struct fold *f, const struct json *v)
{
    struct sql_value token = sql_int(json_int(v, "token", 0));
    decision_write(f->d, &TASK_CHANGE, 1, 8, sql_id(&f->c->id), token, sql_text(json_string(v, "node")),
                   sql_text(json_string(v, "step")), sql_text(json_string(v, "kind")),
                   sql_text(json_string(v, "department")), sql_text(json_string(v, "role")),
                   sql_int(json_int(v, "due", 0)));
    if (json_bool(v, "free", false)) decision_write(f->d, &TASK_FREE, -1, 2, sql_id(&f->c->id), token);
    return ok();
}

/* What it says is for people; the steps that begin again tell so themselves. */
result fold_step_corrected(struct fold *f, const struct json *v)
{
    (void)f;
    (void)v;
    return ok();
}
