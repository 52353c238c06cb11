/* Inside of the token: session and keys. */
#ifndef APP_SIGND_TOKEN_PARTS_H
#define APP_SIGND_TOKEN_PARTS_H

#include "app/signd/token.h"

#include <p11-kit/pkcs11.h>

enum { TOKEN_ID_BYTES = 16 };

struct token {
    struct arena *a;
    const struct token_conf *conf;
    CK_FUNCTION_LIST *f;
    CK_SESSION_HANDLE session;
    bool open;
    uint64_t epoch;      /* counts sessions: handles of an earlier one are looked up again */
    struct slice wrap;   /* reference of the AES key, once known */
    struct slice serial; /* of the token that is open */
};
struct token_key {
    struct token *t;
    enum crypto_kind kind;
    struct slice reference;
    CK_OBJECT_HANDLE handle;
    uint64_t epoch;
};

/* token.c */
MUST result token_problem(struct arena *a, const char *zh, const char *en);
/* "C_Sign: 0x30" */
MUST result token_failed(struct arena *a, const char *call, CK_RV rv);
/* Opens a session and signs in when there is none. */
MUST result token_session(struct token *t, struct arena *a);
/* Whether the session, and not the request, is what was wrong. */
bool token_lost(CK_RV rv);
void token_close(struct token *t);

/* token_store.c */
MUST result token_find(struct token *t, struct arena *a, CK_OBJECT_CLASS class, struct slice reference,
                       CK_OBJECT_HANDLE *out);

#endif
