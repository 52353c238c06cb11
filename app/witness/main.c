#include "app/witness/witness.h"

#include <getopt.h>
#include <stdio.h>

#include "base/log.h"

static const char USAGE[] =
    "tongban-witness：透明日志的见证程序（C2SP tlog-witness）/ a witness of transparency logs\n"
    "\n"
    "  tongban-witness --init DIR --name NAME\n"
    "      在 DIR 生成密钥，并显示公钥 / makes a key in DIR and shows its public half\n"
    "  tongban-witness --dir DIR --add-log KEY [--address URL]\n"
    "      登记所见证的日志（公钥由城市提供；网址供自行查看）/ a log to be witnessed; URL: where it is served, to look at it\n"
    "  tongban-witness --dir DIR --new-key KEY --statement FILE | --without-statement\n"
    "      所见证的日志换用新密钥，已见过的不变；声明由城市提供，或经其他途径确认 / a log goes on under a new key, what was seen stays:\n"
    "      after the city's statement, or because you were told in another way\n"
    "  tongban-witness --dir DIR --listen ADDR:PORT [--watch SECONDS] [--json]\n"
    "      提供见证服务；--watch：按此间隔自行核对日志 / serves; --watch: looks at the logs itself, so often\n"
    "  tongban-witness --dir DIR --look\n"
    "      核对一次；日志倒退或分叉时退出码为 1 / looks once; exit status 1 when a log went back or forked\n";

struct options {
    const char *init, *name, *dir, *add, *address, *listen, *new_key, *statement;
    int64_t watch;
    bool look, json, unstated;
};

static bool read_options(int argc, char **argv, struct options *o)
{
    static const struct option LONG[] = {{"init", 1, 0, 'i'},
                                         {"name", 1, 0, 'n'},
                                         {"dir", 1, 0, 'd'},
                                         {"add-log", 1, 0, 'a'},
                                         {"address", 1, 0, 'u'},
                                         {"listen", 1, 0, 'l'},
                                         {"watch", 1, 0, 'w'},
                                         {"look", 0, 0, 'k'},
                                         {"new-key", 1, 0, 'K'},
                                         {"statement", 1, 0, 's'},
                                         {"without-statement", 0, 0, 'x'},
                                         {"json", 0, 0, 'j'},
                                         {"help", 0, 0, 'h'},
                                         {0, 0, 0, 0}};
    int c;
    *o = (struct options){.watch = 0};
    while ((c = getopt_long(argc, argv, "", LONG, NULL)) != -1) {
        switch (c) {
        case 'i': o->init = optarg; break;
        case 'n': o->name = optarg; break;
        case 'd': o->dir = optarg; break;
        case 'a': o->add = optarg; break;
        case 'u': o->address = optarg; break;
        case 'l': o->listen = optarg; break;
        case 'w':
            if (!slice_int64(slice_cstr(optarg), &o->watch) || o->watch < 1 || o->watch > 86400) return false;
            break;
        case 'K': o->new_key = optarg; break;
        case 's': o->statement = optarg; break;
        case 'x': o->unstated = true; break;
        case 'k': o->look = true; break;
        case 'j': o->json = true; break;
        default: return false;
        }
    }
    if (optind != argc) return false;
    if (o->init) return o->name && !o->dir;
    if (o->new_key && (o->statement != NULL) == o->unstated) return false;
    return o->dir && (o->add != NULL) + (o->listen != NULL) + (o->new_key != NULL) + o->look == 1;
}

static result new_key(struct arena *a, const struct options *o)
{
    struct slice text = S("");
    bool by_old = false;
    bool there = true;
    if (o->statement)
        TRY(log_file_get(a, o->statement[0] == '/' ? "/" : ".", slice_cstr(o->statement), NOTE_MAX_BYTES, &text,
                         &there));
    if (!there) return fail(a, CODE_NOT_FOUND, S("--statement"), "value", slice_cstr(o->statement), NULL);
    TRY(witness_new_key(a, o->dir, slice_cstr(o->new_key), o->statement ? &text : NULL, &by_old));
    (void)printf(
        by_old
            ? "原密钥已签名声明 / the key before signed the statement\n"
            : "注意：没有原密钥的签名，请确认消息来自该市 / mind: the key before did not sign this; be sure that the city told you\n");
    return ok();
}

static result run(struct arena *a, const struct options *o, int *status)
{
    struct witness *w = NEW(a, struct witness);
    size_t bad;
    if (o->init) {
        TRY(witness_init(a, o->init, slice_cstr(o->name)));
        TRY(witness_open(a, o->init, w));
        (void)printf("%.*s\n", SLICE_ARG(note_key_text(a, &w->key)));
        return ok();
    }
    if (o->add) return witness_add_log(a, o->dir, slice_cstr(o->add), slice_cstr(o->address));
    if (o->new_key) return new_key(a, o);
    TRY(witness_open(a, o->dir, w));
    if (o->listen) return witness_serve(w, a, o->listen, o->watch, o->json);
    witness_look(w, &bad);
    *status = bad ? 1 : 0;
    return ok();
}

int main(int argc, char **argv)
{
    struct options o;
    int status = 0;
    if (!read_options(argc, argv, &o)) {
        (void)fputs(USAGE, stderr);
        return 2;
    }
    log_setup(LEVEL_INFO, LOG_FORMAT_TEXT, 2, time_system());
    struct arena *a = arena_new("witness");
    result r = run(a, &o, &status);
    if (failed(r)) {
        (void)fprintf(stderr, "%.*s\n%.*s\n", SLICE_ARG(result_text(a, r, LANG_ZH)),
                      SLICE_ARG(result_text(a, r, LANG_EN)));
        status = 2;
    }
    arena_free(a);
    return status;
}
