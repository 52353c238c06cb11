/* Messages, signals and starts by an event: what the drawing must say so that they find whom they are meant for. */
#include "city/catalogue/internal.h"

struct events {
    struct arena *a;
    const struct service *s;
    result faults;
};

static struct slice place(struct events *x, const struct process_declared *d)
{
    return arena_printf(x->a, "process.bpmn:%u#%.*s", d->line, SLICE_ARG(d->node->id));
}

static void fault(struct events *x, const struct process_declared *d, enum code code, struct slice value)
{
    x->faults = result_join(x->a, x->faults, fail(x->a, code, place(x, d), "value", value, NULL));
}

static void check_message(struct events *x, const struct process_declared *d)
{
    struct limit keep;
    if (!d->throws && !d->starts && !d->keyed) fault(x, d, CODE_PROCESS_CORRELATION, d->name);
    if (d->form.n && !service_task_form(x->s, d->form)) fault(x, d, CODE_PROCESS_FORM_UNKNOWN, d->form);
    if (d->outside && !d->throws && !d->form.n) fault(x, d, CODE_PROCESS_ATTRIBUTE_MISSING, S("tb:form"));
    if (d->keep.n && !limit_scan(d->keep, &keep)) fault(x, d, CODE_PROCESS_CLOCK_BAD, d->keep);
}

/* Nobody fills in the form of a case that the clock starts. */
static void check_timed(struct events *x, const struct process_declared *d)
{
    struct json_builder none = json_builder(x->a);
    if (!x->s->form || !failed(schema_validate(x->a, x->s->form, json_object(&none)))) return;
    result r =
        service_fault(x->a, place(x, d), "由时间或条件启动的事项没有人填表：form.json 不得有必填项",
                      "nobody fills in the form of a service that the clock starts: form.json may require nothing");
    x->faults = result_join(x->a, x->faults, r);
}

result check_events(struct arena *a, const struct service *s)
{
    struct events x = {a, s, ok()};
    const struct process_declared *d = NULL;
    size_t n = process_declared(a, s->model, &d);
    for (size_t i = 0; i < n; i++) {
        bool post = d[i].kind == DECLARED_MESSAGE || d[i].kind == DECLARED_SIGNAL;
        if (post && !d[i].named) fault(&x, &d[i], CODE_PROCESS_EVENT_NAME, d[i].name);
        if (d[i].kind == DECLARED_MESSAGE) check_message(&x, &d[i]);
        if (!post && d[i].starts) check_timed(&x, &d[i]);
    }
    return x.faults;
}
