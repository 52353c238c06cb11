/* Operators, by falling looseness: or; and; comparison; + -; * /; **; unary -; instance of; path, filter, call. */
#include "engine/decision/parser.h"

#include "engine/decision/builtins.h"

bool names_have(const struct names *l, struct slice s)
{
    for (size_t i = l->n; i-- > 0;)
        if (slice_eq(l->items[i], s)) return true;
    return false;
}

void kids_add(struct kids *k, const struct node *n)
{
    if (k->n == k->cap) {
        size_t cap = k->cap ? k->cap * 2 : 4;
        const struct node **grown = arena_alloc(k->a, cap * sizeof(const struct node *));
        if (k->n) memcpy(grown, k->items, k->n * sizeof(const struct node *));
        k->items = grown;
        k->cap = cap;
    }
    k->items[k->n++] = n;
}

void parse_error(struct parser *p, const char *what, size_t at)
{
    if (p->error == NULL) {
        p->error = what;
        p->error_at = at;
    }
    p->lex.pos = p->lex.text.n; /* everything after reads as the end */
    p->have = false;
}

void parse_add_name(struct parser *p, struct names *l, struct slice s)
{
    if (l->n >= PARSE_NAMES) {
        parse_error(p, "名称过多|too many names", p->have ? p->tok.at : p->lex.pos);
        return;
    }
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        struct slice *grown = arena_alloc(l->a, cap * sizeof *grown);
        if (l->n) memcpy(grown, l->items, l->n * sizeof *grown);
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->n++] = s;
}

struct token *parse_peek(struct parser *p)
{
    if (!p->have) {
        p->lex.known = p->known.items;
        p->lex.nknown = p->known.n;
        p->tok = lexer_next(&p->lex);
        p->have = true;
        if (p->lex.error && p->error == NULL) {
            p->error = p->lex.error;
            p->error_at = p->lex.error_at;
        }
    }
    return &p->tok;
}

struct token parse_take(struct parser *p)
{
    struct token t = *parse_peek(p);
    p->have = false;
    return t;
}

void parse_relex(struct parser *p)
{
    if (p->have) p->lex.pos = p->tok.at;
    p->have = false;
}

bool parse_at(struct parser *p, const char *punct)
{
    struct token *t = parse_peek(p);
    return t->kind == TK_PUNCT && t->text.p[0] == punct[0] && slice_is(t->text, punct);
}

bool parse_at_word(struct parser *p, const char *word)
{
    struct token *t = parse_peek(p);
    return t->kind == TK_KEYWORD && t->text.p[0] == word[0] && slice_is(t->text, word);
}

bool parse_accept(struct parser *p, const char *punct)
{
    if (!parse_at(p, punct)) return false;
    p->have = false;
    return true;
}

bool parse_accept_word(struct parser *p, const char *word)
{
    if (!parse_at_word(p, word)) return false;
    p->have = false;
    return true;
}

void parse_expect(struct parser *p, const char *punct)
{
    if (parse_accept(p, punct)) return;
    parse_error(p, arena_cstr(p->a, arena_printf(p->a, "此处应为“%s”|expected '%s'", punct, punct)), parse_peek(p)->at);
}

void parse_expect_word(struct parser *p, const char *word)
{
    if (parse_accept_word(p, word)) return;
    parse_error(p, arena_cstr(p->a, arena_printf(p->a, "此处应为“%s”|expected '%s'", word, word)), parse_peek(p)->at);
}

void parse_know(struct parser *p, struct slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == ' ' || strchr("./-'+*", c)) {
            if (!names_have(&p->known, name)) parse_add_name(p, &p->known, name);
            return;
        }
    }
}

size_t parse_bind(struct parser *p, struct slice name)
{
    size_t mark = p->bound.n;
    parse_add_name(p, &p->bound, name);
    parse_know(p, name);
    parse_relex(p);
    return mark;
}

void parse_unbind(struct parser *p, size_t mark)
{
    p->bound.n = mark;
}

struct node *parse_node(struct parser *p, enum node_kind kind, size_t at, const struct node *const *kids, size_t n)
{
    struct node *x = NEW(p->a, struct node);
    x->kind = kind;
    x->at = (uint32_t)at;
    x->kids = kids;
    x->n = n;
    for (size_t i = 0; i < n; i++) {
        if (kids[i] && kids[i]->height >= x->height) x->height = kids[i]->height + 1;
    }
    if (x->height > PARSE_HEIGHT) parse_error(p, "嵌套过深|nested too deeply", at);
    return x;
}

struct node *parse_node1(struct parser *p, enum node_kind kind, size_t at, const struct node *x)
{
    const struct node **kids = arena_alloc(p->a, sizeof(const struct node *));
    kids[0] = x;
    return parse_node(p, kind, at, kids, 1);
}

struct node *parse_node2(struct parser *p, enum node_kind kind, size_t at, const struct node *x, const struct node *y)
{
    const struct node **kids = arena_alloc(p->a, 2 * sizeof(const struct node *));
    kids[0] = x;
    kids[1] = y;
    return parse_node(p, kind, at, kids, 2);
}

struct node *parse_node3(struct parser *p, enum node_kind kind, size_t at, const struct node *x, const struct node *y,
                         const struct node *z)
{
    const struct node **kids = arena_alloc(p->a, 3 * sizeof(const struct node *));
    kids[0] = x;
    kids[1] = y;
    kids[2] = z;
    return parse_node(p, kind, at, kids, 3);
}

/* .name, [filter], (arguments) after a primary. */
static bool closes_span(struct parser *p)
{
    if (!p->span_end) return false;
    size_t pos = lexer_skip(&p->lex, p->tok.at + 1);
    if (pos >= p->lex.text.n) return true;
    struct lexer ahead = p->lex;
    ahead.pos = pos;
    struct token t = lexer_next(&ahead);
    static const char *const words[] = {"and",       "or", "then",    "else",    "return",
                                        "satisfies", "in", "between", "instance"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (t.kind == TK_KEYWORD && slice_is(t.text, words[i])) return true;
    return t.kind == TK_END || (t.kind == TK_PUNCT && strchr(")],}=!<>.", t.text.p[0]) != NULL);
}

/* date("2021-04-30") and its like are constants already here. */
static const struct node *fold_call(struct parser *p, struct node *n)
{
    static const char *const foldable[] = {"date", "time", "date and time", "duration"};
    bool known = false;
    struct value args[4];
    if (n->builtin == NULL || n->names || n->n < 2 || n->n > 5) return n;
    for (size_t i = 0; i < sizeof foldable / sizeof *foldable; i++) known |= strcmp(n->builtin->name, foldable[i]) == 0;
    for (size_t i = 1; i < n->n && known; i++) {
        known = n->kids[i]->kind == N_CONST;
        args[i - 1] = n->kids[i]->value;
    }
    if (!known) return n;
    struct machine m;
    machine_start(&m, p->a, NULL, S(""));
    struct value v = builtin_call(&m, n->builtin, args, n->n - 1, NULL);
    if (v.type == V_NULL) return n; /* so that the reason is told when it is evaluated */
    struct node *folded = parse_node(p, N_CONST, n->at, NULL, 0);
    folded->value = v;
    return folded;
}

static const struct node *parse_arguments(struct parser *p, const struct node *callee, size_t at)
{
    struct kids kids = {.a = p->a};
    struct names names = {.a = p->a};
    kids_add(&kids, callee);
    parse_expect(p, "(");
    bool span = p->span_end;
    p->span_end = false;
    while (!parse_at(p, ")") && parse_peek(p)->kind != TK_END) {
        struct slice name;
        parse_relex(p);
        size_t pos = p->lex.pos;
        if (lexer_free_name(&p->lex, ":,()[]{}", false, &name) && parse_accept(p, ":")) {
            parse_add_name(p, &names, name);
        } else {
            p->have = false;
            p->lex.pos = pos;
            if (names.n) parse_error(p, "命名参数与位置参数不能混用|named and positional arguments are mixed", pos);
        }
        kids_add(&kids, parse_expression(p));
        if (!parse_accept(p, ",")) break;
        if (parse_at(p, ")")) parse_error(p, "此处应为参数|expected an argument", parse_peek(p)->at);
    }
    p->span_end = span;
    parse_expect(p, ")");
    if (names.n && names.n != kids.n - 1)
        parse_error(p, "命名参数与位置参数不能混用|named and positional arguments are mixed", at);
    struct node *n = parse_node(p, N_CALL, at, kids.items, kids.n);
    if (names.n) n->names = names.items;
    if (callee->kind == N_NAME && !names_have(&p->bound, callee->name)) {
        bool hidden = false;
        for (size_t i = 0; p->scope && i < p->scope->nnames; i++) hidden |= slice_eq(p->scope->names[i], callee->name);
        if (!hidden) n->builtin = builtin_find(callee->name);
    }
    if (callee->kind == N_NAME && (slice_is(callee->name, "now") || slice_is(callee->name, "today"))) p->clock = true;
    return fold_call(p, n);
}

static const struct node *parse_postfix(struct parser *p)
{
    const struct node *x = parse_primary(p);
    for (;;) {
        size_t at = parse_peek(p)->at;
        if (parse_at(p, "(")) {
            x = parse_arguments(p, x, at);
        } else if (parse_accept(p, ".")) {
            struct token t = parse_take(p);
            if (t.kind != TK_NAME && t.kind != TK_KEYWORD)
                parse_error(p, "“.”后应为名称|expected a name after '.'", t.at);
            struct node *n = parse_node1(p, N_PATH, at, x);
            n->name = t.text;
            x = n;
        } else if (parse_at(p, "[") && !closes_span(p)) {
            p->have = false;
            bool span = p->span_end;
            p->span_end = false;
            p->filters++;
            const struct node *condition = parse_expression(p);
            p->filters--;
            p->span_end = span;
            parse_expect(p, "]");
            x = parse_node2(p, N_FILTER, at, x, condition);
        } else {
            return x;
        }
    }
}

static const struct node *parse_instance(struct parser *p)
{
    const struct node *x = parse_postfix(p);
    while (parse_at_word(p, "instance")) {
        size_t at = parse_take(p).at;
        parse_expect_word(p, "of");
        struct node *n = parse_node1(p, N_INSTANCE, at, x);
        n->type = parse_type(p);
        x = n;
    }
    return x;
}

static const struct node *parse_unary(struct parser *p)
{
    size_t minus = 0, at = 0;
    while (parse_at(p, "-")) {
        at = parse_take(p).at;
        if (++minus > PARSE_DEPTH) parse_error(p, "嵌套过深|nested too deeply", at);
    }
    const struct node *x = parse_instance(p);
    for (; minus > 0; minus--) {
        if (x->kind == N_CONST && x->value.type == V_NUMBER) {
            struct node *negative = parse_node(p, N_CONST, at, NULL, 0);
            negative->value = v_number(num_zero(x->value.number) ? x->value.number : num_neg(x->value.number));
            x = negative;
        } else {
            x = parse_node1(p, N_NEG, at, x);
        }
    }
    return x;
}

static const struct node *parse_power(struct parser *p)
{
    const struct node *x = parse_unary(p);
    while (parse_at(p, "**")) {
        size_t at = parse_take(p).at;
        struct node *n = parse_node2(p, N_ARITH, at, x, parse_unary(p));
        n->op = '^';
        x = n;
    }
    return x;
}

static const struct node *parse_product(struct parser *p)
{
    const struct node *x = parse_power(p);
    while (parse_at(p, "*") || parse_at(p, "/")) {
        struct token t = parse_take(p);
        struct node *n = parse_node2(p, N_ARITH, t.at, x, parse_power(p));
        n->op = t.text.p[0];
        x = n;
    }
    return x;
}

const struct node *parse_additive(struct parser *p)
{
    const struct node *x = parse_product(p);
    while (parse_at(p, "+") || parse_at(p, "-")) {
        struct token t = parse_take(p);
        struct node *n = parse_node2(p, N_ARITH, t.at, x, parse_product(p));
        n->op = t.text.p[0];
        x = n;
    }
    return x;
}

bool parse_compare_op(struct parser *p, enum compare *op)
{
    static const char *const ops[] = {"=", "!=", "<", "<=", ">", ">="};
    for (int i = 0; i < 6; i++) {
        if (parse_accept(p, ops[i])) {
            *op = (enum compare)i;
            return true;
        }
    }
    return false;
}

static const struct node *parse_in(struct parser *p, const struct node *x, size_t at)
{
    struct kids kids = {.a = p->a};
    kids_add(&kids, x);
    bool input = p->input;
    if (parse_at(p, "(")) {
        size_t open = parse_take(p).at;
        const struct node *first = parse_test(p);
        kids_add(&kids, first);
        if (parse_at(p, "..")) { /* the bracket opened a range */
            kids.items[1] = parse_range_rest(p, first, false, open);
        } else {
            while (parse_accept(p, ",")) kids_add(&kids, parse_test(p));
            parse_expect(p, ")");
        }
    } else {
        kids_add(&kids, parse_test(p));
    }
    p->input = input;
    return parse_node(p, N_IN, at, kids.items, kids.n);
}

static const struct node *parse_comparison(struct parser *p)
{
    const struct node *x = parse_additive(p);
    for (;;) {
        size_t at = parse_peek(p)->at;
        enum compare op;
        if (parse_accept_word(p, "between")) {
            const struct node *low = parse_additive(p);
            parse_expect_word(p, "and");
            x = parse_node3(p, N_BETWEEN, at, x, low, parse_additive(p));
        } else if (parse_accept_word(p, "in")) {
            x = parse_in(p, x, at);
        } else if (parse_compare_op(p, &op)) {
            struct node *n = parse_node2(p, N_COMPARE, at, x, parse_additive(p));
            n->compare = op;
            x = n;
        } else {
            return x;
        }
    }
}

static const struct node *parse_chain(struct parser *p, enum node_kind kind)
{
    const char *word = kind == N_AND ? "and" : "or";
    struct kids kids = {.a = p->a};
    size_t at = parse_peek(p)->at;
    do {
        kids_add(&kids, kind == N_AND ? parse_comparison(p) : parse_chain(p, N_AND));
    } while (parse_accept_word(p, word));
    return kids.n == 1 ? kids.items[0] : parse_node(p, kind, at, kids.items, kids.n);
}

static const struct node *parse_if(struct parser *p)
{
    size_t at = parse_take(p).at;
    const struct node *condition = parse_expression(p);
    parse_expect_word(p, "then");
    const struct node *yes = parse_expression(p);
    parse_expect_word(p, "else");
    return parse_node3(p, N_IF, at, condition, yes, parse_expression(p));
}

const struct node *parse_expression(struct parser *p)
{
    if (++p->depth > PARSE_DEPTH) parse_error(p, "嵌套过深|nested too deeply", parse_peek(p)->at);
    const struct node *x;
    if (parse_at_word(p, "if"))
        x = parse_if(p);
    else
        x = parse_chain(p, N_OR);
    p->depth--;
    return x;
}

/* The word or sign that stands there, shortened; empty at the end. */
static struct slice found_at(struct arena *a, struct slice text, size_t at)
{
    size_t end = at;
    while (end < text.n && end - at < 24 && (unsigned char)text.p[end] > ' ') end++;
    struct slice s = slice_sub(text, at < text.n ? at : text.n, end - at);
    return arena_copy(a, slice_sub(s, 0, slice_utf8_end(s)));
}

/* Line, column, what is wrong ("中文|English") and what stands there. */
static result syntax_error(struct arena *a, struct slice where, struct slice text, size_t at, const char *what)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < text.n; i++) {
        if (text.p[i] == '\n')
            line++, column = 1;
        else if (((unsigned char)text.p[i] & 0xc0) != 0x80)
            column++;
    }
    struct slice zh, en, found = found_at(a, text, at);
    slice_cut(slice_cstr(what), '|', &zh, &en);
    if (found.n && !slice_starts(zh, S("请"))) { /* that says already what stands there */
        zh = arena_printf(a, "%.*s，此处是“%.*s”", SLICE_ARG(zh), SLICE_ARG(found));
        en = arena_printf(a, "%.*s, found '%.*s'", SLICE_ARG(en), SLICE_ARG(found));
    }
    return fail(a, CODE_FEEL_SYNTAX, where, "line", arena_printf(a, "%zu", line), "column",
                arena_printf(a, "%zu", column), "detail_zh", zh, "detail_en", en, NULL);
}

result feel_parse(struct arena *a, struct slice text, const struct feel_scope *scope, bool tests, struct slice where,
                  const struct feel **out)
{
    struct parser p = {.a = a, .scope = scope, .lex = {.a = a, .text = arena_copy(a, text)}};
    p.known.a = p.bound.a = p.free.a = a;
    if (text.n > PARSE_TEXT_MAX) return fail(a, CODE_TOO_LARGE, where, "limit", S("262144"), NULL);
    if (!slice_utf8(text) || slice_find(text, '\0', 0) != SIZE_MAX)
        return syntax_error(a, where, S(""), 0, "不是 UTF-8 文本，或含零字节|not UTF-8, or a zero byte");
    for (size_t i = 0; scope && i < scope->nnames; i++) parse_know(&p, arena_copy(a, scope->names[i]));
    const struct node *root = tests ? parse_tests(&p) : parse_expression(&p);
    if (p.error == NULL && parse_peek(&p)->kind != TK_END)
        parse_error(&p, "多余的文本|unexpected text", parse_peek(&p)->at);
    if (p.error) return syntax_error(a, where, text, p.error_at, p.error);
    struct feel *f = NEW(a, struct feel);
    *f = (struct feel){.root = root,
                       .text = p.lex.text,
                       .where = arena_copy(a, where),
                       .names = p.free.items,
                       .nnames = p.free.n,
                       .tests = tests,
                       .closures = p.closures,
                       .clock = p.clock};
    *out = f;
    return ok();
}
