/* The second look: how well a text answers a question, from the text itself. */
#include "city/search/internal.h"

const struct search_weights SEARCH_WEIGHTS = {
    .feature =
        {[FEATURE_BM25_PAIR] = 1.0, [FEATURE_BM25_ONE] = 1.35, [FEATURE_BM25_THREE] = 0.1, [FEATURE_WINDOW] = 1.95},
    .k1 = BM25_K1,
    .b = BM25_B,
    .window = 60,
};

enum { TERMS_MAX = 500 };

static uint64_t spread(uint64_t k)
{
    k ^= k >> 33;
    k *= UINT64_C(0xff51afd7ed558ccd);
    return k ^ k >> 29;
}

int question_term_index(const struct question *q, uint64_t key)
{
    for (size_t at = spread(key) & q->mask; q->table[at] >= 0; at = (at + 1) & q->mask)
        if (q->terms[q->table[at]].key == key) return q->table[at];
    return -1;
}

struct question question_read(struct arena *a, struct slice folded)
{
    struct question q = {.text = folded, .mask = 2047};
    struct term_walk w = terms_of(folded, true);
    struct term t;
    q.terms = NEW_ARRAY(a, struct question_term, TERMS_MAX);
    q.table = arena_alloc(a, (q.mask + 1) * sizeof *q.table);
    for (size_t i = 0; i <= q.mask; i++) q.table[i] = -1;
    while (q.n < TERMS_MAX && term_next(&w, &t)) {
        int i = question_term_index(&q, t.key);
        if (i >= 0) {
            q.terms[i].count++;
            continue;
        }
        size_t at = spread(t.key) & q.mask;
        while (q.table[at] >= 0) at = (at + 1) & q.mask;
        q.table[at] = (int16_t)q.n;
        q.terms[q.n++] = (struct question_term){.key = t.key, .text = t.text, .count = 1, .kind = t.kind};
    }
    return q;
}

struct seen { /* a term of the question at a place of the text */
    uint32_t at;
    int16_t term;
};
struct reading {
    const struct question *q;
    double *tf;
    struct seen *seen;
    size_t n, cap;
    double length;
};

static void read_text(struct reading *r, struct slice text, double times, uint32_t from)
{
    struct term_walk w = terms_of(text, true);
    struct term t;
    while (term_next(&w, &t)) {
        if (t.kind == TERM_ONE || t.kind == TERM_WORD) r->length += times;
        int i = question_term_index(r->q, t.key);
        if (i < 0) continue;
        r->tf[i] += times;
        if (r->n < r->cap) r->seen[r->n++] = (struct seen){from + t.at, (int16_t)i};
    }
}

static double weight_of(const struct question_term *t)
{
    return t->kind == TERM_THREE ? 0 : t->idf * (t->kind == TERM_ONE ? 0.4 : 1);
}

/* Weight of the different terms in the stretch of `window` places that has most of it. */
static double densest(struct arena *a, const struct reading *r, double window)
{
    uint32_t *count = NEW_ARRAY(a, uint32_t, r->q->n + 1);
    double now = 0, most = 0;
    size_t tail = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (!count[r->seen[i].term]++) now += weight_of(&r->q->terms[r->seen[i].term]);
        while (r->seen[i].at - r->seen[tail].at > (uint32_t)window)
            if (!--count[r->seen[tail++].term]) now -= weight_of(&r->q->terms[r->seen[tail - 1].term]);
        if (now > most) most = now;
    }
    return most;
}

/* Longest run of the question's pairs or words, in their order, without a gap, in the text: in pairs. */
static double longest_run(struct arena *a, const struct reading *r)
{
    /* a term's successors: the terms of the question are numbered by first appearance, so pairs that adjoin in the
     * question are followed through their places */
    const struct question *q = r->q;
    uint32_t *run = NEW_ARRAY(a, uint32_t, q->n + 1), *at = NEW_ARRAY(a, uint32_t, q->n + 1);
    int *before = NEW_ARRAY(a, int, q->n + 1);
    int last = -1;
    uint32_t most = 0, last_at = 0;
    struct term_walk w = terms_of(q->text, false);
    struct term t;
    for (size_t i = 0; i < q->n; i++) before[i] = -1;
    while (term_next(&w, &t)) {
        if (t.kind == TERM_ONE) continue;
        int i = question_term_index(q, t.key);
        if (i < 0) break;
        if (last >= 0 && t.at == last_at + 1) before[i] = last;
        last = i;
        last_at = t.at;
    }
    for (size_t i = 0; i < r->n; i++) {
        int k = r->seen[i].term;
        if (q->terms[k].kind == TERM_ONE || q->terms[k].kind == TERM_THREE) continue;
        int b = before[k];
        bool follows = b >= 0 && run[b] && at[b] + 1 == r->seen[i].at;
        run[k] = follows ? run[b] + 1 : 1;
        at[k] = r->seen[i].at;
        if (run[k] > most) most = run[k];
    }
    return most;
}

void rank_features(struct arena *a, const struct question *q, struct slice title, struct slice body,
                   const struct search_weights *w, double f[FEATURE_COUNT])
{
    struct reading r = {.q = q, .tf = NEW_ARRAY(a, double, q->n + 1), .cap = 4000};
    double have = 0, all = 0, average = q->size.docs ? (double)q->size.length / (double)q->size.docs : 1;
    r.seen = arena_alloc(a, r.cap * sizeof *r.seen);
    read_text(&r, title, TITLE_TIMES, 0);
    read_text(&r, body, 1, 1000000);
    for (int j = 0; j < FEATURE_COUNT; j++) f[j] = 0;
    for (size_t i = 0; i < q->n; i++) {
        const struct question_term *t = &q->terms[i];
        double part = r.tf[i] > 0 ? bm25_part(r.tf[i], r.length, average, w->k1, w->b) * t->count : 0;
        enum search_feature j = t->kind == TERM_ONE     ? FEATURE_BM25_ONE
                                : t->kind == TERM_THREE ? FEATURE_BM25_THREE
                                                        : FEATURE_BM25_PAIR;
        f[j] += part * t->idf;
        all += weight_of(t);
        if (r.tf[i] > 0) have += weight_of(t);
    }
    f[FEATURE_COVERAGE] = all > 0 ? have / all : 0;
    f[FEATURE_WINDOW] = densest(a, &r, w->window);
    f[FEATURE_RUN] = longest_run(a, &r);
}
