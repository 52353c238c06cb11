/* Documents as PDF 1.5, by cairo and pango, in WenQuanYi Micro Hei. */
#ifndef TRUST_PDF_H
#define TRUST_PDF_H

#include "trust/template.h"

/* template_fill, then the layout of its kind. `made_at` becomes the file's creation date; the same template, data and
 * time give the same bytes. specimen: the signature will have no legal force, and every page says so across itself (样证).
 * CODE_PDF_RENDER: the font is missing, or the text does not fit (licence: one page; letter: ten). */
MUST result pdf_render(struct arena *a, const struct document_template *t, const struct json *data, instant made_at,
                       bool specimen, struct slice *pdf);

#endif
