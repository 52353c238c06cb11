/* Types shared by everything above the city: actors, requests and replies, endpoints, verbs, areas.
 * What must call upwards is handed a table of these by app/. */
#ifndef CITY_API_H
#define CITY_API_H

#include "base/id.h"
#include "base/json.h"
#include "engine/process/process.h"
#include "store/store.h"

struct service; /* city/catalogue/catalogue.h */
struct city;    /* the running city: store, catalogue, calendar, keys, time; made by city_open */

/* ---- who acts ---- */
enum actor_kind {
    ACTOR_NOBODY,
    ACTOR_PERSON,
    ACTOR_ENTERPRISE,
    ACTOR_STAFF,
    ACTOR_SYSTEM /* timers, jobs, command line */
};
enum role {
    ROLE_WINDOW,
    ROLE_HANDLER,
    ROLE_REVIEWER,
    ROLE_SIGNER,
    ROLE_HEAD,
    ROLE_DESIGNER,
    ROLE_PUBLISHER,
    ROLE_ADMINISTRATOR,
    ROLE_SECURITY,
    ROLE_AUDITOR,
    ROLE_CORRECTOR, /* puts right where a case stands; every head does for their own department */
    ROLE_COUNT
};
const char *role_name(enum role r);
bool role_scan(struct slice s, enum role *out);

struct role_grant {
    enum role role;
    struct slice department; /* "*": all */
    struct slice town;       /* "*": all */
};
struct actor {
    enum actor_kind kind;
    struct id account;    /* who really acts */
    struct id subject;    /* for whom: own person/enterprise, or the principal under a delegation; staff: ID_NONE */
    struct id delegation; /* the delegation used, else ID_NONE */
    struct slice login, name;
    struct slice department, town; /* staff */
    const struct role_grant *grants;
    size_t ngrants;
    bool must_change_password;
    bool must_add_key; /* a role needs a security key, and there is none yet */
};

/* ---- rights: declared with the route, enforced by city_authorise in one place ---- */
enum right_kind { RIGHT_PUBLIC, RIGHT_SIGNED_IN, RIGHT_SELF /* person or enterprise */, RIGHT_STAFF, RIGHT_ROLES };
struct right {
    enum right_kind kind;
    uint32_t roles; /* RIGHT_ROLES: bits 1u << ROLE_x, any of them; may be joined with SELF by also_self */
    bool also_self;
};

/* ---- requests and replies ---- */
/* Certificates whose key the TLS handshake proved (DER, the client's first); n 0: it showed none. */
enum { TLS_PEER_MAX = 8 };
struct tls_peer {
    struct slice certs[TLS_PEER_MAX];
    size_t n;
};
struct request {
    struct arena *a; /* command lifetime */
    struct city *city;
    const struct actor *actor;
    instant now;
    enum lang lang;
    struct slice route;     /* "POST /api/v1/cases", the template */
    struct slice params[4]; /* values of {x} in the path, in order */
    size_t nparams;
    struct slice idempotency_key; /* empty when none */
    struct slice if_match;        /* one entity tag, without quotes */
    struct slice if_none_match;   /* as sent: a list; http answers 304 by it */
    struct slice content_type;
    struct slice authorization; /* as sent, for the endpoints of other systems; empty when none */
    struct slice body_bytes;    /* raw body */
    const struct json *body;    /* parsed when the endpoint takes JSON, else NULL */
    struct slice query;         /* raw query string; use request_query */
    struct slice session;       /* session token's hash, empty when none */
    struct slice peer;          /* address, for rate limits and the audit journal */
    const struct tls_peer *tls; /* EP_CERTIFICATE: what the client showed; NULL: its connection was not asked for one */
    struct id request_id;
};
/* Decoded value of a query parameter that the endpoint declares; empty when absent. */
struct slice request_query(const struct request *q, const char *name);
/* limit/cursor of a list; refuses limit outside 1..100. */
MUST result request_page(const struct request *q, int64_t *limit, struct slice *cursor);

struct reply {
    int status;                /* 200 when left 0 */
    const struct json *body;   /* NULL with bytes empty: no content */
    struct slice bytes;        /* raw body instead of JSON */
    struct slice content_type; /* of bytes */
    struct slice filename;     /* non-empty: Content-Disposition: attachment */
    struct slice etag;         /* without quotes */
    instant last_modified;     /* 0: not told; else the reply may be kept and asked for again by it or by its etag */
    struct slice cache;        /* Cache-Control of what everybody may keep; empty: nobody may */
    struct slice set_session;  /* new session token (sign-in); "-" ends it */
    bool replayed;
    struct slice location; /* where the browser goes (302) */
};

enum endpoint_flags {
    EP_JSON_BODY = 1, /* body must be a JSON object */
    EP_RAW_BODY = 2,
    EP_IDEMPOTENT = 4,    /* Idempotency-Key required */
    EP_NO_CSRF = 8,       /* sign-in and public POSTs */
    EP_STREAM = 16,       /* server-sent events on a case: params[0] = case id */
    EP_COSTLY = 32,       /* password hash: stricter rate limit */
    EP_CERTIFICATE = 128, /* signing in by certificate: a rate limit of its own, and the client's certificates */
    EP_REST = 64,         /* the last parameter of the path takes all that is left of it, slashes too */
};
/* What may stand in the query. A request with any other parameter, one twice, or a value that does not fit is refused before the
 * handler runs. */
enum query_type { QUERY_TEXT, QUERY_INTEGER };
struct query_parameter {
    const char *name; /* NULL ends the list */
    const char *help_zh, *help_en;
    enum query_type type;
    bool required;
    const char *choices;  /* "sent|received": one of these, or NULL */
    int64_t least, most;  /* integer, both 0: any; text: most is its greatest length in bytes, 0: QUERY_TEXT_MAX */
    const char *standard; /* value when absent, or NULL */
};
#define QUERY_TEXT_MAX 400
/* limit and cursor of a list, as request_page reads them */
#define QUERY_LIMIT                                                                                                   \
    {                                                                                                                 \
        .name = "limit", .help_zh = "一页多少条", .help_en = "how many to a page", .type = QUERY_INTEGER, .least = 1, \
        .most = 100, .standard = "20"                                                                                 \
    }
#define QUERY_CURSOR                                                        \
    {                                                                       \
        .name = "cursor", .help_zh = "上一页的 next：从其后接着列出",       \
        .help_en = "next of the page before: goes on after it", .most = 200 \
    }
extern const struct query_parameter QUERY_PAGE[]; /* these two alone */

/* The route table's row. Handlers run on http worker threads; they may block on the store. */
struct endpoint {
    const char *method, *path; /* path below /api/v1, "{x}" parameters */
    struct right right;
    int flags;
    size_t body_max; /* bytes; 0: 256 KiB */
    const char *summary_zh, *summary_en;
    const struct query_parameter *query; /* what may stand in the query, or NULL: nothing */
    const char *request_schema;          /* JSON Schema text of the body, or NULL; checked before the handler runs */
    const char *reply_schema;            /* JSON Schema text for OpenAPI, or NULL */
    result (*handle)(const struct request *q, struct reply *r);
};
struct endpoints {
    const struct endpoint *const *list;
    size_t n;
};

/* ---- verbs: what a table cannot say ---- */
struct verb_call {
    struct arena *a;
    struct city *city; /* job verbs only; NULL for local ones */
    struct id case_id;
    struct slice case_number, service, step;
    struct id applicant; /* subject */
    struct slice department, town;
    instant now;
    const struct json *input; /* checked against input_schema */
    const struct json *vars;  /* the case's variables */
    /* local verbs: rows asked for in an earlier round (verb_load), in order */
    const struct rows *rows;
    size_t nrows;
    struct decision *decision; /* local verbs ask for rows through it (decision_load) and write nothing: what they
                                   * output is a fact, folded into tables by area->project; NULL for jobs */
    /* local: the next number of a series; 0: not fetched yet — return ok() at once, the verb is called again */
    int64_t (*number)(void *ctx, struct slice series);
    void *number_ctx;
    /* jobs: what goes into the journal beside the output, and the bytes of documents; stored with the result */
    struct id job;                 /* the same at every try: ids of what is made come from it */
    const struct service *version; /* the service version of the case */
    const struct json *facts;      /* array of facts, set by the verb, or NULL */
    struct verb_blob {
        struct id id;
        struct slice bytes;
    } blobs[2];
    size_t nblobs;
};
/* Local: ≤ 1 ms, pure over rows; ask for rows with decision_load(call->decision, …) and return CODE_VERB_MORE to be
 * called again. Job: runs outside any transaction, may block, must be idempotent by (case_id, token).
 * Output is merged under tb:result. A problem becomes EV_VERB_FAILED. */
struct verb {
    const char *name; /* "licence.issue" */
    enum verb_kind kind;
    const char *summary_zh, *summary_en;
    const char *input_schema, *output_schema; /* JSON Schema text */
    const char *const *series;                /* number series a local verb draws from, NULL-terminated, or NULL */
    result (*run)(struct verb_call *call, const struct json **output);
    bool is_double; /* a stand-in for an outside system: said on every page */
};

/* ---- areas ---- */
/* A signed paper that is no case's. */
struct area_paper {
    struct slice bytes, number, sha256; /* bytes empty: none found */
    struct slice title_zh, title_en;
    instant at;
};
struct sealed_place;
struct area {
    int number; /* 0..18 */
    const char *name_zh, *name_en;
    const struct verb *const *verbs;
    size_t nverbs;
    const struct migration *migrations;
    size_t nmigrations;
    struct endpoints endpoints;
    /* statements that empty the tables this area projects from the journal (rebuild refolds them), each
     * "DELETE FROM table", the table with a column case_id; NULL-terminated, or NULL */
    const struct stmt *const *clear_projections;
    /* codes of services whose tasks the area's own SQL reads: of their closed cases the rows of case_task stay when the journal is
     * folded into the archive; NULL-terminated, or NULL */
    const char *const *tasks_stay;
    /* what of the area's tables stands under data keys (city/vault/rotate.h): all of it, for a key is destroyed when nothing here is under it */
    const struct sealed_place *sealed;
    size_t nsealed;
    /* folds one verb fact {verb, output} into the area's tables; live and in rebuild alike */
    result (*project)(struct arena *a, const struct json *fact, struct id case_id, struct decision *d);
    /* periodic work, or NULL: called by a worker of each server every few seconds, outside any transaction; short, and safe to
     * run twice at once. *done: how much it did */
    result (*work)(struct city *c, struct arena *a, instant now, size_t *done);
    /* a signed paper of the area by the token of its QR code or, token empty, by its record's id; or NULL: the area has none */
    result (*paper)(struct city *c, struct arena *a, struct slice token, struct slice id, struct area_paper *out);
};
struct areas {
    const struct area *const *list;
    size_t n;
};

#endif
