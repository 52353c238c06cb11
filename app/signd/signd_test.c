/* The real program: --init, start, seccomp, peer check, restart; over its socket. argv[1]: tongban-signd; argv[2]: "token", the same with the keys in
 * a token. */
#include "app/signd/signd_test_support.h"

#include "trust/signer_protocol.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void init(void **state)
{
    (void)state;
    struct stat st;
    char path[128];
    assert_int_equal(place_init(NULL), 0);
    snprintf(path, sizeof path, "%s/keys.json", place.keys);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/%s", place.keys, place.token ? "token.conf" : "passphrase");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_not_equal(place_init(NULL), 0); /* never overwrites */
    chmod(path, 0644);
    const char *run[] = {place.program, "--dir", place.keys, "--socket", place.socket, NULL};
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
    assert_good(a, signer_open(a, place.socket, &s));
    assert_good(a, signer_city_key(s, a, &k1));
    assert_code(signer_city_key(s, a, &k2), CODE_SIGNER_POLICY);
    struct signer *other; /* the same process by another connection */
    assert_good(a, signer_open(a, place.socket, &other));
    assert_code(signer_city_key(other, a, &k2), CODE_SIGNER_POLICY);
    assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
    stop(pid); /* the signer restarts under the client */
    assert_code(signer_sign_record(s, a, S("x"), record, &sig), CODE_UNAVAILABLE);
    pid = serve(NULL);
    assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
    assert_good(a, signer_city_key(s, a, &k2)); /* a new signer process does not know us yet */
    assert_memory_equal(k1.key, k2.key, 32);
    const char *second[] = {place.program, "--dir", place.keys, "--socket", place.socket, NULL};
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
        place.program, option, place.keys, version ? "--key-version" : NULL, version, proof.n ? "--proof" : NULL,
        text,          NULL};
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
    assert_good(a, signer_open(a, place.socket, &s));
    assert_good(a, signer_city_key(s, a, &before));
    assert_int_equal(before.nold, 0);
    stop(pid);
    assert_int_equal(alone("--rotate-city-key", NULL, S("")), 0);
    snprintf(path, sizeof path, "%s/keys.json", place.keys);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/keys.json.before-rotating-1", place.keys);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    pid = serve(NULL);
    assert_good(a, signer_open(a, place.socket, &s));
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
    assert_good(a, signer_open(a, place.socket, &s));
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
    assert_good(a, signer_open(a, place.socket, &s));
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
    assert_code(signer_open(a, place.socket, &s), CODE_UNAVAILABLE);
    stop(pid);
}

/* Rubbish closes the connection and harms no other. */
static void rubbish(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct record_signatures sig;
    pid_t pid = serve(NULL);
    assert_good(a, signer_open(a, place.socket, &s));
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", place.socket);
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
    if (argc < 2) return 2;
    place_make(argv[1], argc > 2);
    const struct CMUnitTest tests[] = {
        TEST(init), TEST(sign_and_restart), TEST(peers), TEST(rubbish), TEST(the_city_key_is_rotated_and_retired),
        TEST(seals)};
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    place_remove();
    return rc;
}
