/* What goes wrong, said so that people understand it. */
#include "engine/form/validate.h"

struct slice at_pointer(struct arena *a, const struct at *at)
{
    if (!at->up) return S("");
    struct slice up = at_pointer(a, at->up);
    if (at->is_index) return arena_printf(a, "%.*s/%zu", SLICE_ARG(up), at->index);
    struct buf b = buf_new(a, up.n + 2 * at->key.n + 1);
    buf_put(&b, up);
    buf_putc(&b, '/');
    for (size_t i = 0; i < at->key.n; i++) {
        char c = at->key.p[i];
        if (c == '~' || c == '/')
            buf_puts(&b, c == '~' ? "~0" : "~1");
        else
            buf_putc(&b, c);
    }
    return buf_slice(&b);
}

static void put(struct run *r, const struct at *at, enum code code, struct slice pointer, result x)
{
    struct sink *s = r->sink;
    if (s->n >= PROBLEMS_MAX) return;
    for (const struct found *f = s->first; f; f = f->next)
        if (f->code == code && slice_eq(f->pointer, pointer)) return;
    struct found *f = NEW(r->a, struct found);
    f->problem = x;
    f->pointer = pointer;
    f->code = code;
    for (const struct at *p = at; p->up; p = p->up) f->norder++;
    f->order = NEW_ARRAY(r->a, uint32_t, f->norder + 1);
    size_t i = f->norder;
    for (const struct at *p = at; p->up; p = p->up) f->order[--i] = p->order;
    if (s->last)
        s->last->next = f;
    else
        s->first = f;
    s->last = f;
    s->n++;
}

bool problem(struct run *r, const struct at *at, enum code code, const struct args *args)
{
    if (!r->sink || r->sink->n >= PROBLEMS_MAX) return false;
    static const struct args none = {{{NULL, {NULL, 0}}}};
    const struct arg *x = args ? args->list : none.list;
    struct slice pointer = at_pointer(r->a, at);
    /* the general texts of fields say {field}: there people read the title too */
    put(r, at, code, pointer,
        fail(r->a, code, pointer, "title_zh", at->title[LANG_ZH], "title_en", at->title[LANG_EN], "field_zh",
             at->title[LANG_ZH], "field_en", at->title[LANG_EN], x[0].key, x[0].value, x[1].key, x[1].value, x[2].key,
             x[2].value, x[3].key, x[3].value, NULL));
    return false;
}

bool problem_result(struct run *r, const struct at *at, result x)
{
    if (r->sink && failed(x)) put(r, at, x.problem->code, at_pointer(r->a, at), x);
    return !failed(x);
}

bool problem_type(struct run *r, const struct node *n, const struct at *at)
{
    static const struct {
        unsigned bit;
        const char *text[2];
    } names[] = {
        {TYPE_STRING, {"文字", "text"}},     {TYPE_INTEGER, {"整数", "a whole number"}},
        {TYPE_NUMBER, {"数字", "a number"}}, {TYPE_BOOL, {"是或否", "yes or no"}},
        {TYPE_ARRAY, {"列表", "a list"}},    {TYPE_OBJECT, {"一组字段", "a group of fields"}},
        {TYPE_NULL, {"空", "nothing"}},
    };
    if (!r->sink) return false;
    struct buf text[2] = {buf_new(r->a, 400), buf_new(r->a, 400)};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(n->types & names[i].bit) || (names[i].bit == TYPE_INTEGER && (n->types & TYPE_NUMBER))) continue;
        for (int l = LANG_ZH; l <= LANG_EN; l++) {
            if (text[l].n) buf_puts(&text[l], l == LANG_ZH ? "或" : " or ");
            buf_puts(&text[l], names[i].text[l]);
        }
    }
    return problem(r, at, CODE_FIELD_TYPE,
                   ARGS({"expected_zh", buf_slice(&text[LANG_ZH])}, {"expected_en", buf_slice(&text[LANG_EN])}));
}

static struct slice shown(struct run *r, const struct json *v, const struct node *titled, enum lang l)
{
    if (titled && titled->field.title[l].n) return titled->field.title[l];
    return v->type == JSON_STRING ? v->text : json_write(r->a, v);
}

bool problem_enum(struct run *r, const struct node *n, const struct at *at, const struct json *const *values,
                  const struct node *const *titles, size_t count)
{
    (void)n;
    if (!r->sink) return false;
    struct buf text[2] = {buf_new(r->a, 2000), buf_new(r->a, 2000)};
    for (size_t i = 0; i < count && i < 50; i++)
        for (int l = LANG_ZH; l <= LANG_EN; l++) {
            if (i) buf_puts(&text[l], l == LANG_ZH ? "、" : ", ");
            buf_put(&text[l], shown(r, values[i], titles ? titles[i] : NULL, (enum lang)l));
        }
    for (int l = LANG_ZH; l <= LANG_EN; l++) /* cut whole characters only */
        text[l].n = slice_utf8_end(buf_slice(&text[l]));
    return problem(r, at, CODE_FIELD_ENUM,
                   ARGS({"allowed_zh", buf_slice(&text[LANG_ZH])}, {"allowed_en", buf_slice(&text[LANG_EN])}));
}

struct slice number_text(struct run *r, size_t n)
{
    return arena_printf(r->a, "%zu", n);
}

static int compare(const struct found *x, const struct found *y)
{
    for (size_t i = 0; i < x->norder && i < y->norder; i++)
        if (x->order[i] != y->order[i]) return x->order[i] < y->order[i] ? -1 : 1;
    return x->norder < y->norder ? -1 : x->norder > y->norder;
}

result problems_joined(struct arena *a, const struct sink *s)
{
    const struct found *list[PROBLEMS_MAX];
    size_t n = 0;
    for (const struct found *f = s->first; f && n < PROBLEMS_MAX; f = f->next) {
        size_t at = n++;
        for (; at > 0 && compare(list[at - 1], f) > 0; at--) list[at] = list[at - 1]; /* stable */
        list[at] = f;
    }
    result all = ok();
    while (n > 0) all = result_join(a, list[--n]->problem, all);
    return all;
}
