/* Tokens of FEEL. Names may hold spaces and operators, so what is a name depends on the names known so far
 * (10.3.1.2, rule 27 and following): the longest known name wins, else one word. */
#ifndef ENGINE_DECISION_LEXER_H
#define ENGINE_DECISION_LEXER_H

#include "base/result.h"

enum token_kind {
    TK_END,
    TK_NUMBER,
    TK_STRING,
    TK_AT_STRING, /* @"…" */
    TK_NAME,
    TK_KEYWORD,
    TK_PUNCT, /* one or two characters, in text */
};

struct token {
    enum token_kind kind;
    size_t at, end;
    struct slice text; /* name: normalised; string: unescaped; else the source */
};

struct lexer {
    struct arena *a;
    struct slice text;
    size_t pos;
    const struct slice *known; /* several words or with operators; grows as the parser meets names */
    size_t nknown;
    const char *error; /* "中文|English"; set once */
    size_t error_at;
};

struct token lexer_next(struct lexer *l);
/* Skips white space and comments; the new position. */
size_t lexer_skip(const struct lexer *l, size_t pos);
/* Reads a name of any words up to one of the stop characters, or up to the keyword `in` when stop_in; normalised.
 * False (position unchanged) when there is no name there. */
bool lexer_free_name(struct lexer *l, const char *stops, bool stop_in, struct slice *out);

#endif
