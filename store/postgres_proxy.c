#include "store/postgres_proxy.h"

#include <libpq-fe.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 65536, TICK_MS = 20, ANSWER_MS = 10000 };

struct relay {
    struct proxy *p;
    int client, server;
};

static bool socket_name(struct sockaddr_un *at, const char *dir, const char *port)
{
    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    int n = snprintf(at->sun_path, sizeof at->sun_path, "%s/.s.PGSQL.%s", dir, port);
    return n > 0 && (size_t)n < sizeof at->sun_path;
}

static int connect_unix(const struct proxy *p)
{
    struct sockaddr_un at;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && socket_name(&at, p->host, p->port) && connect(fd, (struct sockaddr *)&at, sizeof at) == 0) return fd;
    if (fd >= 0) (void)close(fd);
    return -1;
}

static int connect_server(const struct proxy *p)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    int fd = -1;
    if (p->host[0] == '/') return connect_unix(p);
    if (getaddrinfo(p->host, p->port, &hints, &list) != 0) return -1;
    for (struct addrinfo *i = list; i && fd < 0; i = i->ai_next) {
        fd = socket(i->ai_family, i->ai_socktype | SOCK_CLOEXEC, i->ai_protocol);
        if (fd >= 0 && connect(fd, i->ai_addr, i->ai_addrlen) != 0) {
            (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

static bool send_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0) return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* A session's first COMMIT travels with its text, to be prepared. */
static bool has_commit(const char *p, size_t n)
{
    return memmem(p, n, "\0COMMIT", 8) != NULL;
}

/* False: the connection ends here. */
static bool to_server(struct relay *r, const char *p, size_t n)
{
    int cut = atomic_load(&r->p->cut);
    if (cut == PROXY_PASS || !has_commit(p, n)) return send_all(r->server, p, n);
    atomic_store(&r->p->cut, PROXY_PASS);
    atomic_fetch_add(&r->p->cuts, 1);
    if (cut == PROXY_CUT_AFTER && send_all(r->server, p, n)) {
        struct pollfd answer = {.fd = r->server, .events = POLLIN};
        (void)poll(&answer, 1, ANSWER_MS); /* committed when the answer comes */
    }
    return false;
}

static void *relay(void *arg)
{
    struct relay *r = arg;
    char *b = malloc(CHUNK);
    bool open = b != NULL;
    while (open && !atomic_load(&r->p->stop)) {
        struct pollfd p[2] = {{.fd = r->client, .events = POLLIN}, {.fd = r->server, .events = POLLIN}};
        if (poll(p, 2, TICK_MS) <= 0) continue;
        for (int i = 0; i < 2 && open; i++) {
            if (!p[i].revents) continue;
            ssize_t n = recv(p[i].fd, b, CHUNK, 0);
            open = n > 0 && (i == 0 ? to_server(r, b, (size_t)n) : send_all(r->client, b, (size_t)n));
        }
    }
    (void)close(r->client);
    (void)close(r->server);
    free(b);
    free(r);
    return NULL;
}

static void take_client(struct proxy *p, int client)
{
    pthread_t t;
    struct relay *r = malloc(sizeof *r);
    int server = connect_server(p);
    if (r) *r = (struct relay){p, client, server};
    if (r && server >= 0 && pthread_create(&t, NULL, relay, r) == 0) {
        (void)pthread_detach(t);
        return;
    }
    (void)close(client);
    if (server >= 0) (void)close(server);
    free(r);
}

static void *listener(void *arg)
{
    struct proxy *p = arg;
    while (!atomic_load(&p->stop)) {
        struct pollfd at = {.fd = p->fd, .events = POLLIN};
        if (poll(&at, 1, TICK_MS) <= 0) continue;
        int client = accept(p->fd, NULL, NULL);
        if (client >= 0) take_client(p, client);
    }
    return NULL;
}

static bool find_server(struct proxy *p, const char *url)
{
    PQconninfoOption *list = PQconninfoParse(url, NULL);
    (void)snprintf(p->host, sizeof p->host, "%s", "/var/run/postgresql");
    (void)snprintf(p->port, sizeof p->port, "%s", "5432");
    for (PQconninfoOption *o = list; o && o->keyword; o++) {
        if (!o->val) continue;
        if (strcmp(o->keyword, "host") == 0) (void)snprintf(p->host, sizeof p->host, "%s", o->val);
        if (strcmp(o->keyword, "port") == 0) (void)snprintf(p->port, sizeof p->port, "%s", o->val);
    }
    PQconninfoFree(list);
    return list != NULL;
}

bool proxy_start(struct proxy *p, const char *url)
{
    struct sockaddr_un at;
    char port[16];
    const char *tmp = getenv("TMPDIR");
    if (!find_server(p, url)) return false;
    (void)snprintf(p->dir, sizeof p->dir, "%s/tongban_proxy_XXXXXX", tmp && *tmp ? tmp : "/tmp");
    (void)snprintf(port, sizeof port, "%d", PROXY_PORT);
    if (!mkdtemp(p->dir) || !socket_name(&at, p->dir, port)) return false;
    p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    atomic_store(&p->cut, PROXY_PASS);
    atomic_store(&p->cuts, 0);
    atomic_store(&p->stop, false);
    return p->fd >= 0 && bind(p->fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(p->fd, 32) == 0 &&
           pthread_create(&p->thread, NULL, listener, p) == 0;
}

/* Relays end by themselves when the store has closed its connections: call it after that. */
void proxy_stop(struct proxy *p)
{
    char path[300];
    atomic_store(&p->stop, true);
    (void)pthread_join(p->thread, NULL);
    (void)close(p->fd);
    (void)snprintf(path, sizeof path, "%s/.s.PGSQL.%d", p->dir, PROXY_PORT);
    (void)unlink(path);
    (void)rmdir(p->dir);
}
