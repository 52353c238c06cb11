/* What the files that validate share. Internal to engine/form. */
#ifndef ENGINE_FORM_VALIDATE_H
#define ENGINE_FORM_VALIDATE_H

#include "engine/form/schema.h"

enum { STEPS_MAX = 1000000, DEPTH_MAX = 400, PROBLEMS_MAX = 100 };

/* A place in the data, with what people call it. */
struct at {
    const struct at *up; /* NULL: the root */
    struct slice key;
    size_t index;
    bool is_index;
    uint32_t order;           /* among its siblings: by the schema's order of properties, else by the data's */
    const struct node *field; /* the form's own schema of this place */
    struct slice title[2];    /* by enum lang */
};

struct found {
    struct found *next;
    result problem;
    struct slice pointer;
    enum code code;
    uint32_t *order; /* of the places on the way down */
    size_t norder;
};

struct sink { /* problems of one evaluation */
    struct found *first, *last;
    size_t n;
};

struct run {
    struct arena *a;
    const struct schema *schema;
    const struct json *root;
    struct sink *sink; /* NULL: nobody asks why */
    size_t steps;
    int depth;
    bool draft; /* what is missing may come later */
    int strict; /* > 0: inside if and not, where a draft's leniency would turn around */
    bool overrun;
    const struct resource *scope[DEPTH_MAX + 2]; /* dynamic scope (C 7.1) */
    size_t nscope;
};

/* Members or items of one value that some keyword evaluated (C 7.7.1.3). bits == NULL: not tracked. */
struct marks {
    uint64_t *bits;
    size_t n;
};
void marks_set(struct marks *m, size_t i);
bool marks_has(const struct marks *m, size_t i);
void marks_all(struct marks *m);

/* Whether v satisfies n. `up` (may be NULL) takes the marks of a schema applied in place. */
bool evaluate(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *up);
/* The same without asking why not. */
bool evaluate_quietly(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *up);
bool validate_object(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m);
bool validate_array(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m);
bool validate_unevaluated(struct run *r, const struct node *n, const struct json *v, const struct at *at,
                          struct marks *m);
bool validate_logic(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m);
/* True when more work is allowed. */
bool spend(struct run *r, size_t steps);
/* A draft leaves out what asks for more. */
static inline bool lenient(const struct run *r) { return r->draft && r->strict == 0; }

struct at at_member(const struct at *up, const struct node *n, struct slice key, size_t index);
struct at at_item(struct run *r, const struct at *up, size_t index);
/* The property's schema, looked for here and in what applies in place; NULL when there is none. */
const struct node *property_of(const struct node *n, struct slice key);
/* Whether the form shows that member of the object `around`. */
bool property_visible(struct run *r, const struct node *property, const struct json *around);

/* problems.c */
struct arg {
    const char *key; /* NULL: unused */
    struct slice value;
};
struct args {
    struct arg list[4];
};
#define ARGS(...) (&(struct args){{__VA_ARGS__}})
/* Returns false. */
bool problem(struct run *r, const struct at *at, enum code code, const struct args *args);
bool problem_result(struct run *r, const struct at *at, result x);
bool problem_type(struct run *r, const struct node *n, const struct at *at);
bool problem_enum(struct run *r, const struct node *n, const struct at *at, const struct json *const *values,
                  const struct node *const *titles, size_t count);
struct slice number_text(struct run *r, size_t n);
struct slice at_pointer(struct arena *a, const struct at *at);
/* All of them, by the order of the form, each place and kind once. */
result problems_joined(struct arena *a, const struct sink *s);

/* clean.c: data without the members the form does not show */
const struct json *visible_data(struct arena *a, const struct schema *s, const struct json *data, bool *overrun);

#endif
