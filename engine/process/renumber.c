/* Numbers given anew, in their order. They are drawn one after the other for tokens and scopes alike, so two cases that stand in
 * the same place have different ones when one of them has gone a longer way; but nothing depends on more than their order. */
#include "engine/process/run.h"

#include <stdlib.h>

struct numbers { /* in use, ascending */
    uint32_t *list;
    size_t n;
};

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static struct numbers numbers_of(struct arena *a, const struct process_state *s)
{
    struct numbers l = {.list = NEW_ARRAY(a, uint32_t, s->nscopes + s->ntokens + 1)};
    for (uint32_t i = 0; i < s->nscopes; i++)
        if (s->scopes[i].no) l.list[l.n++] = s->scopes[i].no;
    for (uint32_t i = 0; i < s->ntokens; i++) l.list[l.n++] = s->tokens[i].no;
    if (l.n) qsort(l.list, l.n, sizeof *l.list, by_number);
    return l;
}

/* 0, and what is no longer there, becomes 0. */
static uint32_t place(const struct numbers *l, uint32_t no)
{
    const uint32_t *found = no && l->n ? bsearch(&no, l->list, l->n, sizeof no, by_number) : NULL;
    return found ? (uint32_t)(found - l->list) + 1 : 0;
}

static const struct json *calls_again(struct arena *a, const struct numbers *l, const struct json *vars)
{
    const struct json *calls = json_get(vars, "$calls");
    if (!calls) return vars;
    struct json_builder moved = json_builder(a), b = json_builder(a);
    for (size_t i = 0; i < calls->n; i++) {
        int64_t no = 0;
        if (!slice_int64(calls->keys[i], &no)) continue;
        json_set_slice(&moved, arena_printf(a, "%u", place(l, (uint32_t)no)), calls->items[i]);
    }
    for (size_t i = 0; i < vars->n; i++)
        json_set_slice(&b, vars->keys[i], slice_is(vars->keys[i], "$calls") ? json_object(&moved) : vars->items[i]);
    return json_object(&b);
}

const struct process_state *process_state_renumber(struct arena *a, const struct process_state *s,
                                                   const struct json **vars, struct process_moved **map, size_t *n)
{
    *map = NULL;
    *n = 0;
    if (!s || s->ended) return s;
    struct numbers l = numbers_of(a, s);
    struct process_state *out = NEW(a, struct process_state);
    struct scope *scopes = NEW_ARRAY(a, struct scope, s->nscopes);
    struct token *tokens = NEW_ARRAY(a, struct token, s->ntokens + 1);
    *map = NEW_ARRAY(a, struct process_moved, s->ntokens + 1);
    for (uint32_t i = 0; i < s->nscopes; i++) {
        scopes[i] = s->scopes[i];
        scopes[i].no = place(&l, s->scopes[i].no);
        scopes[i].host = place(&l, s->scopes[i].host);
    }
    for (uint32_t i = 0; i < s->ntokens; i++) {
        struct token *t = &tokens[i];
        *t = s->tokens[i];
        t->no = place(&l, t->no);
        t->scope = place(&l, t->scope);
        if (t->state == T_ARMED || t->state == T_DONE) t->extra = place(&l, t->extra);
        (*map)[(*n)++] = (struct process_moved){s->tokens[i].no, t->no};
    }
    *out = *s;
    out->next = (uint32_t)l.n + 1;
    out->scopes = scopes;
    out->tokens = tokens;
    if (vars) *vars = calls_again(a, &l, *vars);
    return out;
}
