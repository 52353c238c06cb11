/* A state as bytes: version, fingerprint of the model, then varints (LEB128, shortest form only):
 *   flags (1: ended), next number; unless ended:
 *   scopes: count, root's last end event; each other: number (difference), host (distance), last end event
 *   tokens: count; each: number (difference), scope index * 8 + state, element, and by state:
 *     join: position; armed: host (distance), firings left; incident: stage
 * Levels and models of scopes follow from their hosts. Everything is checked on the way in: a decoded state is one
 * that process_step could have made, or harmless. */
#include "engine/process/join.h"
#include "engine/process/run.h"

enum { VERSION = 1, MAX_NEXT = 1 << 30, MAX_ENCODED = 64 * 1024 };

static void put(struct buf *b, uint32_t v)
{
    for (; v >= 0x80; v >>= 7) buf_putc(b, (char)(unsigned char)(v | 0x80));
    buf_putc(b, (char)(unsigned char)v);
}

static uint32_t scope_index(const struct process_state *s, uint32_t no)
{
    uint32_t i = 0;
    while (s->scopes[i].no != no) i++;
    return i;
}

static void put_scopes(struct buf *b, const struct process_state *s)
{
    put(b, s->nscopes);
    for (uint32_t i = 0; i < s->nscopes; i++) {
        if (i > 0) {
            put(b, s->scopes[i].no - s->scopes[i - 1].no);
            put(b, s->scopes[i].no - s->scopes[i].host);
        }
        put(b, s->scopes[i].ended + 1); /* NONE becomes 0 */
    }
}

static void put_tokens(struct buf *b, const struct process_state *s)
{
    put(b, s->ntokens);
    uint32_t before = 0;
    for (uint32_t i = 0; i < s->ntokens; i++) {
        const struct token *t = &s->tokens[i];
        put(b, t->no - before);
        before = t->no;
        put(b, scope_index(s, t->scope) * 8 + (uint32_t)t->state);
        put(b, t->node);
        if (t->state == T_JOIN || t->state == T_INCIDENT) put(b, t->extra);
        if (t->state == T_ARMED) {
            put(b, t->no - t->extra);
            put(b, t->left);
        }
    }
}

struct slice process_state_encode(struct arena *a, const struct process_state *s)
{
    if (!s) return (struct slice){0};
    struct buf b = buf_new(a, MAX_ENCODED);
    buf_putc(&b, VERSION);
    for (unsigned shift = 0; shift < 32; shift += 8) buf_putc(&b, (char)(unsigned char)(s->m->fingerprint >> shift));
    buf_putc(&b, s->ended ? 1 : 0);
    put(&b, s->next);
    if (!s->ended) {
        put_scopes(&b, s);
        put_tokens(&b, s);
    }
    return buf_slice(&b);
}

struct reader {
    struct arena *a;
    struct slice s;
    size_t at;
    const char *bad; /* what is wrong, once something is */
};

static uint32_t byte(struct reader *r)
{
    if (r->at >= r->s.n) {
        if (!r->bad) r->bad = "truncated";
        return 0;
    }
    return (unsigned char)r->s.p[r->at++];
}

static uint32_t get(struct reader *r)
{
    uint32_t v = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint32_t b = byte(r);
        if ((shift == 28 && b > 0x0f) || (b == 0 && shift > 0)) break; /* too large, or not the shortest form */
        v |= (b & 0x7f) << shift;
        if (b < 0x80) return v;
    }
    if (!r->bad) r->bad = "number";
    return 0;
}

static void need(struct reader *r, bool good, const char *what)
{
    if (!good && !r->bad) r->bad = what;
}

static void get_scopes(struct reader *r, struct process_state *s)
{
    s->nscopes = get(r);
    need(r, s->nscopes >= 1 && s->nscopes <= PROCESS_MAX_TOKENS && s->nscopes <= r->s.n, "scopes");
    if (r->bad) return;
    struct scope *list = NEW_ARRAY(r->a, struct scope, s->nscopes);
    s->scopes = list;
    for (uint32_t i = 0; i < s->nscopes && !r->bad; i++) {
        list[i].level = NONE;
        if (i > 0) {
            uint32_t more = get(r), back = get(r);
            need(r, more > 0 && more < MAX_NEXT, "scope number");
            list[i].no = list[i - 1].no + more;
            need(r, list[i].no < s->next && back > 0 && back < list[i].no, "scope host");
            list[i].host = list[i].no - back;
        }
        list[i].ended = get(r) - 1;
    }
}

static void get_tokens(struct reader *r, struct process_state *s)
{
    s->ntokens = get(r);
    need(r, s->ntokens >= 1 && s->ntokens <= PROCESS_MAX_TOKENS && s->ntokens <= r->s.n, "tokens");
    if (r->bad) return;
    struct token *list = NEW_ARRAY(r->a, struct token, s->ntokens);
    s->tokens = list;
    uint32_t before = 0;
    for (uint32_t i = 0; i < s->ntokens && !r->bad; i++) {
        struct token *t = &list[i];
        uint32_t more = get(r), place = get(r);
        need(r, more > 0 && more < MAX_NEXT, "token number");
        t->no = before += more;
        need(r, t->no < s->next && place / 8 < s->nscopes && place % 8 <= T_ARMED, "token place");
        if (r->bad) return;
        t->scope = s->scopes[place / 8].no;
        t->state = (enum token_state)(place % 8);
        t->node = get(r);
        if (t->state == T_JOIN || t->state == T_INCIDENT) t->extra = get(r);
        if (t->state == T_ARMED) {
            uint32_t back = get(r);
            need(r, back > 0 && back < t->no, "boundary host");
            t->extra = t->no - back;
            t->left = get(r);
        }
    }
}

static const struct token *find_token(const struct process_state *s, uint32_t no)
{
    for (uint32_t i = 0; i < s->ntokens; i++)
        if (s->tokens[i].no == no) return &s->tokens[i];
    return NULL;
}

/* Gives each scope its model and level, from the element that opened it; parents come before children. */
static void resolve_scopes(struct reader *r, const struct process_model *m, struct process_state *s)
{
    struct scope *list = NEW_ARRAY(r->a, struct scope, s->nscopes);
    memcpy(list, s->scopes, s->nscopes * sizeof *list);
    s->scopes = list;
    list[0].m = m;
    for (uint32_t i = 0; i < s->nscopes && !r->bad; i++) {
        if (i > 0) {
            const struct token *host = find_token(s, list[i].host);
            uint32_t parent = host ? scope_index(s, host->scope) : i;
            need(r, parent < i && host->state == T_CHILD && host->node < list[parent].m->nnodes, "scope host");
            if (r->bad) return;
            const struct node *n = &list[parent].m->nodes[host->node];
            need(r, n->level == list[parent].level && (n->kind == NODE_SUB || (n->kind == NODE_CALL && n->called)),
                 "scope host");
            list[i].m = n->kind == NODE_CALL ? n->called : list[parent].m;
            list[i].level = n->kind == NODE_CALL ? NONE : host->node;
            for (uint32_t k = 1; k < i; k++) need(r, list[k].host != list[i].host, "scope host twice");
            if (r->bad) return;
        }
        uint32_t e = list[i].ended;
        need(r,
             e == NONE || (e < list[i].m->nnodes && list[i].m->nodes[e].kind == NODE_END &&
                           list[i].m->nodes[e].level == list[i].level),
             "end event");
    }
}

static bool armed_fits(const struct process_state *s, const struct token *t, const struct node *b)
{
    const struct token *host = find_token(s, t->extra);
    if (b->kind != NODE_BOUNDARY || b->trigger != TRIGGER_TIMER || !host || host->scope != t->scope ||
        host->node != b->host)
        return false;
    bool open = host->state == T_USER || host->state == T_VERB || host->state == T_CHILD || host->state == T_INCIDENT;
    bool count = b->timer.form == TIMER_CYCLE ? t->left >= 1 && t->left <= b->timer.times : t->left == 0;
    return open && count;
}

static bool token_fits(const struct process_state *s, const struct token *t)
{
    const struct scope *scope = &s->scopes[scope_index(s, t->scope)];
    if (t->node >= scope->m->nnodes) return false;
    const struct node *n = &scope->m->nodes[t->node];
    if (n->level != scope->level) return false;
    uint32_t children = 0;
    switch (t->state) {
    case T_USER: return n->kind == NODE_USER;
    case T_VERB: return n->kind == NODE_SERVICE;
    case T_TIMER: return n->kind == NODE_CATCH;
    case T_JOIN: return is_join(n) && t->extra < n->nin;
    case T_INCIDENT:
        return t->extra <= 1 && (behaviours[n->kind].activity || n->kind == NODE_EXCLUSIVE ||
                                 n->kind == NODE_INCLUSIVE || n->kind == NODE_CATCH);
    case T_ARMED: return armed_fits(s, t, n);
    case T_CHILD:
        for (uint32_t i = 1; i < s->nscopes; i++) children += s->scopes[i].host == t->no;
        return children == 1;
    default: return false;
    }
}

static void check_tokens(struct reader *r, const struct process_state *s)
{
    for (uint32_t i = 0; i < s->ntokens && !r->bad; i++) need(r, token_fits(s, &s->tokens[i]), "token");
    for (uint32_t i = 0; i < s->nscopes && !r->bad; i++) {
        uint32_t live = 0;
        for (uint32_t k = 0; k < s->ntokens; k++)
            live += s->tokens[k].scope == s->scopes[i].no && s->tokens[k].state != T_ARMED;
        need(r, live > 0, "empty scope");
    }
}

result process_state_decode(struct arena *a, const struct process_model *m, struct slice bytes,
                            const struct process_state **out)
{
    *out = NULL;
    if (bytes.n == 0) return ok();
    struct reader r = {.a = a, .s = bytes};
    need(&r, bytes.n <= MAX_ENCODED, "too long");
    need(&r, byte(&r) == VERSION, "version");
    uint32_t print = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) print |= byte(&r) << shift;
    need(&r, print == m->fingerprint, "another definition");
    struct process_state *s = NEW(a, struct process_state);
    uint32_t flags = byte(&r);
    need(&r, flags <= 1, "flags");
    *s = (struct process_state){.m = m, .ended = flags == 1, .next = get(&r)};
    need(&r, s->next >= 1 && s->next <= MAX_NEXT, "next number");
    if (!r.bad && !s->ended) {
        get_scopes(&r, s);
        if (!r.bad) get_tokens(&r, s);
        if (!r.bad) resolve_scopes(&r, m, s);
        if (!r.bad) check_tokens(&r, s);
    }
    need(&r, r.at == bytes.n, "trailing bytes");
    if (r.bad) return fail(a, CODE_PROCESS_STATE, (struct slice){0}, "detail", slice_cstr(r.bad), NULL);
    *out = s;
    return ok();
}
