/* What the parts of the parser share. */
#ifndef ENGINE_DECISION_PARSER_H
#define ENGINE_DECISION_PARSER_H

#include "engine/decision/ast.h"
#include "engine/decision/lexer.h"

#define PARSE_DEPTH 100
#define PARSE_HEIGHT 400
#define PARSE_NAMES 4000 /* entries of a context, names in scope, free names: they are looked for one by one */
#define PARSE_TEXT_MAX ((size_t)256 * 1024)

struct names {
    struct arena *a;
    size_t n, cap;
    struct slice *items;
};
bool names_have(const struct names *l, struct slice s);

struct parser {
    struct arena *a;
    struct lexer lex;
    const struct feel_scope *scope;
    struct token tok; /* looked ahead, when have */
    bool have;
    int depth;
    int filters;   /* inside how many filters */
    bool span_end; /* reading a range's high end: "[" may close it */
    bool input;    /* "?" was read since last cleared */
    bool closures;
    bool clock;
    struct names known; /* names with spaces, for the lexer */
    struct names bound; /* names bound here, a stack */
    struct names free;
    const char *error;
    size_t error_at;
};

struct kids {
    struct arena *a;
    size_t n, cap;
    const struct node **items;
};
void kids_add(struct kids *k, const struct node *n);

struct token *parse_peek(struct parser *p);
struct token parse_take(struct parser *p);
bool parse_at(struct parser *p, const char *punct);     /* punctuation */
bool parse_at_word(struct parser *p, const char *word); /* keyword */
bool parse_accept(struct parser *p, const char *punct);
bool parse_accept_word(struct parser *p, const char *word);
void parse_expect(struct parser *p, const char *punct);
void parse_expect_word(struct parser *p, const char *word);
void parse_error(struct parser *p, const char *what, size_t at);        /* what: "中文|English" */
void parse_add_name(struct parser *p, struct names *l, struct slice s); /* an error when there are too many */
/* Forgets the token looked at, so that it is read again with newly known names. */
void parse_relex(struct parser *p);
/* Makes a name known and bound; returns the mark to give parse_unbind. */
size_t parse_bind(struct parser *p, struct slice name);
void parse_unbind(struct parser *p, size_t mark);
void parse_know(struct parser *p, struct slice name);

struct node *parse_node(struct parser *p, enum node_kind kind, size_t at, const struct node *const *kids, size_t n);
struct node *parse_node1(struct parser *p, enum node_kind kind, size_t at, const struct node *x);
struct node *parse_node2(struct parser *p, enum node_kind kind, size_t at, const struct node *x, const struct node *y);
struct node *parse_node3(struct parser *p, enum node_kind kind, size_t at, const struct node *x, const struct node *y,
                         const struct node *z);

const struct node *parse_expression(struct parser *p);
const struct node *parse_additive(struct parser *p); /* a range's ends */
const struct node *parse_primary(struct parser *p);
const struct node *parse_loop(struct parser *p); /* for, some, every */
const struct node *parse_function(struct parser *p);
const struct node *parse_test(struct parser *p);  /* one positive unary test */
const struct node *parse_tests(struct parser *p); /* a cell */
const struct type *parse_type(struct parser *p);
bool parse_compare_op(struct parser *p, enum compare *op);
/* After the opening sign and the low end: ".." high closing. */
const struct node *parse_range_rest(struct parser *p, const struct node *low, bool low_closed, size_t at);
/* A constant range is folded into the node. */
void parse_fold_range(struct parser *p, struct node *n);

#endif
