#include "base/testing.h"

#include "base/config.h"
#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct config_key table[] = {
    {"listen.port", CONFIG_INT, "8080", "监听端口", "Port to listen on", 1, 65535, NULL},
    {"city.name", CONFIG_TEXT, "", "城市名称", "Name of the city", 0, 0, NULL},
    {"db.password", CONFIG_SECRET, "none", "数据库口令", "Password of the database", 0, 0, NULL},
    {"session.idle", CONFIG_DURATION, "30m", "会话空闲时限", "Idle limit of a session", 1000, 86400000, NULL},
    {"upload.max", CONFIG_SIZE, "10M", "上传上限", "Largest upload", 0, 0, NULL},
    {"log.json", CONFIG_BOOL, "no", "JSON 日志", "Log in JSON", 0, 0, NULL},
    {"store", CONFIG_CHOICE, "sqlite", "数据库", "Database", 0, 0, "sqlite postgres"},
};
enum { N = sizeof table / sizeof *table };

static void values(void **state)
{
    struct arena *a = *state;
    struct config *c;
    static const char *const environment[] = {"PATH=/bin", "TONGBAN_UPLOAD_MAX=64 K", "TONGBAN_NOTHING=1", NULL};
    assert_good(a, config_parse(a, table, N,
                                S("# comment\r\n\n listen.port=9090\ncity.name = \" 东莞 = x#1 \"\r\n\tlog.json = on\n"
                                  "session.idle = 2h\nupload.max = 1\ndb.password = \"\""),
                                S("c.conf"), environment, &c));
    assert_int_equal(config_int(c, "listen.port"), 9090);
    assert_slice(config_text(c, "city.name"), " 东莞 = x#1 ");
    assert_true(config_bool(c, "log.json"));
    assert_int_equal(config_int(c, "session.idle"), 7200000);
    assert_int_equal(config_int(c, "upload.max"), 65536); /* the environment comes first */
    assert_slice(config_text(c, "store"), "sqlite");
    assert_slice(config_text(c, "db.password"), "");
    assert_true(config_given(c, "db.password") && !config_given(c, "store"));
    assert_slice(config_variable(a, "a.b-c_d1"), "TONGBAN_A_B_C_D1");
    static const char *const SHOWN[] = {"9090", "\" 东莞 = x#1 \"", "\"\"", "7200000", "65536", "true", "\"sqlite\""};
    for (size_t i = 0; i < N; i++) assert_slice(json_write(a, config_value(a, c, table[i].name)), SHOWN[i]);
    assert_good(a, config_parse(a, table, N, S("db.password = x"), S("c.conf"), NULL, &c));
    assert_slice(json_write(a, config_value(a, c, "db.password")), "\"********\"");
}

static void problems(void **state)
{
    struct arena *a = *state;
    struct config *c;
    static const char *const environment[] = {"TONGBAN_LISTEN_PORT=0", NULL};
    result r = config_parse(a, table, N,
                            S("listen.prot = 1\nnonsense\nstore = oracle\nstore = sqlite\nsession.idle = 5\n"
                              "db.password = \xFF\nupload.max = 99999999999G\ncity.name = \"open\n"),
                            S("c.conf"), environment, &c);
    assert_slice(
        result_text(a, r, LANG_EN),
        "c.conf:1: Unknown key \"listen.prot\" (Perhaps \"listen.port\" is meant; tongban admin config lists all keys)\n"
        "c.conf:2: Not a configuration line (Write: key = value; a comment begins with #)\n"
        "c.conf:3: The value \"oracle\" of store is not one of: sqlite postgres (Correct the value)\n"
        "c.conf:4: The key \"store\" is given twice (Keep one of them)\n"
        "c.conf:5: The value \"5\" of session.idle is not a duration such as 500ms, 30s, 5m, 2h, 7d (1000 to 86400000 ms) (Correct the value)\n"
        "c.conf:6: The value \"********\" of db.password is not UTF-8 text (Correct the value)\n"
        "c.conf:7: The value \"99999999999G\" of upload.max is not a size such as 65536, 64K, 10M, 1G (Correct the value)\n"
        "c.conf:8: Not a configuration line (Write: key = value; a comment begins with #)\n"
        "TONGBAN_LISTEN_PORT: The value \"0\" of listen.port is not a whole number (1 to 65535) (Correct the value)\n");
    static const struct config_key needed[] = {{"key", CONFIG_TEXT, NULL, "键", "Key", 0, 0, NULL}};
    assert_code(config_parse(a, needed, 1, S(""), S("x"), NULL, &c), CODE_CONFIG_REQUIRED);
    assert_code(config_load(a, table, N, "/no/such/file", NULL, &c), CODE_CONFIG_FILE);
    assert_code(config_load(a, table, N, "/", NULL, &c), CODE_CONFIG_FILE);
    assert_good(a, config_load(a, table, N, NULL, NULL, &c));
    assert_int_equal(config_int(c, "listen.port"), 8080);
}

static struct slice remedy_of(struct arena *a, const char *line, enum lang lang)
{
    struct config *c;
    result r = config_parse(a, table, N, slice_cstr(line), S("c.conf"), NULL, &c);
    assert_code(r, CODE_CONFIG_UNKNOWN);
    return problem_remedy(a, r.problem, lang);
}

static void the_nearest_key_is_named(void **state)
{
    struct arena *a = *state;
    assert_slice(remedy_of(a, "stroe = sqlite", LANG_EN),
                 "Perhaps \"store\" is meant; tongban admin config lists all keys");
    assert_slice(remedy_of(a, "listen_port = 1", LANG_ZH),
                 "是否应为“listen.port”；tongban admin config 列出全部配置项");
    assert_slice(remedy_of(a, "colour = red", LANG_EN), "Check the spelling; tongban admin config lists all keys");
    assert_slice(remedy_of(a, " = 1", LANG_EN), "Check the spelling; tongban admin config lists all keys");
    char longest[300];
    memset(longest, 'a', sizeof longest);
    memcpy(longest + 290, "=1", 3);
    assert_slice(remedy_of(a, longest, LANG_EN), "Check the spelling; tongban admin config lists all keys");
}

/* What is printed can be read again and means the same. */
static void printing(void **state)
{
    struct arena *a = *state;
    struct config *c, *again;
    struct buf b = buf_new(a, SIZE_MAX);
    config_print(&b, table, N, NULL, LANG_ZH);
    assert_good(a, config_parse(a, table, N, buf_slice(&b), S("printed"), NULL, &c));
    assert_false(config_given(c, "listen.port"));
    assert_true(slice_starts(
        buf_slice(&b), S("# 监听端口\n# 整数（1–65535）; TONGBAN_LISTEN_PORT; 默认 8080\n#listen.port = 8080\n\n")));
    assert_good(
        a, config_parse(a, table, N, S("city.name = \" x\"\ndb.password = secret\nlisten.port = 1"), S(""), NULL, &c));
    struct buf full = buf_new(a, SIZE_MAX);
    config_print(&full, table, N, c, LANG_EN);
    assert_true(slice_search(buf_slice(&full), S("secret")) == SIZE_MAX);
    assert_good(a, config_parse(a, table, N, buf_slice(&full), S("printed"), NULL, &again));
    assert_slice(config_text(again, "city.name"), " x");
    assert_int_equal(config_int(again, "listen.port"), 1);
}

static void from_a_file(void **state)
{
    struct arena *a = *state;
    struct config *c;
    char path[] = "/tmp/tongban-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "store = postgres\n", 17), 17);
    close(fd);
    assert_good(a, config_load(a, table, N, path, NULL, &c));
    assert_slice(config_text(c, "store"), "postgres");
    unlink(path);
}

static const char *watched;
static char seen[4];

static void look_after(void *arg)
{
    (void)arg;
    memcpy(seen, watched, 4);
}

static void secrets_are_wiped(void **state)
{
    (void)state;
    char memory[4] = "abcd";
    secret_wipe(memory, 4);
    assert_memory_equal(memory, "\0\0\0\0", 4);
    struct arena *a = arena_new("secret");
    arena_cleanup(a, look_after, NULL); /* registered first: runs after the wipe, before the memory goes */
    struct slice s = secret_copy(a, S("key!"));
    assert_slice(s, "key!");
    watched = s.p;
    memcpy(seen, "....", 4);
    arena_free(a);
    assert_memory_equal(seen, "\0\0\0\0", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values),   TEST(problems),    TEST(the_nearest_key_is_named),
        TEST(printing), TEST(from_a_file), TEST(secrets_are_wiped),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
