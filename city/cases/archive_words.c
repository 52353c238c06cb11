/* The dictionary's words: a journal without what it says of anybody. */
#include "city/cases/archive_codec.h"

static bool among(struct slice s, const char *const *list)
{
    for (; *list; list++)
        if (slice_is(s, *list)) return true;
    return false;
}

/* Members whose values are the case's own: of these the names alone. */
static bool own(struct slice key)
{
    static const char *const OWN[] = {"v", "output", "data", "values", "result", "input", "extra", NULL};
    return among(key, OWN);
}

/* Members whose values are words of this program. */
static bool of_program(struct slice key)
{
    static const char *const WORDS[] = {"t", "s", "how", "why", "verb", "kind", "role", NULL};
    return among(key, WORDS);
}

/* A name that says nothing of anybody: of this program (letters), or of the definition. */
static bool word(struct slice k, struct slice definition)
{
    bool letters = k.n > 0 && k.n < 24;
    for (size_t i = 0; i < k.n && letters; i++)
        letters = (k.p[i] >= 'a' && k.p[i] <= 'z') || k.p[i] == '_' || k.p[i] == '$';
    return letters || (k.n && slice_search(definition, k) != SIZE_MAX);
}

static void words_of(struct buf *b, struct slice key, const struct json *v, struct slice definition, bool names)
{
    switch (v->type) {
    case JSON_STRING: {
        bool kept = !names && v->text.n && (of_program(key) || slice_search(definition, v->text) != SIZE_MAX);
        json_write_string(b, kept ? v->text : S(""));
        break;
    }
    case JSON_NUMBER: buf_put(b, names || v->text.n > 3 ? S("0") : v->text); break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        buf_putc(b, v->type == JSON_ARRAY ? '[' : '{');
        for (size_t i = 0; i < v->n; i++) {
            struct slice k = v->type == JSON_OBJECT ? v->keys[i] : key;
            if (i) buf_putc(b, ',');
            if (v->type == JSON_OBJECT) {
                json_write_string(b, word(k, definition) ? k : S(""));
                buf_putc(b, ':');
            }
            words_of(b, k, v->items[i], definition, names || (v->type == JSON_OBJECT && own(k)));
        }
        buf_putc(b, v->type == JSON_ARRAY ? ']' : '}');
        break;
    default: json_write_to(b, v);
    }
}

void archive_words(struct buf *b, const struct json *event, struct slice definition)
{
    struct slice none = {NULL, 0};
    words_of(b, none, event, definition, false);
}
