/* Publications (政策解读、典型案例、通知公告; system 0.3): what the city tells everybody about its policies. A piece is written by one
 * person and released by a second (city/versions.h), corrected with a note that everybody sees, withdrawn with a reason; its
 * address stays. Released pieces are in the search index and in the feeds. Nothing personal belongs into a piece.
 *
 * Content of a version: {kind: "interpretation" | "case" | "notice", title: text, summary: text, body: text, department: code,
 * number?: 文号, date, areas?: [no of the plan], services?: [code], laws?: [{zh, en?}], valid_from?, valid_to?: date,
 * attachments?: [{sha256, name}], correction?: text (from the second release on: what was corrected)}, text = {zh, en?}: English
 * in title, summary and body together, or in none of them. */
#ifndef AREAS_00_NEWS_H
#define AREAS_00_NEWS_H

#include "city/catalogue/catalogue.h"
#include "city/search/search.h"
#include "city/versions.h"

enum { NEWS_NMIGRATIONS = 1, NEWS_FILES_MAX = 10 };
extern const struct migration NEWS_MIGRATIONS[NEWS_NMIGRATIONS];
extern const struct versions NEWS_VERSIONS;

/* ---- writing ---- */

/* A version that waits for a second person. An empty key: the piece is new and gets one ("2021-09-22-x4k9q2"); else it is there,
 * or with `create` it is made under this key (CODE_CONFLICT when taken). */
MUST result news_submit(struct city *c, struct arena *a, const struct actor *x, struct slice *key,
                        const struct json *content, bool create, instant now, int64_t *version);
/* Releases the version that waits, or turns it down with a reason. */
MUST result news_decide(struct city *c, struct arena *a, const struct actor *x, struct slice key, int64_t version,
                        bool release, struct slice reason, instant now);
/* No longer shown, in the index or in a feed; its address tells that it was withdrawn, when and why. */
MUST result news_withdraw(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                          const struct json *reason, instant now);
/* A folder of pieces (KEY.json each, attachments {file, name?} beside them, by path): new ones and changed ones become
 * versions that wait, or with `release` are released at once. Each file is checked as the interface would.
 * *report: {added, changed, same, released}. Faults carry the file's name in front. */
MUST result news_import(struct city *c, struct arena *a, struct service_files files, bool release, instant now,
                        const struct json **report);

/* ---- reading ---- */

struct news_filter {
    struct slice kind, department; /* empty: all */
    int64_t area, year;            /* 0: all */
    struct slice q;
    enum lang lang; /* in whose text q is looked for */
    int64_t limit;
    struct slice cursor;
};
/* {items: [{key, kind, title, summary, department, number, date, areas, validity, chinese_only, released_at, corrected_at}], next,
 * years: [n], departments: [{code, name}]}: released pieces, the latest first; with q the best first and no next. */
MUST result news_list(struct city *c, struct arena *a, const struct news_filter *f, instant now,
                      const struct json **out);
/* One piece as everybody sees it: the above and {body, services, laws, valid_from, valid_to, attachments, history: [{at, note}],
 * withdrawn: null or {at, reason}}; of a withdrawn one neither summary, body nor attachments. CODE_NOT_FOUND when none was released. */
MUST result news_public(struct city *c, struct arena *a, struct slice key, instant now, const struct json **out);
/* Whether it is released now. */
MUST result news_released(struct city *c, struct arena *a, struct slice key, bool *out);
/* An Atom feed (RFC 4287) of the 50 latest, kind empty: of all. *updated: when its content last changed. */
MUST result news_feed(struct city *c, struct arena *a, struct slice kind, enum lang lang, struct slice *xml,
                      instant *updated);
bool news_kind(struct slice kind);

extern const struct endpoint EP_NEWS, EP_NEWS_ONE, EP_NEWS_FILE, EP_NEWS_FEED, EP_NEWS_DESK, EP_NEWS_GET, EP_NEWS_NEW,
    EP_NEWS_VERSION, EP_NEWS_APPROVE, EP_NEWS_REJECT, EP_NEWS_WITHDRAW;
extern const struct area AREA_NEWS;

#endif
