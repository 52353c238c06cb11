/* E-mail to the seat. A mail server delivers into DIR/hotline-mail (a Maildir: complete messages appear in new/). Each becomes a request
 * and the file is removed, since all of it stands sealed in the case; what is none goes to bad/ for a person to look at, and what could
 * not be done now is tried again. The name of the file is the key of the command: done twice, it is one request. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "areas/17_government_services/hotline/hotline.h"
#include "areas/17_government_services/hotline/mail.h"
#include "base/log.h"
#include "city/identity/identity.h"
#include "trust/crypto.h"

enum { AT_ONCE = 10 };

/* A regular file of bounded size, no link. */
static bool read_file(struct arena *a, int dir, const char *name, struct slice *out)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0 && st.st_size <= MAIL_MAX;
    char *p = good ? arena_alloc(a, (size_t)st.st_size + 1) : NULL;
    size_t n = 0;
    while (good && n < (size_t)st.st_size) {
        ssize_t k = read(fd, p + n, (size_t)st.st_size - n);
        if (k == 0) break;
        if (k > 0)
            n += (size_t)k;
        else if (errno != EINTR)
            good = false;
    }
    (void)close(fd);
    *out = slice_of(p, n);
    return good;
}

static const struct json *form(struct arena *a, const struct mail *m)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "text", m->text);
    if (m->subject.n) json_set_str(&b, "title", m->subject);
    return json_object(&b);
}

static result take(struct city *c, struct arena *a, struct slice bytes, const char *name, instant now)
{
    struct mail m;
    struct hotline_taken t;
    struct actor system = actor_system();
    struct hotline_file files[MAIL_FILES];
    struct case_command k = {.city = c, .a = a, .actor = &system, .now = now, .route = S("hotline.mail")};
    TRY(mail_read(a, bytes, &m));
    if (m.automatic)
        return fail(a, CODE_MAIL_READ, S("mail"), "detail_zh", S("自动发出的邮件"), "detail_en",
                    S("it was sent by a program"), NULL);
    for (size_t i = 0; i < m.nfiles; i++) files[i] = (struct hotline_file){m.files[i].name, m.files[i].bytes};
    struct hotline_request q = {.channel = S("email"),
                                .data = form(a, &m),
                                .name = m.from_name,
                                .email = m.from,
                                .files = files,
                                .nfiles = m.nfiles};
    k.key = crypto_sha256_hex(a, arena_printf(a, "%s\n%.*s", name, SLICE_ARG(crypto_sha256_hex(a, bytes))));
    k.body = k.key;
    return hotline_take(&k, &q, &t);
}

/* What a repetition would not change. */
static bool for_good(result r)
{
    return code_status(result_code(r)) < 500;
}

static void settle(int dir, const char *name, bool bad)
{
    char to[300];
    if (!bad) {
        (void)unlinkat(dir, name, 0);
        return;
    }
    (void)snprintf(to, sizeof to, "../bad/%s", name);
    (void)mkdirat(dir, "../bad", 0700);
    (void)renameat(dir, name, dir, to);
}

static result one(struct city *c, int dir, const char *name, instant now, size_t *done)
{
    struct arena *a = arena_new("mail");
    struct slice bytes;
    result r;
    if (!read_file(a, dir, name, &bytes)) {
        settle(dir, name, true);
    } else {
        r = take(c, a, bytes, name, now);
        if (!failed(r) || for_good(r)) settle(dir, name, failed(r));
        if (!failed(r)) (*done)++;
        /* the code alone: what somebody wrote is no matter for the log */
        if (failed(r)) log_event(LEVEL_WARN, "hotline.mail", "code", log_cstr(code_name(result_code(r))), NULL);
    }
    arena_free(a);
    return ok();
}

result hotline_maildir(struct city *c, struct arena *a, instant now, size_t *done)
{
    const struct service *s;
    *done = 0;
    if (!c->data_dir.n || failed(catalogue_current(c->catalogue, a, HOTLINE_SERVICE, &s))) return ok();
    char *path = arena_cstr(a, arena_printf(a, "%.*s/hotline-mail/new", SLICE_ARG(c->data_dir)));
    DIR *d = opendir(path);
    if (!d) return ok(); /* no mail server delivers here */
    const struct dirent *e;
    result all = ok();
    for (int n = 0; n < AT_ONCE && (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.' || strlen(e->d_name) > 250) continue;
        n++;
        all = one(c, dirfd(d), e->d_name, now, done);
        if (failed(all)) break;
    }
    (void)closedir(d);
    return all;
}
