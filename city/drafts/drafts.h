/* Drafts (kept from the first keystroke, even when wrong) and attachments. A draft is encrypted under its subject's
 * data key; an attachment under a key of its own, so that a paper that became part of a case outlives the erasure of its
 * person (archives law) while all others do not. */
#ifndef CITY_DRAFTS_DRAFTS_H
#define CITY_DRAFTS_DRAFTS_H

#include "city/catalogue/catalogue.h"

extern const struct migration DRAFTS_MIGRATIONS[];
extern const size_t DRAFTS_NMIGRATIONS;

#define DRAFT_MAX (1024 * 1024) /* bytes of JSON */
#define DRAFTS_PER_ACCOUNT 100
#define ATTACHMENT_MAX (20 * 1024 * 1024) /* bytes; a form may say less */
#define ATTACHMENTS_PER_ACCOUNT 2000
#define ATTACHMENT_BYTES_PER_ACCOUNT (500 * INT64_C(1024) * 1024) /* but for staff, who take papers in */

/* A draft belongs to the account that wrote it and to the subject it is for. draft JSON: {id, service, data, page,
 * updated_at, version}. etag: the version. Foreign ones are CODE_NOT_FOUND. */
MUST result draft_new(struct city *c, struct arena *a, const struct actor *x, struct slice service,
                      const struct json *data, instant now, const struct json **out, struct slice *etag);
MUST result draft_get(struct city *c, struct arena *a, const struct actor *x, struct id id, const struct json **out,
                      struct slice *etag);
/* if_match empty: CODE_PRECONDITION_REQUIRED (428); another version: CODE_PRECONDITION_FAILED (412). *problems: what is
 * wrong or missing so far, as problem JSON; it is stored all the same. */
MUST result draft_put(struct city *c, struct arena *a, const struct actor *x, struct id id, const struct json *data,
                      const struct json *page, struct slice if_match, instant now, const struct json **out,
                      struct slice *etag);
MUST result draft_delete(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
MUST result draft_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                       const struct json **out);
MUST result draft_export(struct city *c, struct arena *a, struct id subject, const struct json **out);

struct attachment {
    struct id id, subject /* ID_NONE: uploaded at a window */, account;
    struct slice name, material, type /* pdf | png | jpeg | ofd */, sha256 /* hex */;
    int64_t size;
    instant at;
};
/* Type by content: "pdf", "png", "jpeg", "ofd" (a ZIP that holds OFD.xml); empty: none of these, or more than one thing at
 * once. */
struct slice attachment_sniff(struct slice bytes);
/* A name to keep and to download by: no folders, no characters that are not seen, at most 120 bytes and an ending that
 * belongs to the type, so that no reader's system takes the file for something else. */
struct slice attachment_name(struct arena *a, struct slice given, struct slice type);
const char *attachment_media_type(struct slice type);
/* CODE_ATTACHMENT_TYPE, CODE_TOO_LARGE, CODE_ATTACHMENT_LIMIT, CODE_ATTACHMENT_SPACE; CODE_QUERY_BAD: material is no code. */
MUST result attachment_add(struct city *c, struct arena *a, const struct actor *x, struct slice name,
                           struct slice material, struct slice bytes, instant now, struct attachment *out);
/* Metadata, whoever asks (no right is checked). */
MUST result attachment_info(struct city *c, struct arena *a, struct id id, struct attachment *out);
/* Content for its owner (an agent of few services: what it uploaded itself), or for who may see a case it belongs to; the
 * read of another's paper is recorded first. */
MUST result attachment_content(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                               struct attachment *info, struct slice *bytes);
/* Own attachments, for reuse by material: [{id, name, type, size, sha256, material, at}]. */
MUST result attachment_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                            const struct json **out);
/* The owner deletes its paper: content and key. CODE_ATTACHMENT_FILED: it is part of a case, and kept as long as that. */
MUST result attachment_delete(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
const struct json *attachment_json(struct arena *a, const struct attachment *x);
/* Every x-attachment field of the data names an attachment that the actor may use (its own, or its subject's), of an allowed
 * type and size. Call before filing. *ids: those named. */
MUST result attachments_check(struct city *c, struct arena *a, const struct actor *x, const struct schema *form,
                              const struct json *data, const struct id **ids, size_t *n);
/* Inside the filing unit: the attachment becomes part of the case. */
void attachment_link(struct decision *d, struct id attachment, struct id case_id);

/* Worker: drafts that nobody touched for so long go, and confirmations past their time (confirm.h). */
#define DRAFT_KEPT (180 * MS_DAY)
MUST result drafts_sweep(struct city *c, struct arena *a, instant now);
/* Problems as replies show them: [{code, field, text, remedy, path?}]. */
const struct json *problems_json(struct arena *a, result r);
/* For erasure: deletes drafts, and destroys the keys of attachments that are part of no case. */
MUST result drafts_erase(struct tx *tx, struct arena *a, struct id subject, instant now);
#endif
