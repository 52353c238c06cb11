/* Folding, and cutting text into terms. */
#include <pthread.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#include "city/search/internal.h"

enum { HAN_FIRST = 0x4e00, HAN_LAST = 0x9fff };

/* Simplified form of each ideograph of the basic block, made once from ICU's rules; itself where there is none. */
static uint16_t simplified[HAN_LAST - HAN_FIRST + 1];
static pthread_once_t simplified_once = PTHREAD_ONCE_INIT;

static void make_simplified(void)
{
    static const UChar id[] = u"Traditional-Simplified";
    UErrorCode e = U_ZERO_ERROR;
    UTransliterator *t = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
    for (int i = 0; i <= HAN_LAST - HAN_FIRST; i++) {
        UChar text[8] = {(UChar)(HAN_FIRST + i)};
        int32_t n = 1, limit = 1;
        simplified[i] = text[0];
        if (U_FAILURE(e)) continue; /* no data for it: traditional forms stay what they are, on both sides */
        utrans_transUChars(t, text, &n, 8, 0, &limit, &e);
        if (U_SUCCESS(e) && n == 1) simplified[i] = text[0];
    }
    if (t) utrans_close(t);
}

static UChar32 fold_one(UChar32 c)
{
    if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0; /* full-width forms of ASCII */
    if (c < 0x80) return (c >= 'A' && c <= 'Z') ? c + 32 : c;
    if (c >= HAN_FIRST && c <= HAN_LAST) return simplified[c - HAN_FIRST];
    return u_tolower(c);
}

struct slice search_fold(struct arena *a, struct slice text)
{
    pthread_once(&simplified_once, make_simplified);
    text = slice_sub(text, 0, SEARCH_TEXT_MAX);
    const uint8_t *in = (const uint8_t *)text.p;
    /* a code point never folds to one that is more than a byte longer; most stay */
    uint8_t *out = arena_alloc(a, text.n * 2 + 4);
    int32_t n = (int32_t)text.n, k = 0;
    bool space = true;
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U8_NEXT(in, i, n, c);
        if (c < 0) break;
        uint32_t f = (uint32_t)fold_one(c);
        if (!u_isalnum((UChar32)f)) {
            if (!space) out[k++] = ' ';
            space = true;
            continue;
        }
        U8_APPEND_UNSAFE(out, k, f);
        space = false;
    }
    while (k && out[k - 1] == ' ') k--;
    return slice_of((const char *)out, (size_t)k);
}

/* ---- words that only ask ---- */

static const char *const ASKING_ZH[] = {
    "为什么", "是什么", "什么时候", "什么样", "什么",     "哪一年",   "哪一个",   "哪些",   "哪里",   "哪儿",
    "哪个",   "哪种",   "哪年",     "多少",   "怎么办理", "怎样办理", "如何办理", "怎么办", "怎么样", "怎么",
    "怎样",   "如何",   "请问",     "是否",   "能否",     "可否",     "有没有",   "是不是", "能不能", "可以吗",
    "我想",   "我要",   "想问",     "帮我",   "吗",       "呢",       "谁",       "哪",     "啥",
};
static const char *const ASKING_EN[] = {"a",      "an",     "and",   "are",   "at",   "be",   "by",   "can",   "could",
                                        "did",    "do",     "does",  "for",   "from", "has",  "have", "how",   "i",
                                        "if",     "in",     "is",    "it",    "me",   "my",   "of",   "on",    "or",
                                        "please", "should", "the",   "there", "to",   "was",  "we",   "were",  "what",
                                        "when",   "where",  "which", "who",   "why",  "will", "with", "would", "you"};

static size_t asking_at(struct slice t, size_t i)
{
    for (size_t k = 0; k < sizeof ASKING_ZH / sizeof *ASKING_ZH; k++) {
        struct slice w = slice_cstr(ASKING_ZH[k]);
        if (slice_starts(slice_sub(t, i, w.n), w)) return w.n;
    }
    if (i && t.p[i - 1] != ' ') return 0;
    size_t end = slice_find(t, ' ', i);
    struct slice word = slice_sub(t, i, (end == SIZE_MAX ? t.n : end) - i);
    for (size_t k = 0; k < sizeof ASKING_EN / sizeof *ASKING_EN; k++)
        if (slice_is(word, ASKING_EN[k])) return word.n;
    return 0;
}

struct slice search_question(struct arena *a, struct slice text)
{
    struct slice t = search_fold(a, slice_sub(text, 0, slice_utf8_end(slice_sub(text, 0, SEARCH_QUERY_MAX))));
    char *out = arena_alloc(a, t.n * 2 + 1);
    size_t k = 0;
    for (size_t i = 0; i < t.n;) {
        size_t n = asking_at(t, i);
        if (!n) {
            if (t.p[i] != ' ' || !k || out[k - 1] != ' ') out[k++] = t.p[i];
            i++;
            continue;
        }
        if (k && out[k - 1] != ' ') out[k++] = ' ';
        i += n;
    }
    struct slice left = slice_trim(slice_of(out, k));
    return left.n ? left : t;
}

/* ---- terms ---- */

struct term_walk terms_of(struct slice folded, bool three)
{
    return (struct term_walk){.text = folded, .three = three};
}

/* From the radicals on, a character is a term of its own: ideographs, kana, Hangul. */
static bool by_itself(UChar32 c)
{
    return c >= 0x2e80;
}

static uint64_t word_key(struct slice s)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * UINT64_C(1099511628211);
    return h | UINT64_C(1) << 63;
}

static bool ends(struct slice s, const char *with)
{
    return slice_ends(s, slice_cstr(with));
}

/* English words by their beginning: without the endings of plural and verb, a last e or y, a doubled last letter: close, closes,
 * closed and closing; company and companies; get and getting. Words of four letters and more, of letters only. */
static struct slice beginning(struct slice word)
{
    struct slice s = word;
    if (s.n < 4) return s;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'a' || s.p[i] > 'z') return s;
    if (ends(s, "ies"))
        s.n -= 3;
    else if (ends(s, "s") && !ends(s, "ss"))
        s.n--;
    if (s.n > 5 && ends(s, "ing"))
        s.n -= 3;
    else if (s.n > 4 && ends(s, "ed"))
        s.n -= 2;
    if (s.n > 3 && (ends(s, "e") || ends(s, "y"))) s.n--;
    if (s.n > 3 && s.p[s.n - 1] == s.p[s.n - 2]) s.n--;
    return s;
}

static void pend(struct term_walk *w, enum term_kind kind, uint64_t key, size_t from, size_t end)
{
    w->pending[w->npending++] = (struct term){key, slice_sub(w->text, from, end - from), w->at, kind};
}

static void character(struct term_walk *w, UChar32 c, size_t from)
{
    uint64_t one = (uint64_t)c;
    pend(w, TERM_ONE, one, from, w->i);
    if (w->before[0]) pend(w, TERM_PAIR, (uint64_t)w->before[0] << 21 | one, w->start[0], w->i);
    if (w->three && w->before[1])
        pend(w, TERM_THREE, (uint64_t)w->before[1] << 42 | (uint64_t)w->before[0] << 21 | one, w->start[1], w->i);
    w->before[1] = w->before[0];
    w->start[1] = w->start[0];
    w->before[0] = (uint32_t)c;
    w->start[0] = from;
}

static UChar32 code_point(const struct term_walk *w, size_t *end)
{
    const uint8_t *p = (const uint8_t *)w->text.p;
    size_t i = *end;
    UChar32 c;
    U8_NEXT(p, i, w->text.n, c);
    *end = i;
    return c;
}

bool term_next(struct term_walk *w, struct term *out)
{
    while (w->next == w->npending) {
        if (w->i >= w->text.n) return false;
        w->next = w->npending = 0;
        size_t from = w->i, end = w->i;
        UChar32 c = code_point(w, &end);
        w->i = end;
        if (by_itself(c)) {
            character(w, c, from);
            w->at++;
            continue;
        }
        w->before[0] = w->before[1] = 0;
        if (c == ' ') continue;
        while (end < w->text.n) { /* a word ends at a space or at an ideograph */
            size_t next = end;
            c = code_point(w, &next);
            if (c == ' ' || by_itself(c)) break;
            end = next;
        }
        w->i = end;
        struct slice word = beginning(slice_sub(w->text, from, end - from));
        pend(w, TERM_WORD, word_key(word), from, from + word.n);
        w->at++;
    }
    *out = w->pending[w->next++];
    return true;
}
