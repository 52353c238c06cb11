/* Literals, names, lists, contexts, ranges, functions, loops, unary tests and types. */
#include "engine/decision/builtins.h"
#include "engine/decision/parser.h"
#include "engine/decision/temporal.h"

static struct node *constant(struct parser *p, struct value v, size_t at)
{
    struct node *n = parse_node(p, N_CONST, at, NULL, 0);
    n->value = v;
    return n;
}

/* A built-in function that no name of the scope hides is no variable. */
static bool is_function(const struct parser *p, struct slice name)
{
    if (builtin_find(name) == NULL) return false;
    for (size_t i = 0; p->scope && i < p->scope->nnames; i++)
        if (slice_eq(p->scope->names[i], name)) return false;
    return true;
}

static const struct node *parse_name(struct parser *p)
{
    struct token t = parse_take(p);
    struct node *n = parse_node(p, N_NAME, t.at, NULL, 0);
    n->name = t.text;
    if (slice_is(t.text, "?"))
        p->input = true;
    else if (p->filters == 0 && !names_have(&p->bound, t.text) && !names_have(&p->free, t.text) &&
             !is_function(p, t.text))
        parse_add_name(p, &p->free, t.text);
    return n;
}

void parse_fold_range(struct parser *p, struct node *n)
{
    struct range *r = NEW(p->a, struct range);
    r->low_closed = n->low_closed;
    r->high_closed = n->high_closed;
    const struct node *low, *high;
    if (n->kind == N_UNARY) {
        r->unary = true;
        r->op = n->compare;
        low = high = n->kids[0];
        r->no_low = n->compare == CMP_LT || n->compare == CMP_LE;
        r->no_high = n->compare == CMP_GT || n->compare == CMP_GE;
        r->low_closed = n->compare == CMP_GE || n->compare == CMP_EQ;
        r->high_closed = n->compare == CMP_LE || n->compare == CMP_EQ;
    } else {
        low = n->kids[0];
        high = n->kids[1];
    }
    if (low->kind != N_CONST || high->kind != N_CONST) return;
    if (!r->no_low) r->low = low->value;
    if (!r->no_high) r->high = high->value;
    n->value = (struct value){.type = V_RANGE, .range = r};
    n->constant_tests = true;
}

/* After the opening sign and the low end: ".." high closing. */
const struct node *parse_range_rest(struct parser *p, const struct node *low, bool low_closed, size_t at)
{
    parse_expect(p, "..");
    bool span = p->span_end;
    p->span_end = true;
    const struct node *high = parse_additive(p);
    p->span_end = span;
    struct node *n = parse_node2(p, N_RANGE, at, low, high);
    n->low_closed = low_closed;
    if (parse_accept(p, "]"))
        n->high_closed = true;
    else if (!parse_accept(p, ")") && !parse_accept(p, "["))
        parse_error(p, "此处应为区间的结束|expected the end of the range", parse_peek(p)->at);
    parse_fold_range(p, n);
    return n;
}

static const struct node *parse_bracket(struct parser *p)
{
    size_t at = parse_take(p).at;
    struct kids kids = {.a = p->a};
    bool span = p->span_end;
    p->span_end = false;
    while (!parse_at(p, "]") && parse_peek(p)->kind != TK_END) {
        kids_add(&kids, parse_expression(p));
        if (kids.n == 1 && parse_at(p, "..")) {
            p->span_end = span;
            return parse_range_rest(p, kids.items[0], true, at);
        }
        if (!parse_accept(p, ",")) break;
        if (parse_at(p, "]")) parse_error(p, "此处应为列表项|expected an item", parse_peek(p)->at);
    }
    p->span_end = span;
    parse_expect(p, "]");
    return parse_node(p, N_LIST, at, kids.items, kids.n);
}

static const struct node *parse_paren(struct parser *p)
{
    size_t at = parse_take(p).at;
    enum compare op;
    bool span = p->span_end;
    p->span_end = false;
    if (parse_compare_op(p, &op)) { /* (< 10): a range by operator */
        struct node *n = parse_node1(p, N_UNARY, at, parse_additive(p));
        n->compare = op;
        n->low_closed = true; /* marks: a value, not a test */
        parse_fold_range(p, n);
        parse_expect(p, ")");
        p->span_end = span;
        return n;
    }
    const struct node *x = parse_expression(p);
    p->span_end = span;
    if (parse_at(p, "..")) return parse_range_rest(p, x, false, at);
    parse_expect(p, ")");
    return x;
}

static const struct node *parse_context(struct parser *p)
{
    size_t at = parse_take(p).at, mark = p->bound.n;
    struct kids kids = {.a = p->a};
    struct names names = {.a = p->a};
    bool span = p->span_end;
    p->span_end = false;
    while (!parse_at(p, "}") && parse_peek(p)->kind != TK_END) {
        struct slice key;
        struct token *t = parse_peek(p);
        if (t->kind == TK_STRING) {
            key = parse_take(p).text;
        } else {
            parse_relex(p);
            if (!lexer_free_name(&p->lex, ":,{}()[]\"", false, &key))
                parse_error(p, "此处应为键|expected a key", p->lex.pos);
        }
        parse_expect(p, ":");
        if (p->error) break;
        if (names_have(&names, key)) parse_error(p, "键重复|duplicate key", at);
        kids_add(&kids, parse_expression(p));
        parse_add_name(p, &names, key);
        parse_bind(p, key);
        if (!parse_accept(p, ",")) break;
    }
    p->span_end = span;
    parse_expect(p, "}");
    parse_unbind(p, mark);
    struct node *n = parse_node(p, N_CONTEXT, at, kids.items, kids.n);
    n->names = names.items;
    return n;
}

static const struct node *parse_number(struct parser *p)
{
    struct token t = parse_take(p);
    num v = num_of_int(0);
    if (!num_scan(t.text, &v)) parse_error(p, "数超出范围|number out of range", t.at);
    return constant(p, v_number(v), t.at);
}

static const struct node *parse_word(struct parser *p)
{
    size_t at = parse_peek(p)->at;
    if (parse_accept_word(p, "true")) return constant(p, v_bool(true), at);
    if (parse_accept_word(p, "false")) return constant(p, v_bool(false), at);
    if (parse_accept_word(p, "null")) return constant(p, v_null(), at);
    if (parse_at_word(p, "for") || parse_at_word(p, "some") || parse_at_word(p, "every")) return parse_loop(p);
    if (parse_at_word(p, "function")) return parse_function(p);
    if (parse_at_word(p, "if")) return parse_expression(p);
    parse_error(p, "意外的关键字|unexpected keyword", at);
    return constant(p, v_null(), at);
}

static const struct node *primary(struct parser *p)
{
    struct token *t = parse_peek(p);
    size_t at = t->at;
    switch (t->kind) {
    case TK_NUMBER: return parse_number(p);
    case TK_STRING: return constant(p, v_string(parse_take(p).text), at);
    case TK_AT_STRING: {
        struct value v = temporal_literal(p->a, parse_take(p).text);
        return constant(p, v, at); /* null when it is none, as in FEEL's functions */
    }
    case TK_NAME: return parse_name(p);
    case TK_KEYWORD: return parse_word(p);
    case TK_PUNCT:
        if (parse_at(p, "(")) return parse_paren(p);
        if (parse_at(p, "[")) return parse_bracket(p);
        if (parse_at(p, "{")) return parse_context(p);
        if (parse_accept(p, "]")) return parse_range_rest(p, parse_additive(p), false, at);
        break;
    case TK_END: break;
    }
    parse_error(p, t->kind == TK_END ? "表达式意外结束|unexpected end" : "意外的符号|unexpected sign", at);
    return constant(p, v_null(), at);
}

const struct node *parse_primary(struct parser *p)
{
    if (++p->depth > PARSE_DEPTH) parse_error(p, "嵌套过深|nested too deeply", parse_peek(p)->at);
    const struct node *x = primary(p);
    p->depth--;
    return x;
}

const struct node *parse_loop(struct parser *p)
{
    struct token t = parse_take(p);
    bool is_for = slice_is(t.text, "for");
    size_t mark = p->bound.n;
    struct kids kids = {.a = p->a};
    struct names names = {.a = p->a};
    bool span = p->span_end;
    p->span_end = false;
    do {
        struct slice name = S("");
        parse_relex(p);
        if (!lexer_free_name(&p->lex, ",()[]{}:\"", true, &name))
            parse_error(p, "此处应为变量|expected a variable", p->lex.pos);
        p->have = false;
        parse_expect_word(p, "in");
        const struct node *source = parse_expression(p);
        if (parse_at(p, "..") && is_for) {
            size_t at = parse_take(p).at;
            source = parse_node2(p, N_SPAN, at, source, parse_expression(p));
        }
        kids_add(&kids, source);
        parse_add_name(p, &names, name);
        parse_bind(p, name);
    } while (parse_accept(p, ","));
    parse_expect_word(p, is_for ? "return" : "satisfies");
    if (is_for) parse_bind(p, S("partial"));
    kids_add(&kids, parse_expression(p));
    p->span_end = span;
    parse_unbind(p, mark);
    struct node *n = parse_node(p,
                                is_for                     ? N_FOR
                                : slice_is(t.text, "some") ? N_SOME
                                                           : N_EVERY,
                                t.at, kids.items, kids.n);
    n->names = names.items;
    return n;
}

const struct node *parse_function(struct parser *p)
{
    size_t at = parse_take(p).at, mark = p->bound.n;
    struct names names = {.a = p->a};
    const struct type *types[64] = {NULL};
    parse_expect(p, "(");
    while (!parse_at(p, ")") && parse_peek(p)->kind != TK_END) {
        struct slice name;
        parse_relex(p);
        if (!lexer_free_name(&p->lex, ":,)(", false, &name))
            parse_error(p, "此处应为形参|expected a parameter", p->lex.pos);
        p->have = false;
        if (p->error || names.n == 64) break;
        if (parse_accept(p, ":")) types[names.n] = parse_type(p);
        parse_add_name(p, &names, name);
        if (!parse_accept(p, ",")) break;
    }
    parse_expect(p, ")");
    const struct type *returned = parse_accept(p, ":") ? parse_type(p) : NULL;
    bool external = parse_accept_word(p, "external");
    for (size_t i = 0; i < names.n; i++) parse_bind(p, names.items[i]);
    bool span = p->span_end;
    p->span_end = false;
    struct node *n = parse_node1(p, N_FUNCTION, at, parse_expression(p));
    p->span_end = span;
    parse_unbind(p, mark);
    n->names = names.items;
    const struct type **kept = arena_zalloc(p->a, names.n + 1, sizeof(const struct type *));
    memcpy(kept, types, names.n * sizeof(const struct type *));
    n->types = kept;
    n->type = returned;
    n->external = external;
    n->op = (char)names.n; /* at most 64 */
    p->closures = true;
    return n;
}

const struct node *parse_test(struct parser *p)
{
    size_t at = parse_peek(p)->at;
    enum compare op;
    if (parse_compare_op(p, &op)) {
        struct node *n = parse_node1(p, N_UNARY, at, parse_additive(p));
        n->compare = op;
        parse_fold_range(p, n);
        return n;
    }
    bool before = p->input;
    p->input = false;
    const struct node *x = parse_expression(p);
    if (p->input) {
        struct node *own = NEW(p->a, struct node);
        *own = *x;
        own->reads_input = true;
        x = own;
    }
    p->input = p->input || before;
    return x;
}

static const struct node *test_list(struct parser *p)
{
    struct kids kids = {.a = p->a};
    size_t at = parse_peek(p)->at;
    do {
        kids_add(&kids, parse_test(p));
    } while (parse_accept(p, ","));
    return parse_node(p, N_TESTS, at, kids.items, kids.n);
}

const struct node *parse_tests(struct parser *p)
{
    size_t at = parse_peek(p)->at;
    if (parse_at(p, "-")) {
        struct parser saved = *p;
        parse_take(p);
        if (parse_peek(p)->kind == TK_END) return parse_node(p, N_ANY, at, NULL, 0);
        *p = saved;
    }
    struct token *t = parse_peek(p);
    if (t->kind == TK_NAME && slice_is(t->text, "not")) {
        struct parser saved = *p;
        parse_take(p);
        if (parse_accept(p, "(")) {
            struct node *n = parse_node1(p, N_TESTS, at, test_list(p));
            n->negated = true;
            parse_expect(p, ")");
            if (p->error == NULL && parse_peek(p)->kind == TK_END) return n;
        }
        *p = saved; /* not(…) as part of an expression */
    }
    return test_list(p);
}

/* "list < T >", "context < a: T >", "range < T >", "function < T, … > -> T", or a name. */
static const struct type *parse_generic(struct parser *p, struct slice name)
{
    struct type *t = NEW(p->a, struct type);
    struct names names = {.a = p->a};
    const struct type *types[64] = {NULL};
    size_t n = 0;
    parse_expect(p, "<");
    if (slice_is(name, "context")) {
        t->kind = T_CONTEXT;
        while (!parse_at(p, ">") && n < 64 && p->error == NULL) {
            struct slice field = S("");
            parse_relex(p);
            if (!lexer_free_name(&p->lex, ":,>", false, &field))
                parse_error(p, "此处应为字段|expected a field", p->lex.pos);
            p->have = false;
            parse_expect(p, ":");
            parse_add_name(p, &names, field);
            types[n++] = parse_type(p);
            if (!parse_accept(p, ",")) break;
        }
    } else if (slice_is(name, "function")) {
        t->kind = T_FUNCTION;
        while (!parse_at(p, ">") && n < 64 && p->error == NULL) {
            types[n++] = parse_type(p);
            if (!parse_accept(p, ",")) break;
        }
    } else {
        t->kind = slice_is(name, "range") ? T_RANGE : T_LIST;
        t->item = parse_type(p);
    }
    parse_expect(p, ">");
    if (t->kind == T_FUNCTION) {
        parse_expect(p, "->");
        t->item = parse_type(p);
    }
    const struct type **kept = arena_zalloc(p->a, n + 1, sizeof(const struct type *));
    memcpy(kept, types, n * sizeof(const struct type *));
    t->n = n;
    t->names = names.items;
    t->types = kept;
    return t;
}

const struct type *parse_type(struct parser *p)
{
    static const struct type any = {.kind = T_ANY};
    if (++p->depth > PARSE_DEPTH) parse_error(p, "嵌套过深|nested too deeply", parse_peek(p)->at);
    struct token t = parse_take(p);
    p->depth--;
    if (t.kind != TK_NAME && t.kind != TK_KEYWORD) {
        parse_error(p, "此处应为类型|expected a type", t.at);
        return &any;
    }
    bool generic = slice_is(t.text, "list") || slice_is(t.text, "context") || slice_is(t.text, "function") ||
                   slice_is(t.text, "range");
    if (generic && parse_at(p, "<")) {
        p->depth++;
        const struct type *g = parse_generic(p, t.text);
        p->depth--;
        return g;
    }
    struct slice name = t.text;
    while (parse_at(p, ".")) { /* a type of an imported model */
        parse_take(p);
        name = arena_printf(p->a, "%.*s.%.*s", SLICE_ARG(name), SLICE_ARG(parse_peek(p)->text));
        parse_take(p);
    }
    const struct type *found = type_builtin(name);
    if (found == NULL && p->scope && p->scope->type) found = p->scope->type(p->scope->ctx, name);
    if (found == NULL) parse_error(p, "未知类型|unknown type", t.at);
    return found ? found : &any;
}
