/* One thread, one poll loop: a handful of connections from one server user. */
#include "app/signd/signd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 16, STALL_MS = 10000 };

struct connection {
    int fd;          /* -1: free */
    struct arena *a; /* of the message under way */
    struct signer_peer peer;
    uint8_t head[SIGNER_LENGTH_BYTES];
    size_t have;   /* bytes of head + frame read so far */
    size_t length; /* of the frame; 0 while the head is incomplete */
    char *frame;
    struct slice out; /* still to be sent */
    int64_t since;    /* when the message under way began; 0: none */
};

static volatile sig_atomic_t stopping;

static void on_signal(int n)
{
    (void)n;
    stopping = 1;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void drop(struct connection *c)
{
    if (c->fd >= 0) close(c->fd);
    arena_free(c->a);
    *c = (struct connection){.fd = -1};
}

/* Field 22 of /proc/PID/stat: start time in clock ticks; 0 when it cannot be read. */
static uint64_t process_started(int32_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    struct slice rest = slice_of(text, (size_t)n), one;
    while (slice_find(rest, ')', 0) != SIZE_MAX)
        (void)slice_cut(rest, ')', &one, &rest); /* the name may hold anything */
    rest = slice_trim(rest);
    for (int field = 3; field <= 22; field++) (void)slice_cut(rest, ' ', &one, &rest);
    int64_t v;
    return slice_int64(one, &v) && v > 0 ? (uint64_t)v : 0;
}

static void accept_one(struct connection *all, int listen_fd, uint32_t allow_uid)
{
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    struct ucred cred;
    socklen_t n = sizeof cred;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0 || cred.uid != allow_uid) {
        fprintf(stderr, "tongban-signd: 拒绝用户 %u 的连接 / refused a connection of uid %u\n", cred.uid, cred.uid);
        close(fd);
        return;
    }
    for (int i = 0; i < CONNECTIONS; i++) {
        if (all[i].fd >= 0) continue;
        all[i] = (struct connection){.fd = fd, .a = arena_new("signd connection")};
        all[i].peer = (struct signer_peer){cred.uid, cred.pid, process_started(cred.pid), false};
        return;
    }
    close(fd); /* all taken: the client tries again */
}

static bool answer(struct signer_core *core, struct connection *c)
{
    struct signer_message q, r;
    result bad = signer_decode(c->a, slice_of(c->frame, c->length), &q);
    if (failed(bad)) return false; /* out of step: no answer can be trusted to be matched */
    signer_core_handle(core, c->a, &c->peer, &q, &r);
    return !failed(signer_encode(c->a, &r, &c->out));
}

static bool flush(struct connection *c)
{
    while (c->out.n) {
        ssize_t n = send(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        c->out = slice_of(c->out.p + n, c->out.n - (size_t)n);
    }
    arena_reset(c->a); /* message done */
    c->have = c->length = 0;
    c->frame = NULL;
    c->since = 0;
    return true;
}

/* Reads what there is; at the end of a frame answers it. False: close. */
static bool serve_input(struct signer_core *core, struct connection *c)
{
    bool head = c->length == 0;
    size_t at = head ? c->have : c->have - SIGNER_LENGTH_BYTES;
    size_t want = (head ? sizeof c->head : c->length) - at;
    ssize_t n = recv(c->fd, head ? (char *)c->head + at : c->frame + at, want, 0);
    if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
    if (c->since == 0) c->since = now_ms();
    c->have += (size_t)n;
    if ((size_t)n < want) return true;
    if (head) {
        c->length = signer_frame_length(c->head);
        if (c->length) c->frame = arena_alloc(c->a, c->length);
        return c->length != 0;
    }
    return answer(core, c) && flush(c);
}

static void serve_one(struct signer_core *core, struct connection *c, short events)
{
    bool keep = true;
    if (c->out.n)
        keep = (events & (POLLOUT | POLLERR | POLLHUP)) == 0 || flush(c);
    else if (events & (POLLIN | POLLERR | POLLHUP))
        keep = serve_input(core, c);
    if (c->since && now_ms() - c->since > STALL_MS) keep = false; /* a peer that stops mid-message */
    if (!keep) drop(c);
}

void signd_catch_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
}

int signd_serve(struct signer_core *core, int listen_fd, uint32_t allow_uid)
{
    static struct connection all[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) all[i] = (struct connection){.fd = -1};
    while (!stopping) {
        struct pollfd p[CONNECTIONS + 1];
        p[CONNECTIONS] = (struct pollfd){listen_fd, POLLIN, 0};
        for (int i = 0; i < CONNECTIONS; i++) p[i] = (struct pollfd){all[i].fd, all[i].out.n ? POLLOUT : POLLIN, 0};
        if (poll(p, CONNECTIONS + 1, 1000) < 0 && errno != EINTR) return 1;
        for (int i = 0; i < CONNECTIONS; i++)
            if (all[i].fd >= 0) serve_one(core, &all[i], p[i].revents);
        if (p[CONNECTIONS].revents & POLLIN) accept_one(all, listen_fd, allow_uid);
    }
    for (int i = 0; i < CONNECTIONS; i++) drop(&all[i]);
    close(listen_fd);
    return 0;
}
