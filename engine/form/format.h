/* The formats of JSON Schema 2020-12 (V 7.3), as assertions. Internal to engine/form. */
#ifndef ENGINE_FORM_FORMAT_H
#define ENGINE_FORM_FORMAT_H

#include "base/arena.h"

struct format {
    const char *name;
    bool (*fits)(struct arena *a, struct slice s);
    const char *zh, *en; /* what people call it */
};

/* NULL: no format of that name is known. */
const struct format *format_find(struct slice name);

/* format_net.c */
bool format_email(struct arena *a, struct slice s);     /* RFC 5321 4.1.2 */
bool format_idn_email(struct arena *a, struct slice s); /* RFC 6531 */
bool format_hostname(struct arena *a, struct slice s);  /* RFC 1123, RFC 5890 for xn-- */
bool format_idn_hostname(struct arena *a, struct slice s);
bool format_ipv4(struct arena *a, struct slice s); /* RFC 2673 3.2 */
bool format_ipv6(struct arena *a, struct slice s); /* RFC 4291 2.2 */
bool format_uri(struct arena *a, struct slice s);  /* RFC 3986 */
bool format_uri_reference(struct arena *a, struct slice s);
bool format_iri(struct arena *a, struct slice s); /* RFC 3987 */
bool format_iri_reference(struct arena *a, struct slice s);
bool format_uri_template(struct arena *a, struct slice s); /* RFC 6570 */

#endif
