/* FEEL (DMN 1.5, chapter 10): the one expression language, for conditions, decisions, prefill, visibility,
 * clocks and subscriptions. Pure and bounded: no I/O; steps, depth and sizes are limited. */
#ifndef ENGINE_FEEL_H
#define ENGINE_FEEL_H

#include "base/json.h"
#include "base/time.h"

struct feel; /* compiled, immutable, thread-safe */

/* Compiles an expression. `names`: names in scope that contain spaces or operators (may be NULL); `where` is put in errors. */
MUST result feel_compile(struct arena *a, struct slice text, const struct slice *names, size_t nnames,
                         struct slice where, const struct feel **out);
/* Unary tests (a decision table's input entry). */
MUST result feel_compile_tests(struct arena *a, struct slice text, const struct slice *names, size_t nnames,
                               struct slice where, const struct feel **out);
/* Free names that the expression reads (for data-flow checks). Names inside a filter are not told: they may be fields of
 * the filtered items. */
void feel_names(const struct feel *f, const struct slice **names, size_t *n);

/* What an evaluation read of its instant: so that a caller knows for how long its value holds. */
enum feel_clock { FEEL_NO_CLOCK, FEEL_TODAY, FEEL_NOW };
struct feel_limits {
    int64_t steps;         /* 0: 100 000 */
    int depth;             /* 0: 200 */
    size_t memory;         /* bytes; 0: 64 MB */
    enum feel_clock *read; /* raised to what was read of the time; never lowered. May be NULL */
};
struct feel_env {
    instant now; /* today(), now() */
    struct feel_limits limits;
};
/* Evaluates over a JSON object. FEEL's null (an error inside FEEL included) is JSON null; dates, times and durations
 * come back as their ISO texts, numbers as decimal text. *warning (may be NULL) tells why a null is an error. */
MUST result feel_eval(struct arena *a, const struct feel *f, const struct feel_env *env, const struct json *scope,
                      const struct json **out, struct slice *warning);
/* Whether it is exactly true. */
MUST result feel_true(struct arena *a, const struct feel *f, const struct feel_env *env, const struct json *scope,
                      bool *out);

/* A DMN 1.5 file, compiled: decision tables (all hit policies), literal expressions, requirements between decisions. */
struct dmn;
MUST result dmn_compile(struct arena *a, struct slice xml, struct slice where, const struct dmn **out);
/* The same for a model that imports others, which were compiled before it and live as long. */
MUST result dmn_compile_with(struct arena *a, struct slice xml, struct slice where, const struct dmn *const *imports,
                             size_t n, const struct dmn **out);
/* A decision or decision service, by id or name. */
bool dmn_has(const struct dmn *d, struct slice decision);
/* Names of the input data that the decision (or service) and all it requires read, each once; 0 when it is unknown. */
size_t dmn_inputs(struct arena *a, const struct dmn *d, struct slice decision, const struct slice **names);
/* What a designer wrote for people: of a decision its label, of a rule its description, else its annotations joined; in English
 * the attribute "en" of the extension's namespace (tb:en). Empty where there is none. */
struct dmn_words {
    struct slice zh, en;
};
/* Of a decision by id or name; false: there is none. name: as the model names it. */
bool dmn_decision_words(const struct dmn *d, struct slice decision, struct slice *name, struct dmn_words *out);
/* Of a rule in that decision's tables, by id or, without id, by its 1-based number in the only table; false: there is none. */
bool dmn_rule_words(const struct dmn *d, struct slice decision, struct slice rule, uint32_t index,
                    struct dmn_words *out);
struct dmn_rule_hit {
    struct slice decision, rule; /* ids */
    uint32_t index;              /* 1-based rule number */
};
struct dmn_trace {
    struct dmn_rule_hit *hits;
    size_t n;
};
/* The scope gives input data by name; texts become dates, times and durations where the model's types say so. trace (may
 * be NULL): the rules whose outputs made the results, in the order of evaluation. A service gives its output decision's
 * value, or an object of them. */
MUST result dmn_eval(struct arena *a, const struct dmn *d, struct slice decision, const struct feel_env *env,
                     const struct json *scope, const struct json **out, struct dmn_trace *trace);
/* Static analysis: every gap, overlap (against the hit policy), unreachable rule and type error, as joined problems. */
MUST result dmn_check(struct arena *a, const struct dmn *d, struct slice where);

#endif
