/* Forms: JSON Schema 2020-12 plus prefill and page hints (pure). The same schema validates on the page and here.
 *
 * form.json is a JSON Schema of type object. Beside the standard's keywords a property may carry:
 *   "title": {"zh": …, "en": …} or a string, "description" likewise
 *   "x-identifier": "uscc" | "resident_id" | …      checked by base/identifier
 *   "x-prefill": "applicant.name" | "enterprise.uscc" | "case.<service>.<path>" | FEEL in {…}
 *   "x-visible": FEEL over the data;  "x-readonly": true (prefilled, may be disputed)
 *   "x-attachment": {"types": ["pdf","png","jpeg"], "max_bytes": n, "material": "code"}   value = attachment id
 *   "x-personal": true (encrypted, access recorded)
 *   "x-group": page of the wizard ("one question at a time") */
#ifndef ENGINE_FORM_H
#define ENGINE_FORM_H

#include "base/json.h"

struct schema; /* compiled, immutable */

/* Remote references are looked up by `resolve` (may be NULL: then only local ones exist). */
typedef const struct json *(*schema_resolve)(void *ctx, struct slice uri);
struct schema_options {
    schema_resolve resolve;
    void *ctx;
    bool assert_format; /* format is an assertion (forms: true) */
    bool forms;         /* x- keywords are checked, unknown keywords and unevaluated fields refused */
};
MUST result schema_compile(struct arena *a, const struct json *schema, const struct schema_options *o,
                           struct slice where, const struct schema **out);
/* Every violation as joined problems, field = JSON pointer, in document order; at most 100. */
MUST result schema_validate(struct arena *a, const struct schema *s, const struct json *data);
/* As above for an unfinished form: required fields may be missing (a draft). */
MUST result schema_validate_draft(struct arena *a, const struct schema *s, const struct json *data);

/* The data as it is to be kept, before it is validated and stored: fields that x-visible hides are gone (they are neither
 * asked for nor kept; a field hidden by a hidden one goes too), members with an empty text are gone (an empty
 * text is no answer), identifiers have their normal form (identifier_normal). Nothing else changes.
 * schema_validate itself looks through hidden fields, but leaves dropping them to this. */
const struct json *form_clean(struct arena *a, const struct schema *s, const struct json *data);

/* Values the city knows: each x-prefill source asked of `source` (NULL result: unknown). Fields already filled stay.
 * *origin: object field pointer -> source text, shown beside the value. */
typedef const struct json *(*prefill_source)(void *ctx, struct arena *a, struct slice name);
MUST result form_prefill(struct arena *a, const struct schema *s, const struct json *data, prefill_source source,
                         void *ctx, const struct json **out, const struct json **origin);
/* Pointers of fields marked x-personal / x-attachment (as in the schema: "/applicant/id_number"). */
void form_personal(const struct schema *s, const struct slice **pointers, size_t *n);
struct form_attachment {
    struct slice pointer, material;
    const struct json *rule; /* the x-attachment object */
};
void form_attachments(const struct schema *s, const struct form_attachment **list, size_t *n);

#endif
