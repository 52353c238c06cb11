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
        /* a person who files would have it wait at the gateway for messages that look for no case */
        if (d[i].starts && slice_is(d[i].node->kind, "intermediateCatchEvent") && !service_internal(s))
            x.faults = result_join(
                a, x.faults,
                service_fault(
                    a, place(&x, &d[i]), "由事件网关启动的事项无人申请：service.json 的 properties 应含 internal",
                    "nobody applies for a service that an event-based gateway starts: service.json has the property internal"));
    }
    return x.faults;
}

/* ---- what starts by the same message ---- */

static bool starts_by(struct arena *a, const struct service *s, struct slice message)
{
    const struct process_declared *d = NULL;
    size_t n = process_declared(a, s->model, &d);
    for (size_t i = 0; i < n; i++)
        if (d[i].starts && d[i].kind == DECLARED_MESSAGE && slice_eq(d[i].name, message)) return true;
    return false;
}

static const struct json *shared_note(struct arena *a, struct slice message, const struct service *first,
                                      const struct service *const *others, size_t n)
{
    struct json_builder b = json_builder(a), list = json_builder(a);
    struct buf names = buf_new(a, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        json_add(&list, json_of_string(a, others[i]->code));
        buf_printf(&names, "%s%.*s", i ? ", " : "", SLICE_ARG(others[i]->code));
    }
    json_set(&b, "text",
             bitext_json(
                 a, (struct bitext){
                        arena_printf(a, "消息“%.*s”也启动 %.*s；一条消息只启动一个事项，按代码取第一个：%.*s",
                                     SLICE_ARG(message), SLICE_ARG(buf_slice(&names)), SLICE_ARG(first->code)),
                        arena_printf(a,
                                     "The message \"%.*s\" starts %.*s too; a message starts one service, the first by "
                                     "code: %.*s",
                                     SLICE_ARG(message), SLICE_ARG(buf_slice(&names)), SLICE_ARG(first->code))}));
    json_set_str(&b, "message", message);
    json_set(&b, "services", json_array(&list));
    return json_object(&b);
}

void notes_beside(struct catalogue *c, struct arena *a, struct service_files files, struct json_builder *notes)
{
    struct service *own;
    const struct service *const *all;
    const struct process_declared *d = NULL;
    size_t nall, n = 0;
    if (!c || failed(version_compile_current(c, a, files, &own))) return; /* its faults are told elsewhere */
    service_hold_for(a, own);
    service_release(own);
    catalogue_all(c, a, &all, &nall);
    n = process_declared(a, own->model, &d);
    for (size_t i = 0; i < n; i++) {
        const struct service **others = NEW_ARRAY(a, const struct service *, nall + 1), *first = own;
        size_t found = 0;
        if (!d[i].starts || d[i].kind != DECLARED_MESSAGE) continue;
        for (size_t k = 0; k < nall; k++) {
            if (slice_eq(all[k]->code, own->code) || !starts_by(a, all[k], d[i].name)) continue;
            others[found++] = all[k];
            if (slice_cmp(all[k]->code, first->code) < 0) first = all[k];
        }
        if (found) json_add(notes, shared_note(a, d[i].name, first, others, found));
    }
}
