/* Electronic seals on OFD packages (GB/T 33190-2016, 18; GM/T 0099-2020): Signatures.xml, Signature.xml with the digests of the files, and
 * SignedValue.dat. Every file of the package is protected but Signatures.xml, so that others can seal after; a closing seal protects that too. */
#ifndef TRUST_OFD_SIGN_H
#define TRUST_OFD_SIGN_H

#include "trust/ofd.h"
#include "trust/signer.h"

#include <stdint.h>

enum { OFD_PLACES_MAX = 200 };

/* Where a seal is seen. Micrometres on the page, from its upper left corner. */
struct ofd_place {
    uint32_t page; /* ID of the page */
    int64_t x, y, width, height;
    bool clipped; /* only this part of the picture is shown (骑缝章) */
    int64_t clip_x, clip_y, clip_width, clip_height;
};
/* A riding seal (骑缝章): the picture in npages strips (2 … OFD_PLACES_MAX) down the right edges of the pages, whose common width this is; y of
 * its upper edge. */
MUST result ofd_riding(struct arena *a, const uint32_t *pages, size_t npages, int64_t page_width, int64_t y,
                       int64_t side_width, int64_t side_height, const struct ofd_place **out);

/* Pages of the first document and their common size (PageArea of the document; A4 when it says none), micrometres. */
struct ofd_pages {
    const uint32_t *ids;
    size_t n;
    int64_t width, height;
};
MUST result ofd_pages(struct arena *a, const struct ofd *opened, struct ofd_pages *out);

struct ofd_sealing {
    struct slice package;
    size_t document;                /* which DocBody */
    const struct signer_seal *seal; /* and its wrapped key */
    struct slice subject;           /* id of the use, for the records */
    struct slice kind;              /* of the document: "licence", "contract" … */
    const struct ofd_place *places;
    size_t nplaces;           /* at least one */
    bool closing;             /* Signatures.xml is protected: nobody can seal after */
    instant at;               /* SignatureDateTime; the time that counts is the signer's */
    const struct ofd *opened; /* what ofd_read made of the package; NULL: it is read here */
};
/* CODE_OFD_SIGNED: closed by an earlier seal, or full; CODE_OFD_MALFORMED, CODE_ZIP_*, and what signer_use_seal refuses. */
MUST result ofd_seal(struct arena *a, struct signer *s, const struct ofd_sealing *in, struct slice *out);

/* For the signer: whether this is a Signature.xml as ofd_seal writes it, for this path. NULL, or what is wrong. */
const char *ofd_signature_shape(struct slice xml, struct slice path);

#endif
