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
    "  tongban-witness --dir DIR --listen ADDR:PORT [--watch SECONDS] [--json]\n"
    "      提供见证服务；--watch：按此间隔自行核对日志 / serves; --watch: looks at the logs itself, so often\n"
    "  tongban-witness --dir DIR --look\n"
    "      核对一次；日志倒退或分叉时退出码为 1 / looks once; exit status 1 when a log went back or forked\n";

struct options {
    const char *init, *name, *dir, *add, *address, *listen;
    int64_t watch;
    bool look, json;
};

static bool read_options(int argc, char **argv, struct options *o)
{
    static const struct option LONG[] = {
        {"init", 1, 0, 'i'},    {"name", 1, 0, 'n'},   {"dir", 1, 0, 'd'},   {"add-log", 1, 0, 'a'},
        {"address", 1, 0, 'u'}, {"listen", 1, 0, 'l'}, {"watch", 1, 0, 'w'}, {"look", 0, 0, 'k'},
        {"json", 0, 0, 'j'},    {"help", 0, 0, 'h'},   {0, 0, 0, 0}};
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
        case 'k': o->look = true; break;
        case 'j': o->json = true; break;
        default: return false;
        }
    }
    if (optind != argc) return false;
    if (o->init) return o->name && !o->dir;
    return o->dir && (o->add != NULL) + (o->listen != NULL) + o->look == 1;
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
