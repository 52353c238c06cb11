/* A state as bytes: version, fingerprint of the model, then varints (LEB128, shortest form only):
 *   flags (1: ended), next number; unless ended:
 *   scopes: count, root's last end event; each other: number (difference), host (distance), last end event, or of a compensation:
 *     the level it works in
 *   tokens: count; each: number (difference), scope index * 16 + state, element, and by state:
 *     join, reset: position; armed: host (distance; 0: its scope), firings left, definition; incident: stage;
 *     repeated: instances, begun; done: who claimed it
 *   compensations under way: count; each: position of the token, left, definition
 * (version 1: scope index * 8, no definition of an armed timer.) Kinds, levels and models of scopes follow from their hosts.
 * Everything is checked on the way in: a decoded state is one that process_step could have made, or harmless. */
#include "engine/process/state.h"

enum { VERSION = 2, MAX_NEXT = 1 << 30, MAX_ENCODED = 64 * 1024 };

static void put(struct buf *b, uint32_t v)
{
    for (; v >= 0x80; v >>= 7) buf_putc(b, (char)(unsigned char)(v | 0x80));
    buf_putc(b, (char)(unsigned char)v);
}

uint32_t state_scope(const struct process_state *s, uint32_t no)
{
    uint32_t i = 0;
    while (s->scopes[i].no != no) i++;
    return i;
}

/* A throw or end event that waits for what it compensates. */
static bool compensates(const struct process_state *s, const struct token *t)
{
    enum node_kind k = s->scopes[state_scope(s, t->scope)].m->nodes[t->node].kind;
    return t->state == T_CHILD && (k == NODE_THROW || k == NODE_END);
}

static void put_scopes(struct buf *b, const struct process_state *s)
{
    put(b, s->nscopes);
    for (uint32_t i = 0; i < s->nscopes; i++) {
        if (i > 0) {
            put(b, s->scopes[i].no - s->scopes[i - 1].no);
            put(b, s->scopes[i].no - s->scopes[i].host);
        }
        const struct scope *c = &s->scopes[i];
        put(b, (c->kind == SCOPE_HANDLER ? c->level : c->ended) + 1); /* NONE becomes 0 */
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
        put(b, state_scope(s, t->scope) * 16 + (uint32_t)t->state);
        put(b, t->node);
        if (t->state == T_ARMED) put(b, t->extra ? t->no - t->extra : 0);
        if (t->state == T_JOIN || t->state == T_RESET || t->state == T_INCIDENT || t->state == T_MULTI ||
            t->state == T_DONE)
            put(b, t->extra);
        if (t->state == T_ARMED || t->state == T_MULTI) put(b, t->left);
        if (t->state == T_ARMED) put(b, t->def);
    }
}

static void put_compensations(struct buf *b, const struct process_state *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->ntokens; i++) n += compensates(s, &s->tokens[i]);
    put(b, n);
    for (uint32_t i = 0; i < s->ntokens; i++) {
        if (!compensates(s, &s->tokens[i])) continue;
        put(b, i);
        put(b, s->tokens[i].left);
        put(b, s->tokens[i].def);
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
        put_compensations(&b, s);
    }
    return buf_slice(&b);
}

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

void state_need(struct reader *r, bool good, const char *what)
{
    if (!good && !r->bad) r->bad = what;
}

static void get_scopes(struct reader *r, struct process_state *s)
{
    s->nscopes = get(r);
    state_need(r, s->nscopes >= 1 && s->nscopes <= PROCESS_MAX_TOKENS && s->nscopes <= r->s.n, "scopes");
    if (r->bad) return;
    struct scope *list = NEW_ARRAY(r->a, struct scope, s->nscopes);
    s->scopes = list;
    for (uint32_t i = 0; i < s->nscopes && !r->bad; i++) {
        list[i].level = NONE;
        if (i > 0) {
            uint32_t more = get(r), back = get(r);
            state_need(r, more > 0 && more < MAX_NEXT, "scope number");
            list[i].no = list[i - 1].no + more;
            state_need(r, list[i].no < s->next && back > 0 && back < list[i].no, "scope host");
            list[i].host = list[i].no - back;
        }
        list[i].ended = get(r) - 1;
    }
}

static void get_token(struct reader *r, struct process_state *s, struct token *t, uint32_t before)
{
    uint32_t base = r->version == 1 ? 8 : 16, more = get(r), place = get(r);
    state_need(r, more > 0 && more < MAX_NEXT, "token number");
    t->no = before + more;
    state_need(r, t->no < s->next && place / base < s->nscopes && place % base <= T_OFFERED, "token place");
    if (r->bad) return;
    t->scope = s->scopes[place / base].no;
    t->state = (enum token_state)(place % base);
    t->node = get(r);
    if (t->state == T_ARMED) {
        uint32_t back = get(r);
        state_need(r, back < t->no, "host");
        t->extra = back ? t->no - back : 0;
    }
    if (t->state == T_JOIN || t->state == T_RESET || t->state == T_INCIDENT || t->state == T_MULTI ||
        t->state == T_DONE)
        t->extra = get(r);
    if (t->state == T_ARMED || t->state == T_MULTI) t->left = get(r);
    if (t->state == T_ARMED && r->version > 1) t->def = get(r);
}

static void get_tokens(struct reader *r, struct process_state *s)
{
    s->ntokens = get(r);
    state_need(r, s->ntokens >= 1 && s->ntokens <= PROCESS_MAX_TOKENS && s->ntokens <= r->s.n, "tokens");
    if (r->bad) return;
    struct token *list = NEW_ARRAY(r->a, struct token, s->ntokens);
    s->tokens = list;
    for (uint32_t i = 0; i < s->ntokens && !r->bad; i++) get_token(r, s, &list[i], i ? list[i - 1].no : 0);
    /* compensation under way: told behind all tokens, because it depends on the element */
    if (r->bad || r->version == 1) return;
    uint32_t n = get(r);
    state_need(r, n <= s->ntokens, "compensations");
    for (uint32_t i = 0; i < n && !r->bad; i++) {
        uint32_t at = get(r), left = get(r), def = get(r);
        state_need(r, at < s->ntokens && list[at].state == T_CHILD && left <= 1, "compensation");
        if (r->bad) return;
        list[at].left = left;
        list[at].def = def;
    }
}

result process_state_decode(struct arena *a, const struct process_model *m, struct slice bytes,
                            const struct process_state **out)
{
    *out = NULL;
    if (bytes.n == 0) return ok();
    struct reader r = {.a = a, .s = bytes};
    state_need(&r, bytes.n <= MAX_ENCODED, "too long");
    r.version = byte(&r);
    state_need(&r, r.version == 1 || r.version == VERSION, "version");
    uint32_t print = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) print |= byte(&r) << shift;
    state_need(&r, print == m->fingerprint, "another definition");
    struct process_state *s = NEW(a, struct process_state);
    uint32_t flags = byte(&r);
    state_need(&r, flags <= 1, "flags");
    *s = (struct process_state){.m = m, .ended = flags == 1, .next = get(&r)};
    state_need(&r, s->next >= 1 && s->next <= MAX_NEXT, "next number");
    if (!r.bad && !s->ended) {
        get_scopes(&r, s);
        if (!r.bad) get_tokens(&r, s);
        if (!r.bad) state_check(&r, m, s);
    }
    state_need(&r, r.at == bytes.n, "trailing bytes");
    if (r.bad) return fail(a, CODE_PROCESS_STATE, (struct slice){0}, "detail", slice_cstr(r.bad), NULL);
    *out = s;
    return ok();
}
