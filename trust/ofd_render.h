/* Documents as OFD (GB/T 33190-2016): the original of an e-licence. Fonts are embedded as subsets (WenQuanYi Micro Hei, or what stands in
 * for a character that it lacks); text stays text; lines, borders and the QR code are paths. */
#ifndef TRUST_OFD_RENDER_H
#define TRUST_OFD_RENDER_H

#include "trust/ofd.h"
#include "trust/template.h"

struct ofd_about {
    struct slice id;                 /* DocID: 32 hexadecimal digits */
    instant made_at;                 /* becomes the day of creation */
    const struct ofd_custom *custom; /* metadata of the licence (GB/T 36903), in order */
    size_t ncustom;
    bool specimen; /* as pdf_render */
};
struct ofd_made {
    struct slice package;
    double seal_x, seal_y; /* mm on the last page: the middle of the issuer's name and date, where a seal belongs */
};
/* template_fill, then the layout that pdf_render uses too, so that the two cannot say different things. The same input gives the same bytes.
 * The package has no signature and no list of them. CODE_PDF_RENDER as pdf_render. */
MUST result ofd_render(struct arena *a, const struct document_template *t, const struct json *data,
                       const struct ofd_about *about, struct ofd_made *out);

#endif
