/* Private to me/: an export as a page that a person can read and print (个人信息保护法 art. 45: a copy). */
#ifndef HTTP_ENDPOINTS_ME_READABLE_H
#define HTTP_ENDPOINTS_ME_READABLE_H

#include "city/api.h"

/* A whole HTML document without scripts, links or anything from elsewhere. Texts in both languages are shown in one. */
struct slice readable_export(struct arena *a, const struct json *v, enum lang lang);

#endif
