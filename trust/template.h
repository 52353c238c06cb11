/* Document templates: what a service issues, as data. The contract for designers is docs/designers/documents.md. */
#ifndef TRUST_TEMPLATE_H
#define TRUST_TEMPLATE_H

#include "base/json.h"
#include "base/time.h"

#define SEAL_MM 42 /* diameter of a department's official seal */

enum document_kind { DOCUMENT_LICENCE, DOCUMENT_LETTER };
struct document_template; /* checked, immutable; refers to the JSON it was made from and to its arena */

/* Checks the template's shape and the syntax of every reference; reports all problems found. `where` names the file.
 * CODE_TEMPLATE_SYNTAX, field = where + JSON pointer. */
MUST result template_parse(struct arena *a, const struct json *source, struct slice where,
                           const struct document_template **out);
enum document_kind template_kind(const struct document_template *t);
/* Every path the template refers to ("applicant.name"), without those on the current item of an `each`; for checks
 * against what the process provides. optional[i]: the template does without it. */
size_t template_references(struct arena *a, const struct document_template *t, const struct slice **paths,
                           const bool **optional);

/* A template filled with data: plain texts, ready to be laid out. English parts may be empty. */
struct text_pair {
    struct slice zh, en;
};
struct filled_field {
    struct text_pair label;
    struct slice value;
    bool half;
};
struct filled_paragraph {
    struct text_pair text;
    bool heading, indent;
};
enum page_size { PAGE_A3, PAGE_A4, PAGE_A5 };
enum page_border { BORDER_NONE, BORDER_SINGLE, BORDER_DOUBLE };
struct filled {
    enum document_kind kind;
    enum page_size size;
    bool landscape;
    enum page_border border;
    struct text_pair title, number_label, note, remedies;
    struct slice number, addressee, issuer, date, certificate_id, qr, contact;
    const struct filled_field *fields;
    size_t nfields;
    const struct filled_paragraph *body;
    size_t nbody;
};
/* Strict: CODE_TEMPLATE_REFERENCE for a path that is absent (without |optional) or of the wrong type. Bounded: at most
 * 200 repeated entries, 8 KiB a text, 256 KiB in all (CODE_TOO_LARGE). */
MUST result template_fill(struct arena *a, const struct document_template *t, const struct json *data,
                          struct filled *out);

#endif
