/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_SEALS_ENDPOINTS_H
#define HTTP_ENDPOINTS_SEALS_ENDPOINTS_H

#include "city/api.h"

/* What is said of the parameter "document", wherever something is sealed. */
#define SEAL_DOCUMENTS                                                                                           \
    .help_zh = "文件种类：contract 合同、invoice 发票、finance 财务文件、letter 函件、licence 证照、other 其他", \
    .help_en = "kind of document", .required = true, .choices = "contract|invoice|finance|letter|licence|other"

extern const struct endpoint EP_SEALS;
extern const struct endpoint EP_SEAL_APPLY;
extern const struct endpoint EP_SEAL;
extern const struct endpoint EP_SEAL_PICTURE;
extern const struct endpoint EP_SEAL_ACT;
extern const struct endpoint EP_SEAL_GRANT;
extern const struct endpoint EP_SEAL_GRANT_END;
extern const struct endpoint EP_SEAL_USE;
extern const struct endpoint EP_SEAL_BATCH_ADD;
extern const struct endpoint EP_SEAL_BATCH;
extern const struct endpoint EP_SEAL_BATCH_FILE;
extern const struct endpoint EP_SEAL_DESK;
extern const struct endpoint EP_SEAL_REVOCATIONS;

extern const struct endpoints SEALS_ENDPOINTS;

#endif
