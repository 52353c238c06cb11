/* Counter-examples: a way through a process in ids and in words. */
#include "engine/process/sound.h"

enum { MAX_WORDS = 60 };

struct trail trail_new(struct arena *a, const struct process_model *m)
{
    return (struct trail){m, buf_new(a, 1 << 20), buf_new(a, 1 << 20), buf_new(a, 1 << 20), 0};
}

static void add_id(struct trail *t, struct slice id)
{
    if (t->ids.n) buf_putc(&t->ids, ' ');
    buf_put(&t->ids, id);
}

static struct slice label(const struct trail *t, uint32_t node, enum lang lang)
{
    const struct process_node *p = &t->m->pub[node];
    return lang == LANG_EN && p->name_en.n ? p->name_en : p->name.n ? p->name : p->id;
}

/* Room for another element in words? The first one too many becomes "…". */
static bool room(struct trail *t)
{
    if (t->steps++ < MAX_WORDS) return true;
    if (t->steps == MAX_WORDS + 1) {
        buf_puts(&t->zh, " → …");
        buf_puts(&t->en, " → …");
    }
    return false;
}

void trail_node(struct trail *t, uint32_t node)
{
    add_id(t, t->m->pub[node].id);
    if (!room(t)) return;
    const char *arrow = t->steps == 1 ? "" : " → ";
    buf_printf(&t->zh, "%s“%.*s”", arrow, SLICE_ARG(label(t, node, LANG_ZH)));
    buf_printf(&t->en, "%s\"%.*s\"", arrow, SLICE_ARG(label(t, node, LANG_EN)));
}

void trail_event(struct trail *t, uint32_t boundary)
{
    add_id(t, t->m->pub[boundary].id);
    if (!room(t)) return;
    buf_printf(&t->zh, "（发生“%.*s”）", SLICE_ARG(label(t, boundary, LANG_ZH)));
    buf_printf(&t->en, " (\"%.*s\" occurs)", SLICE_ARG(label(t, boundary, LANG_EN)));
}

static bool had_choice(const struct process_model *m, const struct flow *f)
{
    const struct node *n = &m->nodes[f->from];
    return n->nout > 1 && (n->kind == NODE_EXCLUSIVE || n->kind == NODE_INCLUSIVE || n->kind == NODE_COMPLEX ||
                           f->condition_text.n || n->dflt != NONE);
}

void trail_flow(struct trail *t, uint32_t flow)
{
    const struct process_model *m = t->m;
    const struct flow *f = &m->flows[flow];
    add_id(t, f->id);
    if (t->steps >= MAX_WORDS || !had_choice(m, f)) return;
    struct slice name = f->name;
    struct slice zh = name.n ? name : f->condition_text.n ? f->condition_text : S("其他情况");
    struct slice en = name.n ? name : f->condition_text.n ? f->condition_text : S("otherwise");
    buf_printf(&t->zh, "（选“%.*s”）", SLICE_ARG(zh));
    buf_printf(&t->en, " (chosen: %.*s)", SLICE_ARG(en));
}

void trail_branch(struct trail *t, uint32_t node)
{
    if (t->steps >= MAX_WORDS) return;
    buf_printf(&t->zh, "；另一支：“%.*s”", SLICE_ARG(label(t, node, LANG_ZH)));
    buf_printf(&t->en, "; the other branch: \"%.*s\"", SLICE_ARG(label(t, node, LANG_EN)));
}

bool level_begins(const struct process_model *m, uint32_t level, uint32_t node)
{
    const struct node *n = &m->nodes[node];
    if (n->level != level) return false;
    if (level != NONE && m->nodes[level].variety == SUB_AD_HOC)
        return n->nin == 0 && n->kind != NODE_BOUNDARY && !n->for_compensation && !is_sub(n, SUB_EVENT);
    if (level == NONE) return n->kind == NODE_START || (n->instantiates && n->nin == 0);
    return node == m->nodes[level].start;
}

bool *level_reached(struct arena *a, const struct process_model *m, uint32_t node)
{
    bool *mark = NEW_ARRAY(a, bool, m->nnodes);
    uint32_t *stack = NEW_ARRAY(a, uint32_t, m->nnodes), n = 0;
    mark[node] = true;
    stack[n++] = node;
    while (n > 0) {
        const struct node *at = &m->nodes[stack[--n]];
        for (uint32_t k = 0; k < at->nout + at->nboundaries; k++) {
            uint32_t next = k < at->nout ? m->flows[at->out[k]].to : at->boundaries[k - at->nout];
            if (!mark[next]) mark[next] = true, stack[n++] = next;
        }
    }
    return mark;
}

/* Breadth first; came[x]: the flow by which x was found, or NONE, and from[x] the element. */
struct search {
    uint32_t *from, *flow, *queue, n;
    bool *seen;
};

static void found(struct search *s, uint32_t node, uint32_t from, uint32_t flow)
{
    if (s->seen[node]) return;
    s->seen[node] = true;
    s->from[node] = from;
    s->flow[node] = flow;
    s->queue[s->n++] = node;
}

static void write_way(struct trail *t, const struct search *s, uint32_t node)
{
    const struct process_model *m = t->m;
    if (s->from[node] == NONE) {
        trail_node(t, node);
        return;
    }
    write_way(t, s, s->from[node]);
    if (s->flow[node] == NONE) {
        trail_event(t, node);
        return;
    }
    trail_flow(t, s->flow[node]);
    if (m->flows[s->flow[node]].to == node) trail_node(t, node);
}

bool trail_to(struct trail *t, uint32_t level, uint32_t node)
{
    const struct process_model *m = t->m;
    struct arena *a = arena_new("process check, a way");
    struct search s = {.from = NEW_ARRAY(a, uint32_t, m->nnodes),
                       .flow = NEW_ARRAY(a, uint32_t, m->nnodes),
                       .queue = NEW_ARRAY(a, uint32_t, m->nnodes),
                       .seen = NEW_ARRAY(a, bool, m->nnodes)};
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (level_begins(m, level, i)) found(&s, i, NONE, NONE);
    for (uint32_t head = 0; head < s.n && !s.seen[node]; head++) {
        uint32_t at = s.queue[head];
        const struct node *n = &m->nodes[at];
        for (uint32_t k = 0; k < n->nout; k++) found(&s, m->flows[n->out[k]].to, at, n->out[k]);
        for (uint32_t k = 0; k < n->nboundaries; k++) found(&s, n->boundaries[k], at, NONE);
    }
    bool there = s.seen[node];
    if (there) write_way(t, &s, node);
    arena_free(a);
    return there;
}

void trail_to_level(struct trail *t, uint32_t level)
{
    const struct process_model *m = t->m;
    if (level == NONE) return;
    uint32_t around = m->nodes[level].level;
    trail_to_level(t, around);
    if (is_sub(&m->nodes[level], SUB_EVENT) || !trail_to(t, around, level)) trail_node(t, level);
}
