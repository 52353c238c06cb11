/* A small strict reader of PDF objects (ISO 32000-1, 7.3 and 7.5.4): classic cross-reference tables only, which is what this
 * platform writes. Everything outside is refused, not guessed. Bounded in depth, objects and revisions. */
#ifndef TRUST_PDF_READ_H
#define TRUST_PDF_READ_H

#include "base/id.h"

enum { PDF_OBJECTS_MAX = 10000, PDF_DEPTH_MAX = 12, PDF_REVISIONS_MAX = 4, PDF_ITEMS_MAX = 4096 };

enum pdf_type { PDF_NULL, PDF_BOOL, PDF_INT, PDF_REAL, PDF_NAME, PDF_STRING, PDF_ARRAY, PDF_DICT, PDF_REF };
struct pdf_value {
    enum pdf_type type;
    size_t start, end; /* where in the file its text stands: [start, end) */
    int64_t integer;   /* PDF_INT, PDF_BOOL; PDF_REF: the object's number */
    struct slice text; /* PDF_NAME: without "/", undecoded; PDF_STRING: the text between its delimiters, undecoded */
    bool hex;          /* PDF_STRING: <…> */
    size_t n;          /* items, or members */
    const struct pdf_value *items;
    const struct slice *keys; /* of a dictionary */
};

struct pdf_file {
    struct arena *a;
    struct slice bytes;
    size_t *offset;                  /* by object number; 0: absent or free */
    size_t size;                     /* object numbers are below it */
    size_t revisions;                /* cross-reference tables found along /Prev */
    size_t last_xref;                /* offset of the newest table */
    const struct pdf_value *trailer; /* the newest */
};

/* CODE_PDF_MALFORMED. The values refer to `bytes`. */
MUST result pdf_read(struct arena *a, struct slice bytes, struct pdf_file *out);
/* Member of a dictionary; NULL. References are followed (once each). */
const struct pdf_value *pdf_get(struct pdf_file *f, const struct pdf_value *dict, const char *key);
/* The same without following. */
const struct pdf_value *pdf_get_raw(const struct pdf_value *dict, const char *key);
/* The object of a number; NULL when absent or malformed. stream, when not NULL, gets the raw bytes of its stream (empty: none). */
const struct pdf_value *pdf_object(struct pdf_file *f, int64_t number, struct slice *stream);

#endif
