/* Strict JSON (RFC 8259) in an arena. Refused: duplicate keys, trailing text, bad UTF-8, leading zeros,
 * lone surrogates, NUL in keys, depth > 64, input larger than the caller's maximum.
 * Numbers keep their text, so that 34-digit decimals survive. Values are immutable once built. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/result.h"

/* Names for the linker: jansson, which librhonabwy brings into the process, has functions called as these are, and the program's own
 * would be taken for them. */
#define JSON_SYMBOL(name) __asm__("tongban_" #name)

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    bool boolean;
    struct slice text; /* JSON_STRING: decoded UTF-8; JSON_NUMBER: its source text */
    size_t n;          /* items of an array, members of an object */
    const struct json *const *items;
    const struct slice *keys; /* an object's keys; keys[i] belongs to items[i] */
};

/* Parses; the tree refers to `a` only (strings are copied). `where` names the input in errors. */
MUST result json_parse(struct arena *a, struct slice text, size_t max_bytes, struct slice where,
                       const struct json **out);
/* Compact text. Object members in stored order. */
struct slice json_write(struct arena *a, const struct json *v);
void json_write_to(struct buf *b, const struct json *v);
void json_write_string(struct buf *b, struct slice s);

/* Looking: all return NULL / the default when v is NULL, of another type, or lacks the member. */
const struct json *json_get(const struct json *v, const char *key);
const struct json *json_get_slice(const struct json *v, struct slice key);
/* "/a/0/b" (RFC 6901, with ~0 ~1). */
const struct json *json_pointer(const struct json *v, struct slice pointer);
struct slice json_string(const struct json *v, const char *key) JSON_SYMBOL(json_string); /* empty when absent */
int64_t json_int(const struct json *v, const char *key, int64_t dflt); /* dflt when absent or not a whole number */
bool json_bool(const struct json *v, const char *key, bool dflt);
bool json_is_int(const struct json *v, int64_t *out);
double json_double(const struct json *v, double dflt); /* of a number's own value; dflt when it is none */
bool json_equal(const struct json *a, const struct json *b)
    JSON_SYMBOL(json_equal); /* deep; numbers by value where both fit int64, else by text */

/* Building. Objects and arrays are built by a builder, then finished. */
const struct json *json_null(void) JSON_SYMBOL(json_null);
const struct json *json_of_bool(bool v);
const struct json *json_of_int(struct arena *a, int64_t v);
const struct json *json_of_number(struct arena *a, struct slice text);
const struct json *json_of_string(struct arena *a, struct slice s); /* copies */
const struct json *json_of_cstr(struct arena *a, const char *z);

struct json_builder {
    struct arena *a;
    size_t n, cap;
    const struct json **items;
    struct slice *keys;
};
struct json_builder json_builder(struct arena *a);
void json_add(struct json_builder *b, const struct json *v);                  /* array item */
void json_set(struct json_builder *b, const char *key, const struct json *v); /* replaces a member of that name */
void json_set_slice(struct json_builder *b, struct slice key, const struct json *v);
void json_set_str(struct json_builder *b, const char *key, struct slice s);
void json_set_cstr(struct json_builder *b, const char *key, const char *z);
void json_set_int(struct json_builder *b, const char *key, int64_t v);
void json_set_bool(struct json_builder *b, const char *key, bool v);
/* With so many decimals, 0 to 9; what is not finite becomes null. */
void json_set_double(struct json_builder *b, const char *key, double v, int decimals);
const struct json *json_of_double(struct arena *a, double v, int decimals);
const struct json *json_array(struct json_builder *b) JSON_SYMBOL(json_array);
const struct json *json_object(struct json_builder *b) JSON_SYMBOL(json_object);
/* base with the members of over replaced or added (shallow). NULL counts as {}. */
const struct json *json_merge(struct arena *a, const struct json *base, const struct json *over);
/* The way through a process that the problem carries (argument "path_ids"): ids of elements and sequence flows in the order they are
 * passed; NULL: it carries none. */
const struct json *json_problem_path(struct arena *a, const struct problem *p);
/* The same, but objects within objects too. */
const struct json *json_overlay(struct arena *a, const struct json *base, const struct json *over);
/* Deep copy into another lifetime. */
const struct json *json_copy(struct arena *a, const struct json *v) JSON_SYMBOL(json_copy);

#endif
