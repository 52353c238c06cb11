/* The city's transparency log (docs/log.md): what an outsider shall be able to verify leaves an entry in it that nobody can take away
 * unseen. This is its storage and its sequencer; the arithmetic is in trust/merkle.h and trust/tlog.h.
 *
 * A transaction that writes a row of a journal writes a leaf beside it, without an index. One sequencer (a lease, fenced by an epoch) takes
 * committed leaves into the tree, has the checkpoint signed and cosigned by the witnesses that the policy asks for, and publishes it.
 * An entry says that something happened and when, and commits to the row by a hash; of what the row says it tells nothing:
 *
 *   {"v":1,"id":…,"at":milliseconds,"kind":"case"|"audit","row":base64 of SHA-256,"facts":[…]}
 *
 * Rows hold authenticated ciphertext or an id with 70 random bits that nobody outside sees, so no hash can be guessed back. */
#ifndef CITY_LOG_LOG_H
#define CITY_LOG_LOG_H

#include "city/log/leaf.h"
#include "trust/tlog.h"
#include "trust/tlog_policy.h"

extern const struct migration LOG_MIGRATIONS[];
extern const size_t LOG_NMIGRATIONS;

/* ---- the tree in the database (tree.c) ---- */
enum { LOG_ROUND = 4096 /* leaves taken in by one transaction */ };
struct log_size {
    uint64_t size;
    struct merkle_hash root;
};
struct log_state {
    struct slice origin;
    struct log_size head; /* what is in the database: durable, perhaps not published yet */
    int64_t epoch;
    instant began; /* rows of before have no leaf */
    struct slice
        trouble; /* {"zh", "en", "halted", "at"}: it went back or forked; until an operator has looked. Empty: none */
};
/* The log's only row; made when it is not there, with this origin. */
MUST result log_open(struct city *c, struct arena *a, struct log_state *out);
/* Takes up to LOG_ROUND leaves in. *fenced: another sequencer has a later epoch, nothing was done. */
MUST result log_sequence(struct city *c, struct arena *a, int64_t epoch, struct log_state *after, size_t *taken,
                         bool *fenced);
/* Becomes the sequencer; the one before is fenced from now on. */
MUST result log_take_over(struct city *c, struct arena *a, int64_t *epoch);

/* ---- reading (read.c) ---- */
/* The bytes of a tile or bundle as of a tree of `size`, perhaps cut from a wider one. CODE_NOT_FOUND. */
MUST result log_tile(struct city *c, struct arena *a, const struct tlog_tile *t, struct slice *data);
struct tlog_reader log_reader(struct city *c, uint64_t size);
/* The entry with this id: CODE_LOG_PENDING while it has no index or its checkpoint is not published, CODE_NOT_FOUND. */
struct log_found {
    uint64_t index;
    struct slice entry;
};
MUST result log_find(struct city *c, struct arena *a, struct id leaf, struct log_found *out);
/* The entry of the event that issued this paper (case_document.id). */
MUST result log_find_document(struct city *c, struct arena *a, struct id document, struct log_found *out);
/* A proof that stands alone, under the published checkpoint; extra: the entry. */
MUST result log_prove(struct city *c, struct arena *a, const struct log_found *f, struct tlog_proof *out);

/* ---- checkpoints (checkpoint.c) ---- */
struct log_published {
    struct slice note; /* signed and cosigned; empty: none yet */
    uint64_t size;
    instant at;
};
MUST result log_published(struct city *c, struct arena *a, struct log_published *out);
/* The policy a verifier needs: this log's key, and the witnesses and quorum of the operator's file (DIR/log-policy; none: no witness is
 * asked for). CODE_TLOG_POLICY. */
MUST result log_policy(struct city *c, struct arena *a, struct slice *text, const struct tlog_policy **out);
/* The log's own key, as a verifier key: the one decided last. */
MUST result log_key(struct city *c, struct arena *a, struct note_key *out);

/* ---- its keys, one after another (key.c) ---- */
struct log_key_row {
    struct slice public_key; /* 32 bytes */
    uint64_t size;           /* entries when it began */
    instant at;
    bool by_old;                    /* the key before signed the statement */
    struct slice reason, statement; /* empty for the first */
};
/* The newest first; none before the first is used. */
MUST result log_keys(struct city *c, struct arena *a, const struct log_key_row **out, size_t *n);
/* Whether the signer's key is the log's. The first one is noted. CODE_LOG_KEY: it is another, and nobody has decided. */
MUST result log_key_decided(struct city *c, struct arena *a, instant now);
struct log_key_decision {
    struct slice reason;
    struct slice statement;          /* of tongban-signd (trust/log_key.h); empty: there is none */
    const struct actor *officers[2]; /* two persons, each administrator, security officer or auditor */
};
/* The log goes on under the signer's key, with a row in the audit journal and so in the log. CODE_CONFLICT: it does already; CODE_FORBIDDEN;
 * CODE_LOG_KEY, CODE_LOG_ROLLED_BACK, CODE_NOTE_…: the statement does not fit. */
MUST result log_key_accept(struct city *c, struct arena *a, const struct log_key_decision *d, instant now);

/* ---- the worker ---- */
struct log_worker; /* what one server process keeps: its lease, what each witness has seen */
struct log_worker *log_worker_new(struct city *c, struct arena *a);
/* Takes in what is committed, has it signed, asks the witnesses, publishes. *done: leaves and checkpoints; 0: nothing to do. Returns the
 * first failure, having done what it could. */
MUST result log_work(struct log_worker *w, struct arena *a, instant now, size_t *done);
/* An operator has looked at the trouble and dealt with it (docs/log.md): signing goes on. */
MUST result log_acknowledge(struct city *c, struct arena *a);
/* Gives the lease back, so that another process need not wait for its end. */
void log_worker_leave(struct log_worker *w, struct arena *a);

/* ---- comparing with the rows (audit.c) ---- */
struct log_audit {
    int64_t leaves, rows, before,
        unreadable;                  /* before: rows older than the log; unreadable: of cases whose key is destroyed */
    int64_t changed, missing, extra; /* rows other than their leaf says; leaves without a row; rows without a leaf */
    int64_t ended;                   /* leaves of audit rows whose period is over */
    bool tree;                       /* the tiles give the root of the published checkpoint */
    const struct json
        *findings; /* the first of them: {"what", "id", "at"}; also "entry": one that its hash does not fit */
};
/* Reads the whole log and all rows. */
MUST result log_audit(struct city *c, struct arena *a, instant now, struct log_audit *out);

#endif
