/* Public verification of a file. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return file_verify(q->city, q->a, q->body_bytes, q->now, &r->body);
}

const struct endpoint EP_VERIFY_FILE = {
    .method = "POST",
    .path = "/verify",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_RAW_BODY | EP_NO_CSRF | EP_COSTLY,
    .body_max = 8 * 1024 * 1024, /* VERIFY_MAX_BYTES: as `tongban verify` */
    .summary_zh = "核验 PDF 文件",
    .summary_en = "Verify a PDF file",
    .handle = handle,
};
