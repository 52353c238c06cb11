/* Parsers of what a client writes into its request: pure, bounded by the input, for http/ alone. */
#ifndef HTTP_HEADER_H
#define HTTP_HEADER_H

#include "base/time.h"

#define TARGET_MAX 8192u
#define QUERY_MAX 4096u

/* The request target (RFC 9112 3.2) in origin-form ("/a?b") or absolute-form ("http://host/a?b"): path and raw query, both
 * still percent-encoded. False: another form, a control character, or longer than the limits above. */
bool target_split(struct slice raw, struct slice *path, struct slice *query);
/* Whether a Content-Type (RFC 9110 8.3) is this one ("application/json"), whatever its parameters; case does not count. */
bool media_is(struct slice content_type, const char *type);
/* Whether an Accept-Encoding (RFC 9110 12.5.3) names the coding, or "*", with a weight above 0. */
bool coding_accepted(struct slice accept, const char *coding);
/* Chinese unless Accept-Language (RFC 9110 12.5.4) gives English the greater weight. */
enum lang lang_accepted(struct slice accept);
/* Whether a list of entity tags (RFC 9110 13.1.2, weak comparison) has this one, given without quotes; "*" has any. */
bool etag_listed(struct slice list, struct slice etag);
/* A date of a header (RFC 9110 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT"; the obsolete forms are not taken: false. */
bool http_date_scan(struct slice text, instant *out);
struct slice http_date_text(struct arena *a, instant t);
/* Authority of an Origin or URL: "https://a.example:8443" -> "a.example:8443"; empty when there is none. */
struct slice origin_authority(struct slice origin);

#endif
