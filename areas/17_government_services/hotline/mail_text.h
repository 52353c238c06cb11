/* Codings of e-mail, each bounded by its input. */
#ifndef AREAS_17_HOTLINE_MAIL_TEXT_H
#define AREAS_17_HOTLINE_MAIL_TEXT_H

#include "base/buf.h"
#include "base/result.h"

struct slice mail_lower(struct arena *a, struct slice s);
/* RFC 2045 6.8: what is not of the alphabet is passed over; ends at the padding. */
struct slice mail_base64(struct arena *a, struct slice s);
/* RFC 2045 6.7; word: "_" is a space (RFC 2047 4.2). */
struct slice mail_quoted(struct arena *a, struct slice s, bool word);
/* As UTF-8 from a named character set (utf-8, us-ascii, gb2312, gbk, gb18030, big5, iso-8859-1, and what else the system's iconv
 * knows under these); of any other one the ASCII. Always well-formed. */
struct slice mail_utf8(struct arena *a, struct slice s, struct slice charset);
/* "=?charset?B?…?=" words in a header (RFC 2047). */
struct slice mail_words(struct arena *a, struct slice s);
/* A parameter of a header, unquoted; "name*=utf-8''%…" (RFC 2231) decoded. Empty when it has none. */
struct slice mail_parameter(struct arena *a, struct slice header, const char *name);
/* Without tags, scripts and styles; the common entities resolved. */
struct slice mail_strip(struct arena *a, struct slice html);
/* At most `max` characters, without control characters; lines: line ends stay. */
struct slice mail_clean(struct arena *a, struct slice s, size_t max, bool lines);
bool mail_printable(struct slice s);

#endif
