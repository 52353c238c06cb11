/* Pictures of seals as they are used in China: round with a star for the body's name and its special seals, oval for invoices, square for a name.
 * Drawn at 300 dots an inch on a transparent ground, vermilion; so nothing has to be cut in stone and scanned. */
#ifndef TRUST_SEAL_DRAW_H
#define TRUST_SEAL_DRAW_H

#include "base/result.h"

enum seal_shape { SEAL_ROUND, SEAL_OVAL, SEAL_SQUARE };
struct seal_drawing {
    enum seal_shape shape;
    int width, height;  /* mm */
    struct slice ring;  /* along the edge: the body's name. Square: the name, two columns */
    struct slice below; /* under the star: what the seal is for; may be empty */
    struct slice code;  /* small, at the lower edge: the seal's code; may be empty */
};
/* PNG. CODE_SEAL_PICTURE: a text too long to be read, or no font for it. */
MUST result seal_draw(struct arena *a, const struct seal_drawing *d, struct slice *png);

#endif
