/* What the parts of the static analysis share. */
#ifndef ENGINE_DECISION_DMN_CHECK_H
#define ENGINE_DECISION_DMN_CHECK_H

#include "engine/decision/dmn_model.h"

#define CHECK_PROBLEMS_MAX 100
#define CHECK_SEARCH_MAX 16000000 /* steps of a search, each over 1024 rules */

struct binding { /* a name in scope, innermost first; type NULL: unknown */
    const struct binding *up;
    struct slice name;
    const struct type *type;
};

struct checker {
    struct arena *a;
    const struct dmn *model;
    struct slice where;
    result problems;
    size_t count;
    struct machine m; /* evaluates cells on samples */
};

/* Steps for the next evaluation of a cell. */
static inline void check_reset(struct checker *c)
{
    c->m.steps = 1000000;
    c->m.fault = ok();
}
void check_add(struct checker *c, result r); /* keeps at most CHECK_PROBLEMS_MAX */

/* Type of an expression as far as it can be known (NULL: unknown); definite mistakes are added at `place`. */
const struct type *check_infer(struct checker *c, const struct node *n, const struct binding *env, struct slice place);
const struct binding *check_find(const struct binding *env, struct slice name);
struct slice type_text(struct arena *a, const struct type *t);

/* One column of a table cut into pieces on which every cell that can be analysed is constant. */
struct pieces {
    size_t n;
    struct value *samples;
    uint64_t **yes;   /* per piece: the rules that hold; a bit a rule */
    uint64_t *maybe;  /* the rules whose cell cannot be analysed */
    size_t *class_of; /* per rule: which of the column's different cells it has */
    uint64_t **meets; /* per different cell: the rules that hold somewhere where it holds */
};
/* The cell depends on nothing but its input, in a way that the pieces see. */
bool cell_exact(const struct feel *f);
/* A sample of every piece that the cells make of the column, of its allowed values only; null where a cell mentions it, or
 * where there is nothing else. False: too many constants. */
bool column_samples(struct checker *c, const struct dmn_table *t, size_t column, const struct type *type,
                    const struct feel *const *cells, size_t n, struct values *out);
/* False: too many different cells and constants. */
bool cut_column(struct checker *c, const struct dmn_table *t, size_t column, const struct type *type,
                struct pieces *out);
void check_table(struct checker *c, const struct dmn_table *t, const struct binding *env);

/* A region without rules: in[column][piece]. free: the column makes no difference. */
struct gap_box {
    struct gap_box *next;
    bool **in;
    bool *free;
};

/* One table under analysis. */
struct analysis {
    struct checker *c;
    const struct dmn_table *t;
    struct pieces *columns;
    const struct type **types;
    size_t words;
    size_t *at;       /* the piece chosen in each column */
    uint64_t **alive; /* per depth: rules that surely hold so far, may hold so far */
    uint64_t **open;
    uint64_t **rest; /* per column: rules that hold on every piece from that column on */
    int64_t budget;
    size_t found;
    struct gap_box *boxes; /* gaps told so far */
    bool sure;             /* cells that cannot be analysed count as not holding */
    size_t only;           /* rule whose pieces alone are searched; SIZE_MAX: all */
};

static inline bool rule_bit(const uint64_t *set, size_t i) { return (set[i / 64] >> (i % 64)) & 1; }
struct slice check_column_name(const struct dmn_table *t, size_t i);
/* "age = 17, kind = "a"": the samples of the pieces chosen in x->at; columns marked in `free` (may be NULL) are left out. */
struct slice check_example(struct analysis *x, const bool *free);
/* Whether some combination of pieces (of those on which rule `only` holds, unless SIZE_MAX) is left by all `rules`. */
bool check_reachable(struct analysis *x, const uint64_t *rules, size_t only);
/* Adds a problem for each region on which no rule holds. */
void check_gaps(struct analysis *x);

#endif
