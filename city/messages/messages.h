/* Messages to people: into their inbox here, and out by e-mail, SMS and WeChat. Written to the outbox in the transaction
 * that gives cause to them; delivered afterwards at least once, with a stable message id (the receiver can tell
 * repetitions), lease, growing pauses and a dead letter in the end. The outbox is sealed under the city key and empties
 * itself; the inbox is sealed under the receiver's key. */
#ifndef CITY_MESSAGES_MESSAGES_H
#define CITY_MESSAGES_MESSAGES_H

#include "city/catalogue/citydata.h"
#include "city/city.h"

extern const struct migration MESSAGES_MIGRATIONS[];
extern const size_t MESSAGES_NMIGRATIONS;

enum message_to { MESSAGE_TO_SUBJECT = 1, MESSAGE_TO_ACCOUNT = 2 /* staff */ };
struct message {
    enum message_to kind;
    struct id to;              /* subject, or account */
    struct bitext title, body; /* plain text; lines by \n */
    struct id case_id;         /* ID_NONE: none */
    bool inbox_only;           /* not worth an e-mail or SMS */
};
/* Inside a unit. */
void message_write(const struct city *c, struct decision *d, const struct message *m, instant now);
/* Inside an ordinary transaction. */
MUST result message_send(const struct city *c, struct tx *tx, struct arena *a, const struct message *m, instant now);

/* Worker: claims up to n outbox rows and delivers them; *done: how many left the outbox. */
MUST result messages_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);
#define MESSAGE_TRIES 8                /* then dead letter */
#define MESSAGE_PAUSE (30 * MS_SECOND) /* doubled at each try, at most 6 h */

/* [{id, at, title, body, case?, read}], newest first. An agent sees the messages about cases in the services delegated to it;
 * a page may hold fewer than `limit` then. */
MUST result inbox_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                       const struct json **out);
MUST result inbox_read(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* For operators: {waiting, dead, by_channel: [{channel, state, error, n}]}, no content. error: the code of the last failure,
 * empty before the first. */
MUST result outbox_counts(struct city *c, struct arena *a, const struct json **out);
/* Worker: what is past its retention goes. */
#define DEAD_KEPT (90 * MS_DAY)
#define DOUBLE_KEPT (90 * MS_DAY)
#define INBOX_KEPT (3 * 365 * MS_DAY)
MUST result messages_sweep(struct city *c, struct arena *a, instant now);
/* For erasure. */
MUST result messages_erase(struct tx *tx, struct arena *a, struct id subject);

/* ---- channels ---- */
struct letter {           /* one delivery */
    struct id message;    /* stable over repetitions */
    struct slice address; /* e-mail address, telephone number, WeChat open id */
    struct bitext title, body;
    instant at;
};
struct channel {
    const char *name; /* "email", "sms", "wechat" */
    bool is_double;   /* stands in for an outside system */
    /* CODE_MESSAGE_REFUSED: for good, a repetition is useless; any other failure is tried again. */
    result (*send)(struct city *c, struct arena *a, const struct letter *l);
};
extern const struct channel
    CHANNEL_EMAIL;                       /* SMTP (RFC 5321) by libcurl to city->mail_url; TLS unless on this machine */
extern const struct channel CHANNEL_SMS; /* double: logs into table double_delivery */
extern const struct channel CHANNEL_WECHAT; /* double: likewise */
/* The message as RFC 5322 text. */
struct slice mail_text(const struct city *c, struct arena *a, const struct letter *l);

#endif
