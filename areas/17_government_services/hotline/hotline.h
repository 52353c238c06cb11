/* Shared by the files of areas/17_government_services/hotline only. A request of an enterprise (企业诉求) is a case of the
 * service "enterprise_request": its process says who does what and by when. Here is what tables cannot say: how requests come in
 * (clerk, page, e-mail), who asks and whether they asked before, what it is probably about, and the figures.
 *
 * Who asks is told to the seat alone: name, telephone number and address stand sealed in hotline_contact, not in the case. Departments
 * see them only when the caller agreed, and never of a complaint about an officer. */
#ifndef AREAS_17_HOTLINE_H
#define AREAS_17_HOTLINE_H

#include "city/cases/cases.h"

#define HOTLINE_SERVICE S("enterprise_request")
/* Where what is sealed under the case's key belongs. */
#define HOTLINE_CONTACT_PLACE "hotline.contact"
#define HOTLINE_META_PLACE "hotline.file.meta"
#define HOTLINE_CONTENT_PLACE "hotline.file.content"
#define HOTLINE_TEXT_MAX 4000           /* characters */
#define HOTLINE_KEPT (2 * 366 * MS_DAY) /* of who asked, and of files */
#define HOTLINE_FILE_MAX (5 * 1024 * 1024)
#define HOTLINE_FILES_MAX 5
#define HOTLINE_FILES_BYTES (10 * 1024 * 1024)

/* ---- taking in ---- */

struct hotline_file {
    struct slice name, bytes;
};
struct hotline_request {
    struct slice channel;                  /* phone | online | email */
    const struct json *data;               /* the form: {text, kind?, title?, enterprise?, place?} */
    struct slice name, phone, email, uscc; /* who asks, as they say; any may be empty */
    bool withheld;                         /* departments are not told who asks */
    struct id subject;                     /* signed in and not withheld: the case is theirs; else ID_NONE */
    const struct hotline_file *files;
    size_t nfiles;
};
struct hotline_taken {
    struct id case_id;
    struct slice number;
    struct slice code;    /* to follow it by without an account; empty at a repetition: it was given out once */
    size_t refused_files; /* of a type or size that is not taken */
    bool replayed;
};
/* The case, and who asked beside it. k: actor, key and route of the command; what is filed for nobody signed in is filed for the
 * supervising body, of its own motion. */
MUST result hotline_take(struct case_command *k, const struct hotline_request *q, struct hotline_taken *out);
/* The number as it is compared: digits alone, without the country's prefix. Empty when it is none (5 to 20 digits). */
struct slice hotline_phone(struct arena *a, struct slice text);
/* Keyed hash of a number or code. kind: "hotline.phone", "hotline.uscc", "hotline.code". */
struct slice hotline_hash(const struct city *c, struct arena *a, const char *kind, struct slice normal);

/* ---- who asked ---- */

struct hotline_contact {
    struct slice name, phone, email, uscc;
    bool withheld, known;
};
/* Sealed beside the case; known false when it was swept or never given. */
MUST result hotline_contact_read(struct city *c, struct arena *a, struct id case_id, struct hotline_contact *out);
/* {times, open, items: [Line]} of this number or USCC (hashes, either may be empty), newest first, at most 20. but: not this one. */
MUST result hotline_earlier(struct city *c, struct arena *a, struct slice phone_hash, struct slice uscc_hash,
                            struct id but, instant now, const struct json **out);
/* Case of a code handed out, or CODE_NOT_FOUND. */
MUST result hotline_by_code(struct city *c, struct arena *a, struct slice code, struct id *case_id);
/* [{id, name, type, size}] */
MUST result hotline_files(struct city *c, struct arena *a, struct id case_id, const struct json **out);

/* ---- rights ---- */

/* A clerk of the seat: handler or head of the service's own department. */
bool hotline_seat(const struct request *q);
/* Whether the actor may know that the ticket is there: the seat (not of a complaint about one of its own department), or somebody
 * with a task on it. */
MUST result hotline_may_see(const struct request *q, struct id case_id, bool *seat, struct id *subject);

/* ---- what it is about ---- */

/* {kind, topic, department, area, urgent, officer, scores…} guessed from words and from the knowledge base; a clerk confirms it. */
MUST result hotline_suggest(struct city *c, struct arena *a, struct slice text, instant now, const struct json **out);
/* [{key, name: text, area, department}] and [{key, name}], for pages. */
MUST result hotline_words(struct city *c, struct arena *a, instant now, const struct json **topics,
                          const struct json **kinds);
struct bitext hotline_topic_name(struct arena *a, struct slice key);
struct bitext hotline_kind_name(struct arena *a, struct slice key);
extern const char HOTLINE_WORDS[];

/* ---- tickets ---- */

#define HOTLINE_COLUMNS                                                                                             \
    "t.case_id, t.number, t.kind, t.channel, t.topic, t.department, t.urgent, t.officer, t.filed_at, t.replied_at," \
    " t.article, t.article_version, t.round, t.satisfaction, t.level, t.returned, f.state, f.outcome,"              \
    " (SELECT MIN(k.due_at) FROM case_task k WHERE k.case_id = t.case_id AND k.status < 3 AND k.due_at > 0),"       \
    " (SELECT MIN(k.node) FROM case_task k WHERE k.case_id = t.case_id AND k.status < 3), f.progress"
#define HOTLINE_FROM " FROM hotline_ticket t JOIN case_file f ON f.id = t.case_id"
enum { HOTLINE_PROGRESS = 20 };
/* Ticket of docs/api.md; nothing personal in it. */
const struct json *hotline_line(struct city *c, struct arena *a, const struct sql_value *v, instant now);

/* ---- periodic work ---- */

result hotline_work(struct city *c, struct arena *a, instant now, size_t *done);
/* Messages of DIR/hotline/new (Maildir) become tickets and go to cur, what is none to bad. */
MUST result hotline_maildir(struct city *c, struct arena *a, instant now, size_t *done);
/* Escalations told, and what has outlived its period gone. */
MUST result hotline_tell(struct city *c, struct arena *a, instant now, size_t *done);

extern const struct verb VERB_HOTLINE_OPEN, VERB_HOTLINE_ASSIGN, VERB_HOTLINE_RETURN, VERB_HOTLINE_REPLY,
    VERB_HOTLINE_VISIT, VERB_HOTLINE_REFUSE, VERB_HOTLINE_ESCALATE;
extern const struct endpoint EP_HOTLINE_WORDS, EP_HOTLINE_ASK, EP_HOTLINE_FOLLOW, EP_HOTLINE_OWN, EP_HOTLINE_CALL,
    EP_HOTLINE_CALLER, EP_HOTLINE_SUGGEST, EP_HOTLINE_TICKETS, EP_HOTLINE_TICKET, EP_HOTLINE_FILE,
    EP_HOTLINE_STATISTICS;

enum { HOTLINE_NMIGRATIONS = 1 };
extern const struct migration HOTLINE_MIGRATIONS[HOTLINE_NMIGRATIONS];
extern const struct stmt *const HOTLINE_CLEAR[];
MUST result hotline_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d);

#endif
