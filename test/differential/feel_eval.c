/* FEEL for the differential runs: reads a line of JSON {"e": expression, "t": unary tests?, "s": scope} and writes one of
 * {"k": kind, "v": value} in FEEL's types, which plain JSON would lose. kind: null, boolean, number, string, date, time, "date and
 * time", "days and time duration", "years and months duration", list, context, range, function; "syntax": it does not compile;
 * "limit": a limit was passed. A scope's members "?" and others are JSON; names with spaces are told to the compiler. */
#include "engine/decision/temporal.h"

#include "engine/decision/eval.h"

#include <stdio.h>

#define LINE_MAX_BYTES ((size_t)1 << 20)

static const struct json *tagged(struct machine *m, struct value v)
{
    struct arena *a = m->a;
    struct json_builder b = json_builder(a);
    if (!machine_charge(m, 1)) return json_null(); /* a value may hold another many times */
    json_set_cstr(&b, "k", value_type_name(v.type));
    switch (v.type) {
    case V_NULL:
    case V_FUNCTION: break;
    case V_BOOL: json_set(&b, "v", json_of_bool(v.boolean)); break;
    case V_STRING: json_set_str(&b, "v", v.string); break;
    case V_LIST: {
        struct json_builder items = json_builder(a);
        for (size_t i = 0; i < v.list->n; i++) json_add(&items, tagged(m, v.list->items[i]));
        json_set(&b, "v", json_array(&items));
        break;
    }
    case V_CONTEXT: {
        struct json_builder items = json_builder(a);
        for (size_t i = 0; i < v.context->n; i++)
            json_set_slice(&items, v.context->keys[i], tagged(m, context_at(a, v.context, i)));
        json_set(&b, "v", json_object(&items));
        break;
    }
    case V_YEARMONTH: json_set_int(&b, "v", v.months); break;
    case V_DAYTIME: json_set_int(&b, "v", (int64_t)(v.nanos / NANOS_SECOND)); break;
    case V_DATETIME: json_set_int(&b, "utc", temporal_utc_seconds(v.temporal)); __attribute__((fallthrough));
    default: json_set_str(&b, "v", value_text(a, v, false)); break;
    }
    return json_object(&b);
}

static const struct json *trouble(struct arena *a, const char *kind, result r)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "k", kind);
    json_set_str(&b, "v", result_text(a, r, LANG_EN));
    return json_object(&b);
}

static const struct json *answer(struct arena *a, const struct json *question)
{
    static const struct feel_env env = {.now = INT64_C(1700000000000)};
    const struct json *scope = json_get(question, "s");
    bool tests = json_bool(question, "t", false);
    struct value root = value_of_json(a, scope), input = v_null(), out;
    struct frame frame = {.context = root.type == V_CONTEXT ? root.context : NULL};
    struct feel_scope names = {.names = scope ? scope->keys : NULL, .nnames = scope ? scope->n : 0};
    const struct feel *f;
    result r = feel_parse(a, json_string(question, "e"), &names, tests, S("line"), &f);
    if (failed(r)) return trouble(a, "syntax", r);
    struct machine m;
    machine_start(&m, a, &env, S("line"));
    m.closures = f->closures;
    if (frame.context) (void)context_get(a, frame.context, S("?"), &input);
    out = tests ? feel_tests(&m, f->root, input, &frame) : feel_node(&m, f->root, &frame);
    const struct json *told = tagged(&m, out);
    return failed(m.fault) ? trouble(a, "limit", m.fault) : told;
}

int main(void)
{
    static char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, stdin)) {
        struct arena *a = arena_new("feel_eval");
        const struct json *question;
        result r = json_parse(a, slice_trim(slice_cstr(line)), sizeof line, S("line"), &question);
        struct slice text = json_write(a, failed(r) ? trouble(a, "question", r) : answer(a, question));
        printf("%.*s\n", SLICE_ARG(text));
        arena_free(a);
    }
    return 0;
}
