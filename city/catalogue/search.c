/* Search over a few hundred services in memory: Chinese by single characters and pairs of neighbours, everything else by
 * words; folded and freed of words that only ask as in city/search. A service matches when it has every token of the query
 * that it could have; ranked by how much of the query stands in its name. Where none has all, those that have half of the
 * pairs and words are shown. */
#include <stdlib.h>

#include "city/catalogue/internal.h"
#include "city/search/search.h"

#define TOKENS_MAX 4000

static size_t char_length(struct slice s, size_t i)
{
    size_t n = 1;
    while (i + n < s.n && ((uint8_t)s.p[i + n] & 0xc0) == 0x80) n++;
    return n;
}

static bool word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* CJK ideographs (U+3400–U+9FFF) begin with E3 90 .. E9 BF in UTF-8. */
static bool ideograph(struct slice s, size_t i, size_t n)
{
    if (n != 3) return false;
    uint32_t cp = ((uint32_t)((uint8_t)s.p[i] & 0x0f) << 12) | ((uint32_t)((uint8_t)s.p[i + 1] & 0x3f) << 6) |
                  ((uint8_t)s.p[i + 2] & 0x3f);
    return cp >= 0x3400 && cp <= 0x9fff;
}

static int by_text(const void *x, const void *y)
{
    return slice_cmp(*(const struct slice *)x, *(const struct slice *)y);
}

static struct slice lower(struct arena *a, struct slice s)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    return slice_of(p, s.n);
}

void search_tokens(struct arena *a, struct slice text, struct slice **out, size_t *n)
{
    text = search_fold(a, text);
    struct slice *list = NEW_ARRAY(a, struct slice, TOKENS_MAX);
    size_t count = 0, last = SIZE_MAX; /* start of the ideograph just before, else SIZE_MAX */
    for (size_t i = 0; i < text.n && count + 2 < TOKENS_MAX;) {
        size_t k = char_length(text, i);
        if (ideograph(text, i, k)) {
            list[count++] = slice_sub(text, i, k);
            if (last != SIZE_MAX) list[count++] = slice_sub(text, last, i + k - last);
            last = i;
            i += k;
            continue;
        }
        last = SIZE_MAX;
        size_t from = i;
        while (i < text.n && word_byte(text.p[i])) i++;
        if (i > from)
            list[count++] = lower(a, slice_sub(text, from, i - from));
        else
            i += k;
    }
    qsort(list, count, sizeof *list, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!kept || !slice_eq(list[kept - 1], list[i])) list[kept++] = list[i];
    *out = list;
    *n = kept;
}

void search_index(struct service *s)
{
    struct buf all = buf_new(s->a, 256 * 1024);
    const struct json *v = s->json;
    const char *const texts[] = {"name", "summary"};
    for (size_t i = 0; i < 2; i++) {
        struct bitext t = bitext_of(json_get(v, texts[i]));
        buf_put(&all, t.zh);
        buf_putc(&all, ' ');
        buf_put(&all, t.en);
        buf_putc(&all, ' ');
    }
    const struct json *words = json_get(v, "keywords");
    for (size_t i = 0; words && i < words->n; i++) {
        buf_put(&all, words->items[i]->text);
        buf_putc(&all, ' ');
    }
    buf_put(&all, s->code);
    search_tokens(s->a, buf_slice(&all), &s->tokens, &s->ntokens);
    struct slice name = arena_printf(s->a, "%.*s %.*s", SLICE_ARG(s->name.zh), SLICE_ARG(s->name.en));
    search_tokens(s->a, name, &s->name_tokens, &s->nname_tokens);
}

static bool token_in(const struct slice *list, size_t n, struct slice t)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = slice_cmp(list[mid], t);
        if (c == 0) return true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

/* Words may be begun only: "licen" finds "licence". */
static bool word_begun(const struct slice *list, size_t n, struct slice t)
{
    if (t.n < 3 || !word_byte(t.p[0])) return false;
    for (size_t i = 0; i < n; i++)
        if (slice_starts(list[i], t)) return true;
    return false;
}

static bool is_pair(struct slice token)
{
    return token.n == 6 && (uint8_t)token.p[0] >= 0xe3;
}
static bool is_character(struct slice token)
{
    return token.n == 3 && (uint8_t)token.p[0] >= 0xe3;
}

/* Whether at least half of the pairs and words are there. */
static bool half(const struct service *s, const struct slice *q, size_t n)
{
    size_t all = 0, have = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_character(q[i])) continue;
        all++;
        have += token_in(s->tokens, s->ntokens, q[i]) || word_begun(s->tokens, s->ntokens, q[i]);
    }
    return have && have * 2 >= all;
}

/* 0: does not match. All single characters and words must be there unless `loose`; pairs count towards the rank only. */
static int64_t score(const struct service *s, const struct slice *q, size_t n, bool loose)
{
    int64_t points = 0;
    if (loose && !half(s, q, n)) return 0;
    for (size_t i = 0; i < n; i++) {
        bool pair = is_pair(q[i]);
        bool found = token_in(s->tokens, s->ntokens, q[i]) || word_begun(s->tokens, s->ntokens, q[i]);
        if (!found && !pair && !loose) return 0;
        if (found) points += pair ? 4 : 1;
        if (token_in(s->name_tokens, s->nname_tokens, q[i])) points += pair ? 12 : 3;
    }
    /* of equal hits the shorter name is the closer one */
    points = points * 100 - (int64_t)s->nname_tokens;
    return points > 0 ? points : 1;
}

static bool listed(const struct json *list, struct slice word)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(list->items[i]->text, word)) return true;
    return false;
}

static bool in_town(const struct catalogue *c, const struct json *v, struct slice town)
{
    const struct json *halls = json_get(v, "halls");
    const struct json *channels = json_get(v, "channels");
    if (listed(channels, S("online")) || listed(halls, S("*"))) return true;
    for (size_t i = 0; halls && i < halls->n; i++) {
        const struct hall *h = citydata_hall(c->data, halls->items[i]->text);
        if (h && slice_eq(h->town, town)) return true;
    }
    return false;
}

static bool fits(const struct catalogue *c, const struct service *s, const struct catalogue_filter *f)
{
    const struct json *v = s->json;
    if (f->area >= 0 && json_int(v, "area", -1) != f->area) return false;
    if (f->audience.n && !listed(json_get(v, "audience"), f->audience)) return false;
    if (f->event.n && !listed(json_get(v, "events"), f->event)) return false;
    if (f->town.n && !in_town(c, v, f->town)) return false;
    if (!f->department.n || slice_eq(s->department, f->department)) return true;
    for (size_t i = 0; i < s->nsteps; i++)
        if (slice_eq(s->steps[i].department, f->department)) return true;
    return false;
}

struct hit {
    const struct service *s;
    int64_t points;
};

static int best_first(const void *x, const void *y)
{
    const struct hit *a = x, *b = y;
    if (a->points != b->points) return a->points < b->points ? 1 : -1;
    return slice_cmp(a->s->code, b->s->code);
}

void catalogue_search(struct catalogue *c, struct arena *a, const struct catalogue_filter *f,
                      const struct service *const **out, size_t *n)
{
    const struct service *const *all;
    size_t count, found = 0, nq = 0;
    struct slice *q = NULL;
    catalogue_all(c, a, &all, &count);
    if (f->q.n) search_tokens(a, search_question(a, f->q), &q, &nq);
    struct hit *hits = NEW_ARRAY(a, struct hit, count + 1);
    for (int loose = 0; loose < (f->q.n ? 2 : 1) && !found; loose++)
        for (size_t i = 0; i < count; i++) {
            int64_t points = !f->q.n ? 1 : nq ? score(all[i], q, nq, loose) : 0; /* only punctuation finds nothing */
            if (points && !service_internal(all[i]) && fits(c, all[i], f)) hits[found++] = (struct hit){all[i], points};
        }
    qsort(hits, found, sizeof *hits, best_first);
    const struct service **list = NEW_ARRAY(a, const struct service *, found + 1);
    for (size_t i = 0; i < found; i++) list[i] = hits[i].s;
    *out = list;
    *n = found;
}
