/* Giving up rights: user, debuggers, system calls. */
#include "app/signd/signd.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static result confine_failed(struct arena *a, const char *what)
{
    return fail(a, CODE_UNAVAILABLE, S(""), "detail", arena_printf(a, "%s: %s", what, strerror(errno)), NULL);
}

result signd_become(struct arena *a, const char *user)
{
    errno = 0;
    struct passwd *p = getpwnam(user);
    if (!p) return fail(a, CODE_NOT_FOUND, S("--user"), "value", slice_cstr(user), NULL);
    if (p->pw_uid == 0) return fail(a, CODE_FORBIDDEN, S("--user"), "right", S("not root"), NULL);
    if (initgroups(user, p->pw_gid) != 0 || setresgid(p->pw_gid, p->pw_gid, p->pw_gid) != 0 ||
        setresuid(p->pw_uid, p->pw_uid, p->pw_uid) != 0)
        return confine_failed(a, "--user");
    if (setuid(0) == 0) return fail(a, CODE_INTERNAL, S("--user"), "detail", S("root could be taken back"), NULL);
    return ok();
}

result signd_harden(struct arena *a)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return confine_failed(a, "RLIMIT_CORE");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return confine_failed(a, "PR_SET_DUMPABLE");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return confine_failed(a, "PR_SET_NO_NEW_PRIVS");
    return ok();
}

/* Files are open by now. openat stays for reading only: /proc/PID/stat of a peer, and what the C library opens late. */
static const int allowed[] = {
    SCMP_SYS(accept4),       SCMP_SYS(brk),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(close),         SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(fdatasync),
    SCMP_SYS(fstat),         SCMP_SYS(newfstatat),
    SCMP_SYS(futex),         SCMP_SYS(getpid),
    SCMP_SYS(getrandom),     SCMP_SYS(getsockopt),
    SCMP_SYS(gettid),        SCMP_SYS(getuid),
    SCMP_SYS(lseek),         SCMP_SYS(madvise),
    SCMP_SYS(mmap),          SCMP_SYS(mprotect),
    SCMP_SYS(mremap),        SCMP_SYS(munmap),
    SCMP_SYS(poll),          SCMP_SYS(ppoll),
    SCMP_SYS(pread64),       SCMP_SYS(read),
    SCMP_SYS(recvfrom),      SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(sendto),
    SCMP_SYS(shutdown),      SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill),        SCMP_SYS(time),
    SCMP_SYS(gettimeofday),  SCMP_SYS(write),
};

/* Modules keep their objects in files or ask a daemon's shared memory; SoftHSM locks and lists its folder at each use. None of these writes a file. */
static const int for_token[] = {
    SCMP_SYS(fcntl), SCMP_SYS(getdents64), SCMP_SYS(stat),    SCMP_SYS(lstat),   SCMP_SYS(access),
    SCMP_SYS(statx), SCMP_SYS(faccessat),  SCMP_SYS(getppid), SCMP_SYS(geteuid), SCMP_SYS(sched_yield),
};
/* What a module may try and is told no, so that a token that is pulled out or a note to syslog does not end the signer. */
static const int no_for_token[] = {SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(mkdir),     SCMP_SYS(rmdir),
                                   SCMP_SYS(unlink), SCMP_SYS(rename),  SCMP_SYS(ftruncate), SCMP_SYS(chmod)};
enum { WRITING = 01 | 02 | 0100 | 01000 /* O_WRONLY, O_RDWR, O_CREAT, O_TRUNC */ };

static int token_rules(scmp_filter_ctx f)
{
    static const scmp_datum_t bits[] = {01, 02, 0100, 01000};
    int rc = 0;
    for (size_t i = 0; i < sizeof for_token / sizeof *for_token && rc == 0; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, for_token[i], 0);
    for (size_t i = 0; i < sizeof no_for_token / sizeof *no_for_token && rc == 0; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), no_for_token[i], 0);
    for (size_t i = 0; i < sizeof bits / sizeof *bits && rc == 0; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, bits[i], bits[i]));
    return rc;
}

result signd_seccomp(struct arena *a, bool token)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!f) return fail(a, CODE_UNAVAILABLE, S(""), "detail", S("seccomp"), NULL);
    int rc = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && rc == 0; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
    if (rc == 0 && token) rc = token_rules(f);
    /* O_RDONLY is 0 */
    if (rc == 0) rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, WRITING, 0));
    if (rc == 0) rc = seccomp_load(f);
    seccomp_release(f);
    if (rc != 0) {
        errno = -rc;
        return confine_failed(a, "seccomp");
    }
    return ok();
}
