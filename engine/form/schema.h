/* The compiled schema: a graph of nodes, one for each subschema, with every keyword checked and prepared.
 * Internal to engine/form. JSON Schema 2020-12: Core (C) and Validation (V). */
#ifndef ENGINE_FORM_SCHEMA_H
#define ENGINE_FORM_SCHEMA_H

#include "base/identifier.h"
#include "engine/decision/feel.h"
#include "engine/form/form.h"
#include "engine/form/number.h"

struct pattern; /* pattern.h */
struct node;

enum {
    TYPE_NULL = 1,
    TYPE_BOOL = 2,
    TYPE_NUMBER = 4,
    TYPE_STRING = 8,
    TYPE_ARRAY = 16,
    TYPE_OBJECT = 32,
    TYPE_INTEGER = 64
};

struct node_list {
    const struct node **items;
    size_t n;
};

struct member { /* of properties, dependentSchemas, dependentRequired */
    struct slice key;
    const struct node *node;
    const struct slice *names; /* dependentRequired */
    size_t nnames;
};

struct members {
    struct member *list; /* as in the schema */
    uint32_t *sorted;    /* indices, by key */
    size_t n;
};

struct pattern_member {
    const struct pattern *pattern;
    const struct node *node;
};

enum vocabulary {
    VOCAB_APPLICATOR = 1,
    VOCAB_UNEVALUATED = 2,
    VOCAB_VALIDATION = 4,
    VOCAB_FORMAT = 8 /* asserted */,
    VOCAB_CORE = 16
};

struct anchor {
    struct slice name;
    struct node *node;
    bool dynamic;
    const struct anchor *next;
};

struct resource {     /* a schema with a URI of its own (C 4.3.5) */
    struct slice uri; /* absolute, without fragment */
    struct node *root;
    const struct anchor *anchors;
    unsigned vocabulary;
};

struct field {                             /* what a form's property carries beside the standard's keywords */
    struct slice title[2], description[2]; /* by enum lang; empty: none */
    enum id_kind identifier;
    struct slice prefill;
    const struct feel *prefill_feel;
    const struct feel *visible;
    const struct json *attachment;
    struct slice material;
    bool personal, readonly;
};

struct bound {
    bool set;
    struct exact value;
    struct slice text;
};

struct node {
    const struct json *json;
    const struct resource *resource;
    struct slice pointer; /* "#/properties/a", for messages */
    bool always, never;   /* boolean schemas */
    bool queued;
    bool in_field; /* root, or reached by properties or items: where the form's fields are */
    bool closed;   /* forms: members nobody evaluated are refused */

    unsigned types; /* 0: any */
    const struct json *enumeration, *constant;

    struct bound minimum, maximum, above, below; /* above: exclusiveMinimum */
    struct bound multiple;

    size_t min_length, max_length, min_items, max_items, min_members, max_members, min_contains, max_contains;
    const struct pattern *pattern;
    const struct format *format;

    struct node_list prefix;
    const struct node *items, *contains, *unevaluated_items;
    bool unique;

    struct members properties, dependent_required, dependent_schemas;
    struct pattern_member *patterns;
    size_t npatterns;
    const struct node *additional, *names, *unevaluated_members;
    const struct slice *required;
    size_t nrequired;

    struct node_list all_of, any_of, one_of;
    const struct node *not_, *if_, *then_, *else_, *ref, *dynamic_ref;
    struct slice dynamic_anchor; /* of $dynamicRef's target, when that is a dynamic one; else empty */

    struct field field;
};

struct schema {
    const struct node *root;
    bool tracks;     /* some node looks at what others evaluated */
    bool visibility; /* some field has x-visible */
    bool forms;
    const struct slice *personal;
    size_t npersonal;
    const struct form_attachment *attachments;
    size_t nattachments;
};

/* The member of that key; NULL when there is none. */
const struct member *members_find(const struct members *m, struct slice key);

#endif
