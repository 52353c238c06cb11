/* The real program in a folder of its own, with its keys in a file or in a token of SoftHSM. */
#ifndef APP_SIGND_SIGND_TEST_SUPPORT_H
#define APP_SIGND_SIGND_TEST_SUPPORT_H

#include "base/testing.h"
#include "trust/signer.h"

#include <sys/types.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#define TOKEN_PIN "271828"

struct signd_place {
    const char *program;
    char dir[64], keys[80], socket[80], pin[80], said[80]; /* said: what the program wrote on its standard error */
    bool token;
};
extern struct signd_place place;

/* A folder, and with `token` one of SoftHSM with the token "city" in it. */
void place_make(const char *program, bool token);
void place_remove(void);
/* --init with what the kind of keys asks for; document NULL: the usual key. The exit status. */
int place_init(const char *document);

pid_t spawn(const char *const *args);
/* Its wait status. */
int finish(pid_t pid);
/* The signer, once it answers. uid NULL: this one. */
pid_t serve(const char *uid);
void stop(pid_t pid);
/* One that must not come up; what it says must hold `why`. */
void refused(const char *why);

#endif
