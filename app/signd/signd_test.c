/* The real program: --init, start, seccomp, peer check, restart; over its socket. argv[1]: tongban-signd. */
#include "base/testing.h"
#include "trust/signer.h"
#include "trust/signer_protocol.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program;
static char dir[] = "/tmp/tongban-signd-XXXXXX";
static char keys_dir[64], socket_path[64];

static pid_t spawn(const char *const *args)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        dup2(null, 2);
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* confined, the leak checker may not look at the process */
        execv(program, (char *const *)(uintptr_t)args);
        _exit(127);
    }
    return pid;
}

static int finish(pid_t pid)
{
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static pid_t serve(const char *uid)
{
    const char *args[] = {program, "--dir", keys_dir, "--socket", socket_path, uid ? "--allow-uid" : NULL, uid, NULL};
    pid_t pid = spawn(args);
    for (int i = 0; i < 500; i++) { /* argon2id of the key file takes a moment */
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        struct sockaddr_un to = {.sun_family = AF_UNIX};
        snprintf(to.sun_path, sizeof to.sun_path, "%s", socket_path);
        int rc = connect(fd, (const struct sockaddr *)&to, sizeof to);
        close(fd);
        if (rc == 0) return pid;
        usleep(20000);
    }
    fail_msg("tongban-signd does not come up");
    return pid;
}

static void stop(pid_t pid)
{
    kill(pid, SIGTERM);
    int status = finish(pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void init(void **state)
{
    (void)state;
    struct stat st;
    char path[128];
    const char *args[] = {program, "--init", keys_dir, NULL};
    assert_int_equal(finish(spawn(args)), 0);
    snprintf(path, sizeof path, "%s/keys.json", keys_dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/passphrase", keys_dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_not_equal(finish(spawn(args)), 0); /* never overwrites */
    chmod(path, 0644);
    const char *run[] = {program, "--dir", keys_dir, "--socket", socket_path, NULL};
    assert_int_not_equal(finish(spawn(run)), 0); /* readable by others: refused */
    chmod(path, 0600);
}

static void sign_and_restart(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct city_key k1, k2;
    struct record_signatures sig;
    struct slice record = S("{\"id\":\"x\",\"type\":\"document\"}");
    pid_t pid = serve(NULL);
    assert_good(a, signer_open(a, socket_path, &s));
    assert_good(a, signer_city_key(s, a, &k1));
    assert_code(signer_city_key(s, a, &k2), CODE_SIGNER_POLICY);
    struct signer *other; /* the same process by another connection */
    assert_good(a, signer_open(a, socket_path, &other));
    assert_code(signer_city_key(other, a, &k2), CODE_SIGNER_POLICY);
    assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
    stop(pid); /* the signer restarts under the client */
    assert_code(signer_sign_record(s, a, S("x"), record, &sig), CODE_UNAVAILABLE);
    pid = serve(NULL);
    assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
    assert_good(a, signer_city_key(s, a, &k2)); /* a new signer process does not know us yet */
    assert_memory_equal(k1.key, k2.key, 32);
    const char *second[] = {program, "--dir", keys_dir, "--socket", socket_path, NULL};
    assert_int_not_equal(finish(spawn(second)), 0); /* the socket is taken */
    assert_good(a, signer_sign_record(other, a, S("x"), record, &sig));
    stop(pid);
}

/* ---- a new version of the city key ---- */

static int alone(const char *option, const char *version, struct slice proof)
{
    char text[200];
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(proof));
    const char *args[] = {
        program, option, keys_dir, version ? "--key-version" : NULL, version, proof.n ? "--proof" : NULL, text, NULL};
    return finish(spawn(args));
}

static void the_city_key_is_rotated_and_retired(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct city_key before, k;
    struct stat st;
    char path[128];
    pid_t pid = serve(NULL);
    assert_good(a, signer_open(a, socket_path, &s));
    assert_good(a, signer_city_key(s, a, &before));
    assert_int_equal(before.nold, 0);
    stop(pid);
    assert_int_equal(alone("--rotate-city-key", NULL, S("")), 0);
    snprintf(path, sizeof path, "%s/keys.json", keys_dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/keys.json.before-rotating-1", keys_dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    pid = serve(NULL);
    assert_good(a, signer_open(a, socket_path, &s));
    assert_good(a, signer_city_key(s, a, &k));
    assert_int_equal(k.version, before.version + 1);
    assert_int_equal(k.nold, 1);
    assert_int_equal(k.old[0].version, before.version);
    assert_memory_equal(k.old[0].key, before.key, 32);
    assert_memory_not_equal(k.key, before.key, 32);
    assert_memory_equal(k.index_key, before.index_key, 32);
    stop(pid);
    instant now = time_now(time_system());
    struct slice good = city_key_proof(a, k.key, 1, 2, now);
    assert_int_not_equal(alone("--retire-city-key", NULL, good), 0);
    /* nobody's word, another key's, another version's, yesterday's, tomorrow's */
    const struct slice bad[] = {S(""),
                                S("unused.1.2.3.4"),
                                city_key_proof(a, before.key, 1, 2, now),
                                city_key_proof(a, k.key, 7, 2, now),
                                city_key_proof(a, k.key, 1, 3, now),
                                city_key_proof(a, k.key, 1, 2, now - CITY_KEY_PROOF_VALID),
                                city_key_proof(a, k.key, 1, 2, now + MS_HOUR),
                                arena_printf(a, "%.*s0", SLICE_ARG(good)),
                                slice_sub(good, 0, good.n - 1)};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(alone("--retire-city-key", "1", bad[i]), 0);
    assert_int_not_equal(alone("--retire-city-key", "2", city_key_proof(a, k.key, 2, 2, now)),
                         0); /* the current one never goes */
    assert_int_not_equal(alone("--retire-city-key", "7", city_key_proof(a, k.key, 7, 2, now)), 0);
    assert_int_equal(alone("--retire-city-key", "1", good), 0);
    pid = serve(NULL);
    assert_good(a, signer_open(a, socket_path, &s));
    assert_good(a, signer_city_key(s, a, &before));
    assert_int_equal(before.nold, 0);
    assert_int_equal(before.version, 2);
    assert_memory_equal(before.key, k.key, 32);
    stop(pid);
}

/* A key file gets keys for seals once; the signer makes and uses one, confined as it is. */
static void seals(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct signer_seal seal;
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0xxxx\0\0\0\0IENDyyyy";
    assert_int_not_equal(alone("--add-seal-keys", NULL, S("")), 0); /* --init has made them */
    pid_t pid = serve(NULL);
    assert_good(a, signer_open(a, socket_path, &s));
    instant now = time_now(time_system());
    struct slice from = instant_text(a, now), to = instant_text(a, now + 365 * MS_DAY);
    struct slice what = arena_printf(
        a,
        "{\"documents\":[\"*\"],\"from\":\"%.*s\",\"height\":40,\"holder\":\"h\",\"holder_code\":\"\",\"id\":\"e1\","
        "\"kind\":1,\"name\":\"n\",\"per_minute\":5,\"picture_type\":\"PNG\",\"to\":\"%.*s\",\"type\":\"seal\",\"width\":40}",
        SLICE_ARG(from), SLICE_ARG(to));
    assert_good(a, signer_make_seal(s, a, S("e1"), what, slice_of(png, sizeof png - 1), &seal));
    assert_true(seal.seal.n > 500 && seal.key.n > 100);
    struct slice
        use =
            S("{\"document\":\"x\",\"id\":\"u\",\"path\":\"/a/Signature.xml\",\"seal\":\"e1\",\"type\":\"seal_use\"}"),
        out;
    assert_code(signer_use_seal(s, a, S("u"), use, S("<x/>"), &seal, &out), CODE_SIGNER_POLICY);
    stop(pid);
}

static void peers(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    pid_t pid = serve("4242");
    assert_code(signer_open(a, socket_path, &s), CODE_UNAVAILABLE);
    stop(pid);
}

/* Rubbish closes the connection and harms no other. */
static void rubbish(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct record_signatures sig;
    pid_t pid = serve(NULL);
    assert_good(a, signer_open(a, socket_path, &s));
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", socket_path);
    static const char *const bad[] = {"\xff\xff\xff\xff", "\0\0\0\6\1\xee\0\0\0\0", "\0\0\0\6\2\3\0\0\0\0",
                                      "GET / HTTP/1.1\r\n\r\n"};
    static const size_t bad_n[] = {4, 10, 10, 18};
    for (int i = 0; i < 4; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        char c;
        assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
        assert_int_equal(write(fd, bad[i], bad_n[i]), (ssize_t)bad_n[i]);
        assert_true(read(fd, &c, 1) <= 0);
        close(fd);
    }
    assert_good(a, signer_sign_record(s, a, S("x"), S("{\"id\":\"x\",\"type\":\"document\"}"), &sig));
    stop(pid);
}

int main(int argc, char **argv)
{
    if (argc < 2 || !mkdtemp(dir)) return 2;
    program = argv[1];
    snprintf(keys_dir, sizeof keys_dir, "%s/keys", dir);
    snprintf(socket_path, sizeof socket_path, "%s/s", dir);
    const struct CMUnitTest tests[] = {
        TEST(init), TEST(sign_and_restart), TEST(peers), TEST(rubbish), TEST(the_city_key_is_rotated_and_retired),
        TEST(seals)};
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const names[] = {"keys/keys.json",
                                        "keys/keys.json.before-rotating-1",
                                        "keys/keys.json.before-retiring-1",
                                        "keys/passphrase",
                                        "keys/anchors.pem",
                                        "keys/uses.log",
                                        "keys",
                                        "s"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        remove(path);
    }
    rmdir(dir);
    return rc;
}
