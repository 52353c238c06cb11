/* A network between the store and PostgreSQL that can break at COMMIT; for tests. */
#ifndef STORE_POSTGRES_PROXY_H
#define STORE_POSTGRES_PROXY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum proxy_cut {
    PROXY_PASS,
    PROXY_CUT_BEFORE, /* the COMMIT does not reach the server */
    PROXY_CUT_AFTER   /* the server commits, its answer does not come back */
};

/* Listens on DIR/.s.PGSQL.PORT: unix sockets, so nothing is encrypted. */
struct proxy {
    char dir[256], host[256], port[16]; /* host, port: the server's */
    int fd;
    atomic_int cut;  /* enum proxy_cut; PROXY_PASS again once it happened */
    atomic_int cuts; /* how often it happened */
    atomic_bool stop;
    pthread_t thread;
};
enum { PROXY_PORT = 54331 };

/* url: the server's. False when nothing can be made of it. */
bool proxy_start(struct proxy *p, const char *url);
void proxy_stop(struct proxy *p);

#endif
