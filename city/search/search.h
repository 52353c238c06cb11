/* Search in text (全文检索): an inverted index in ordinary tables, the same on SQLite and PostgreSQL, so that both give the
 * same hits in the same order. Chinese is indexed by single characters and by pairs of neighbours (no dictionary to keep up),
 * everything else by words; case, full-width forms and traditional characters are folded. Ranked by BM25 (Robertson and
 * Zaragoza, "The Probabilistic Relevance Framework", 2009), then the best are looked at again by how closely the words of the
 * question stand together.
 *
 * A document belongs to a collection and is known by its owner's reference. It is added, changed and removed inside the
 * transaction of its owner, so that what is found is what is there. Nothing personal may be put into an index: it is not
 * encrypted. */
#ifndef CITY_SEARCH_SEARCH_H
#define CITY_SEARCH_SEARCH_H

#include "store/store.h"

extern const struct migration SEARCH_MIGRATIONS[];
extern const size_t SEARCH_NMIGRATIONS;

/* Numbers of collections; stored, never reuse one. */
enum search_collection {
    SEARCH_KNOWLEDGE_ZH = 1,
    SEARCH_KNOWLEDGE_EN = 2,
    SEARCH_NEWS_ZH = 3,
    SEARCH_NEWS_EN = 4,
    SEARCH_TRIAL = 90, /* tests and benchmarks */
};

#define SEARCH_REF_MAX 120           /* bytes of a reference */
#define SEARCH_TEXT_MAX (256 * 1024) /* bytes of a text; the rest is not indexed */
#define SEARCH_QUERY_MAX 400         /* bytes of a question; the rest is not looked at */
#define SEARCH_HITS_MAX 100

struct search_text {
    struct slice ref;         /* the owner's, unique within the collection */
    struct slice title, body; /* UTF-8; a word in the title counts as several in the body */
};
/* Adds the texts, in place of those that had the same references; no reference twice among them. For many thousands call it
 * with as many as memory holds: each term is then written once. Adders of one collection wait for each other. */
MUST result search_add(struct tx *tx, struct arena *a, enum search_collection c, const struct search_text *t, size_t n);
/* Removes it; good when there is none. */
MUST result search_remove(struct tx *tx, struct arena *a, enum search_collection c, struct slice ref);

struct search_hit {
    struct slice ref;
    double score;    /* compares within one answer only */
    double coverage; /* 0..1: how much of the question, weighed by how rare it is, stands in the text */
};
/* What counts how much when the best are looked at again; NULL: the measured defaults (docs/benchmarks.md). */
enum search_feature {
    FEATURE_BM25_PAIR, /* pairs of characters and words: what tells most */
    FEATURE_BM25_ONE,  /* single characters */
    FEATURE_BM25_THREE,
    FEATURE_WINDOW, /* the densest stretch of the text: weight of the question's terms in it */
    FEATURE_RUN,    /* longest run of characters that question and text share */
    FEATURE_COVERAGE,
    FEATURE_COUNT
};
struct search_weights {
    double feature[FEATURE_COUNT];
    double k1, b;  /* of BM25 */
    double window; /* characters */
};
extern const struct search_weights SEARCH_WEIGHTS;

/* The best `limit` (≤ SEARCH_HITS_MAX), best first; none when the question has no word. Reads committed documents only. */
MUST result search_find(struct store *s, struct arena *a, enum search_collection c, struct slice question, size_t limit,
                        const struct search_weights *w, struct search_hit **out, size_t *n);
/* As search_find, with the features of each hit (for tuning): features[i * FEATURE_COUNT + j]; may be NULL. */
MUST result search_look(struct store *s, struct arena *a, enum search_collection c, struct slice question, size_t limit,
                        const struct search_weights *w, struct search_hit **out, size_t *n, double **features);

/* Folded: lower case, half-width, simplified (ICU's table, by single characters); what is neither letter, digit nor ideograph
 * is one space. Ill-formed UTF-8 ends the text. */
struct slice search_fold(struct arena *a, struct slice text);
/* The question without words that only ask ("什么", "how do I"); all of it when nothing else is in it. Folded. */
struct slice search_question(struct arena *a, struct slice text);

#endif
