/* What the files that compile schemas share. Internal to engine/form. */
#ifndef ENGINE_FORM_COMPILE_H
#define ENGINE_FORM_COMPILE_H

#include "engine/form/schema.h"

enum { SCHEMA_NODES_MAX = 20000, SCHEMA_RESOURCES_MAX = 500, SCHEMA_PROBLEMS_MAX = 100 };

struct known_uri {
    struct slice uri;
    struct resource *resource;
};

struct compiler {
    struct arena *a;
    const struct schema_options *options;
    struct slice where;
    struct known_uri *known; /* a resource may have two URIs: where it came from, and its $id */
    size_t nknown;
    struct node **table; /* open addressing, by the JSON value's address */
    size_t capacity, nodes;
    struct node **queue; /* to compile */
    size_t queued, compiled;
    struct node always, never;
    struct schema *schema;
    result problems;
    size_t nproblems;
};

/* How a keyword holds subschemas. */
enum shape { SHAPE_NONE, SHAPE_ONE, SHAPE_LIST, SHAPE_MAP };

struct keyword {
    const char *name;
    unsigned vocabulary;
    enum shape shape;
    void (*compile)(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
    size_t offset; /* the member of struct node that it fills */
};
/* NULL when there is none. keywords.c */
const struct keyword *keyword_find(struct slice name);

/* Adds a problem at a node. keyword: the keyword concerned; then as fail(). */
void schema_bad_value(struct compiler *c, const struct node *n, struct slice keyword, const char *expected_zh,
                      const char *expected_en);
void schema_problem(struct compiler *c, result r);
struct slice schema_place(struct compiler *c, const struct node *n, struct slice keyword);

/* resolve.c: nodes and resources */
struct node *schema_node(struct compiler *c, const struct json *v); /* registered node, or NULL */
/* Registers a document or a part of one, with all that is in it; problems are added. */
struct node *schema_scan(struct compiler *c, const struct json *v, struct resource *r, struct slice pointer);
/* A document found at `uri`. NULL when there are too many. */
struct resource *schema_document(struct compiler *c, const struct json *v, struct slice uri);
/* A subschema for use: registered, queued for compilation. Another type than object or boolean is a problem. */
const struct node *schema_use(struct compiler *c, const struct node *from, struct slice keyword, const struct json *v);
struct target {
    struct node *node;
    struct slice dynamic; /* name of the $dynamicAnchor it was found by; else empty */
};
/* False (and a problem): leads nowhere. */
bool schema_resolve_reference(struct compiler *c, const struct node *from, struct slice keyword, struct slice text,
                              struct target *out);

/* field.c: title, description and the x- keywords */
void field_title(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
void field_identifier(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
void field_prefill(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
void field_visible(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
void field_attachment(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
void field_flag(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
void field_group(struct compiler *c, struct node *n, const struct keyword *k, const struct json *value);
/* After all nodes are compiled: the lists of personal fields and of attachments. */
void field_lists(struct compiler *c);

/* meta.c: the schema of schemas, for "$ref": "https://json-schema.org/draft/2020-12/schema"; NULL for another URI. */
const struct json *meta_schema(struct arena *a, struct slice uri);

#endif
