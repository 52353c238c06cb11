/* Shared by the files of area 17 only: the enterprise-service knowledge base (企业服务知识库). An article answers one question in
 * both languages, belongs to a department, and has a day by which its owner looks at it again. A version is written by one
 * person and published by another; published articles are in the search index. Nothing personal belongs into an article.
 *
 * Content of a version: {owner: department, review_on: date, title: text, body: text, words?: [s] (what people call it),
 * services?: [code], laws?: [text]}, text = {zh, en}. */
#ifndef AREAS_17_KNOWLEDGE_H
#define AREAS_17_KNOWLEDGE_H

#include "city/catalogue/catalogue.h"
#include "city/city.h"
#include "city/search/search.h"
#include "city/versions.h"

#define KNOWLEDGE_REVIEW_MAX 730 /* days ahead that a review may be put off */
/* Below this share of the question nothing found counts as an answer. */
#define KNOWLEDGE_ANSWERED 0.4

/* ---- writing ---- */

/* A version that waits for a second person; *version is its number. `create`: the article is new (CODE_CONFLICT when the key
 * is taken), else it must be there. A version that waited before is replaced. */
MUST result knowledge_submit(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                             const struct json *content, bool create, instant now, int64_t *version);
/* Publishes or turns down (reason needed) the version that waits: a publisher, or the head of the owner; never who wrote it. */
MUST result knowledge_decide(struct city *c, struct arena *a, const struct actor *x, struct slice key, int64_t version,
                             bool publish, struct slice reason, instant now);
/* The owner has looked at it: it is right, until then. */
MUST result knowledge_review(struct city *c, struct arena *a, const struct actor *x, struct slice key, day until,
                             instant now);
/* Taken off the public pages and out of the index; its versions stay. */
MUST result knowledge_retire(struct city *c, struct arena *a, const struct actor *x, struct slice key, instant now);
struct knowledge_import {
    bool release; /* published at once, by whoever has the command line; else a second person does it on the desk */
    bool keep;    /* articles and a guide that are there already stay as they are */
};
/* A folder of articles (KEY.json each, Content, or with review_months instead of review_on) and the guide (guide.json). Each file
 * by itself: faults are joined, with the file before the place, and the others go in. What a person took off stays off.
 * *report also then: {added, changed, same, kept, published, guide: "published", "waits", "same", "kept", "articles_wait" (it
 * leads to articles that are not published yet) or null}. */
MUST result knowledge_import(struct city *c, struct arena *a, struct service_files files, struct knowledge_import how,
                             instant now, const struct json **report);
/* The faults alone; *n: how many articles there are. */
MUST result knowledge_check_folder(struct city *c, struct arena *a, struct service_files files, instant now, size_t *n);
MUST result knowledge_check(struct city *c, struct arena *a, const struct json *content, day today);
extern const struct versions KNOWLEDGE_VERSIONS;

/* ---- reading ---- */

struct knowledge_filter {
    struct slice department, service; /* codes; empty: all */
};

/* The published article for everybody: {key, version, title, body, owner, services, laws, published_at, review_on, overdue}. */
MUST result knowledge_public(struct city *c, struct arena *a, struct slice key, instant now, const struct json **out);
/* {items: [{key, version, title, excerpt, owner, services, coverage, review_on, overdue, body?}], answered}, best first. */
MUST result knowledge_search(struct city *c, struct arena *a, enum lang lang, struct slice q, struct knowledge_filter f,
                             size_t limit, bool whole, instant now, const struct json **out);

/* One of them without the question: {key, version, title, excerpt, owner, services, review_on, overdue}. CODE_NOT_FOUND. */
MUST result knowledge_card(struct city *c, struct arena *a, struct slice key, instant now, const struct json **out);

/* Published articles, those that helped most first: {items, next, answered}. */
MUST result knowledge_browse(struct city *c, struct arena *a, struct knowledge_filter f, int64_t limit,
                             struct slice cursor, instant now, const struct json **out);
/* In the transaction that publishes: which services it is about (NULL: none). */
MUST result knowledge_link(struct tx *tx, struct arena *a, struct slice key, const struct json *services);
MUST result knowledge_is_about(struct city *c, struct arena *a, struct slice key, struct slice service, bool *out);

/* ---- questions that nobody answered ---- */

/* In the transaction that publishes (or turns down, takes off) an article: the questions for which it was written are answered
 * (or open again). */
MUST result questions_follow(struct tx *tx, struct arena *a, struct slice key, bool published);

/* The question as it may be kept: folded, numbers and addresses struck out, at most 120 bytes; empty when nothing is left. */
struct slice question_clean(struct arena *a, struct slice text);
/* Counts it. What the public asks is kept as a keyed hash until it is asked a second time: a sentence that names somebody is
 * asked once. Staff's are kept at once. */
MUST result question_record(struct city *c, struct arena *a, const struct actor *x, enum lang lang, struct slice text,
                            instant now);

/* ---- the guide (智能导办): {start, nodes: {id: {question: text, help?: text, answers: [{text: text, to | service | article}]}}} */

/* Every fault as joined CODE_GUIDE_FAULT: a missing start, an answer that leads nowhere, a question that nobody comes to or
 * that leads back to itself, a question with a single answer. `coming`: keys of articles, each between spaces, that count as
 * published. */
MUST result guide_check(struct city *c, struct arena *a, const struct json *guide, struct slice coming);
MUST result guide_submit(struct city *c, struct arena *a, const struct actor *x, const struct json *guide, bool publish,
                         instant now, int64_t *version);

extern const struct endpoint EP_KNOWLEDGE_SEARCH, EP_KNOWLEDGE_ARTICLE, EP_KNOWLEDGE_FEEDBACK, EP_KNOWLEDGE_ASK,
    EP_KNOWLEDGE_SUGGEST, EP_KNOWLEDGE_LIST, EP_KNOWLEDGE_NEW, EP_KNOWLEDGE_GET, EP_KNOWLEDGE_VERSION,
    EP_KNOWLEDGE_APPROVE, EP_KNOWLEDGE_REJECT, EP_KNOWLEDGE_REVIEW, EP_KNOWLEDGE_RETIRE, EP_QUESTIONS,
    EP_QUESTION_SETTLE, EP_GUIDE, EP_GUIDE_VERSIONS, EP_GUIDE_CHECK, EP_GUIDE_SUBMIT, EP_GUIDE_APPROVE;

#endif
