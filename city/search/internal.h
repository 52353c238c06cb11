/* Shared by the files of city/search only. */
#ifndef CITY_SEARCH_INTERNAL_H
#define CITY_SEARCH_INTERNAL_H

#include "city/search/search.h"

/* A term's name within the program: up to three code points of 21 bits, or a hash with the top bit set for a word. In the
 * tables it is the text. */
enum term_kind { TERM_ONE, TERM_PAIR, TERM_THREE, TERM_WORD };
struct term {
    uint64_t key;
    struct slice text; /* points into the folded text */
    uint32_t at;       /* place among the characters and words of the text */
    enum term_kind kind;
};
/* Walks over folded text. `three`: runs of three characters as well (they are not indexed). */
struct term_walk {
    struct slice text;
    size_t i;
    uint32_t at;
    uint32_t before[2]; /* the code points just before, 0 when none adjoins */
    size_t start[2];    /* where they begin */
    struct term pending[3];
    int npending, next;
    bool three;
};
struct term_walk terms_of(struct slice folded, bool three);
bool term_next(struct term_walk *w, struct term *out);

/* Postings: for each chunk of 2^14 document numbers a term has one string of entries, in order of document: number within the
 * chunk (2 bytes, little end first), then what BM25 makes of the frequency there (1 byte, of IMPACT_ONE). */
enum { CHUNK_BITS = 14, CHUNK_DOCS = 1 << CHUNK_BITS, ENTRY_BYTES = 3, TITLE_TIMES = 3, MANY = 32 };
#define IMPACT_ONE 255.0
#define BM25_K1 1.2
#define BM25_B 0.4
/* tf·(k1+1) / (tf + k1·(1 − b + b·length/average)): 0 .. k1 + 1 */
double bm25_part(double tf, double length, double average, double k1, double b);

#define TERMS_32                                                                                                       \
    "?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31," \
    "?32,?33"

struct collection_size {
    int64_t next, docs, length; /* next number; how many; their terms' places together */
};
extern const struct stmt SEARCH_SIZE; /* (collection) -> next, docs, length */

/* ---- the second look ---- */
struct question_term {
    uint64_t key;
    struct slice text;
    double idf, count; /* count: times in the question */
    enum term_kind kind;
};
struct question {
    struct slice text; /* folded */
    struct question_term *terms;
    size_t n;
    struct collection_size size;
    int16_t *table; /* open addressing over the terms' keys */
    size_t mask;
};
/* Terms of the question without repetition; idf is filled in by the caller. */
struct question question_read(struct arena *a, struct slice folded);
/* Index of the term with this key, or -1. */
int question_term_index(const struct question *q, uint64_t key);
void rank_features(struct arena *a, const struct question *q, struct slice title, struct slice body,
                   const struct search_weights *w, double f[FEATURE_COUNT]);

#endif
