/* tongban-signd: the process that holds the keys. */
#ifndef APP_SIGND_SIGND_H
#define APP_SIGND_SIGND_H

#include <sys/types.h>

#include "trust/signer_core.h"

/* What is done instead of serving, on a signer that does not run. */
enum signd_act {
    ACT_SERVE,
    ACT_INIT,
    ACT_ROTATE_CITY,
    ACT_RETIRE_CITY,
    ACT_ADD_SEALS,
    ACT_ROTATE_DOCUMENT,
    ACT_ROTATE_SEALS,
    ACT_NEW_LOG_KEY,
    ACT_SHARE,
    ACT_RECOVER,
    ACT_CHECK_SHARE
};
struct signd_options {
    enum signd_act act;
    const char *act_dir;                          /* the folder that it is done in */
    const char *officers, *into;                  /* --officers, --into: shares for whom, and where they are written */
    int64_t need;                                 /* --need */
    const char *recovery_file;                    /* --recovery */
    const char *share_files[SIGNER_OFFICERS_MAX]; /* --share-file, each */
    size_t nshares;
    const char *dir;             /* --dir: where keys.json and uses.log are */
    const char *socket_path;     /* --socket */
    const char *passphrase_file; /* --passphrase-file; default DIR/passphrase */
    int passphrase_fd;           /* --passphrase-fd; -1 */
    const char *user;            /* --user: become this user when started as root */
    uint32_t allow_uid;          /* --allow-uid: whose messages are taken; default: own uid */
    bool allow_uid_given;
    const char *reason;              /* --reason, of --new-log-key */
    bool lost;                       /* --lost: the old log key does not sign the statement */
    int64_t key_version;             /* --key-version, of --retire-city-key */
    const char *proof;               /* --proof: the city's word that nothing uses it */
    const char *organisation, *city; /* --organisation, --city: names in the test certificates */
    const char *token_module, *token_label,
        *pin_file;             /* --token-module, --token-label, --pin-file: --init in a token */
    enum crypto_kind document; /* --document-key: p256, p384 or rsa */
};

/* rotate.c: on a signer that does not run. The exit status. */
int signd_rotate(const struct signd_options *o);

/* store.c: where the folder's keys are. */
bool signd_has_token(struct arena *a, const char *dir);
MUST result signd_store(struct arena *a, const struct signd_options *o, const char *dir, struct signer_store *out);
/* For a folder without keys: made when it is not there, with token.conf after the options, or a new passphrase. CODE_CONFLICT: it has keys. */
MUST result signd_new_store(struct arena *a, const struct signd_options *o, const char *dir, struct signer_store *out);
/* main.c: keys.json of the folder, and the store that it is in. */
MUST result signd_read_keys(struct arena *a, const struct signd_options *o, const char *dir, struct signer_keys *keys,
                            struct signer_store *store);

/* ceremony.c */
/* A new secret and its shares, in files for the officers; the keys are still to be written. */
MUST result signd_make_shares(struct arena *a, const struct signd_options *o, const char *dir,
                              struct signer_keys *keys);
/* recovery.json of these keys, when there are shares, in the place of the one before. */
MUST result signd_write_recovery(struct arena *a, const char *dir, const struct signer_keys *keys);
/* --recover, --check-share. The exit status. */
int signd_ceremony(const struct signd_options *o);

/* log_key.c */
MUST result signd_new_log_key(struct arena *a, const struct signd_options *o, const struct signer_store *store,
                              struct signer_keys *keys);
/* The statement in the folder; old_key NULL: it is lost, and stands in keys->old_log. Nothing when nothing was signed yet. */
MUST result signd_write_statement(struct arena *a, const struct signd_options *o, const struct signer_keys *keys,
                                  const struct crypto_key *old_key);

/* init.c */
/* A new file in dir, synced; never overwrites. */
MUST result signd_write_new(struct arena *a, const char *dir, const char *name, struct slice s, mode_t mode);
int signd_init(const struct signd_options *o);
/* Reads a whole small file; CODE_NOT_FOUND. */
MUST result signd_read_file(struct arena *a, const char *path, size_t max, struct slice *out);
MUST result signd_read_fd(struct arena *a, int fd, size_t max, const char *name, struct slice *out);
/* Complains when others than the owner may read or write the file, or when the owner is another user than this process. */
MUST result signd_private(struct arena *a, const char *path);

/* serve.c: SIGTERM and SIGINT end it in order; before it listens, for who stops it as soon as it answers. */
void signd_catch_signals(void);
/* Answers until SIGTERM or SIGINT; returns the exit status. listen_fd is bound and listening. */
int signd_serve(struct signer_core *core, int listen_fd, uint32_t allow_uid);

/* confine.c */
/* Becomes `user` for good (groups too). */
MUST result signd_become(struct arena *a, const char *user);
/* No core dumps, no ptrace by the same user, no new privileges. */
MUST result signd_harden(struct arena *a);
/* Only the system calls of a process that reads and writes open descriptors; with a token, also those by which a module finds, locks and reads its files.
 * Everything else kills the process. */
MUST result signd_seccomp(struct arena *a, bool token);

#endif
