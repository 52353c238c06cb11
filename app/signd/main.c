/* Arguments, start, and the order in which rights are given up. */
#include "app/signd/signd.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char usage[] =
    "tongban-signd：密钥保管与签名进程 / the process that keeps the keys and signs\n"
    "\n"
    "  tongban-signd --dir DIR --socket PATH [--allow-uid N] [--user NAME] [--passphrase-file F | --passphrase-fd N]\n"
    "      提供签名服务（前台运行）/ serve in the foreground\n"
    "      --allow-uid  允许连接的用户号，默认为本进程用户 / the one uid whose connections are taken (default: own)\n"
    "      --user       以 root 启动时改用此用户 / become this user when started as root\n"
    "\n"
    "  以下各项须先停止签名服务 / the signer being stopped:\n"
    "  tongban-signd --init DIR [--city NAME] [--organisation NAME] [--document-key p256|p384|rsa]\n"
    "                [--token-module FILE --token-label LABEL [--pin-file F]] [--officers A,B,C --need M [--into DIR]]\n"
    "      在 DIR 生成一套测试密钥与测试证书 / make test keys and test certificates in DIR\n"
    "      --token-module  签名密钥生成于 PKCS#11 令牌 / signing keys are made in a token of PKCS #11, and stay there\n"
    "  tongban-signd --share DIR --officers A,B,C --need M [--into DIR]\n"
    "      把恢复密钥分给各人，任意 M 份可恢复；以前的份额作废 / shares of the recovery for officers, any M recover; those of before are void\n"
    "  tongban-signd --check-share --recovery FILE [--share-file F]…\n"
    "      核对份额而不使用 / see whether shares are good, without using them\n"
    "  tongban-signd --recover DIR --recovery FILE [--share-file F]… [--token-module …]\n"
    "      由份额恢复密钥到新目录；不给文件时逐行录入 / the keys again, into a new DIR; without files the shares are typed\n"
    "  tongban-signd --rotate-city-key DIR\n"
    "      更换城市密钥；旧版保留，以便读取 / a new version of the city key; old ones stay readable\n"
    "  tongban-signd --retire-city-key DIR --key-version N --proof TEXT\n"
    "      删除不再使用的旧版；证明由 tongban admin keys 给出 / forget an old version that nothing uses, as tongban admin keys proves\n"
    "  tongban-signd --rotate-document-keys DIR [--document-key p256|p384|rsa]\n"
    "      更换证照、文书与记录的签名密钥及其 CA / new keys for papers and records, and new CAs for them\n"
    "  tongban-signd --rotate-seal-ca DIR\n"
    "      更换印章 CA 与制章密钥 / a new CA and a new maker of seals\n"
    "  tongban-signd --new-log-key DIR --reason TEXT [--lost]\n"
    "      更换日志密钥，并出具声明 / a new key of the log, with a statement; --lost: the old key does not sign it\n"
    "  tongban-signd --add-seal-keys DIR [--city NAME] [--organisation NAME]\n"
    "      为早先的密钥文件补充电子印章的测试密钥 / test keys for electronic seals, for a key file of before\n";

static result say_errno(struct arena *a, const char *what)
{
    return fail(a, CODE_UNAVAILABLE, S(""), "detail", arena_printf(a, "%s: %s", what, strerror(errno)), NULL);
}

static bool read_kind(const char *name, enum crypto_kind *out)
{
    *out = strcmp(name, "p384") == 0 ? CRYPTO_P384 : strcmp(name, "rsa") == 0 ? CRYPTO_RSA : CRYPTO_P256;
    return *out != CRYPTO_P256 || strcmp(name, "p256") == 0;
}

enum { ACT_OPTION = 1000 /* and the act */ };

static const struct option longs[] = {{"dir", 1, 0, 'd'},
                                      {"socket", 1, 0, 's'},
                                      {"passphrase-file", 1, 0, 'p'},
                                      {"passphrase-fd", 1, 0, 'f'},
                                      {"allow-uid", 1, 0, 'a'},
                                      {"user", 1, 0, 'u'},
                                      {"organisation", 1, 0, 'o'},
                                      {"city", 1, 0, 'c'},
                                      {"key-version", 1, 0, 'v'},
                                      {"proof", 1, 0, 'P'},
                                      {"token-module", 1, 0, 'm'},
                                      {"token-label", 1, 0, 'l'},
                                      {"pin-file", 1, 0, 'n'},
                                      {"document-key", 1, 0, 'k'},
                                      {"officers", 1, 0, 'O'},
                                      {"need", 1, 0, 'N'},
                                      {"into", 1, 0, 'I'},
                                      {"recovery", 1, 0, 'r'},
                                      {"share-file", 1, 0, 'S'},
                                      {"reason", 1, 0, 'R'},
                                      {"lost", 0, 0, 'L'},
                                      {"init", 1, 0, ACT_OPTION + ACT_INIT},
                                      {"rotate-city-key", 1, 0, ACT_OPTION + ACT_ROTATE_CITY},
                                      {"retire-city-key", 1, 0, ACT_OPTION + ACT_RETIRE_CITY},
                                      {"add-seal-keys", 1, 0, ACT_OPTION + ACT_ADD_SEALS},
                                      {"rotate-document-keys", 1, 0, ACT_OPTION + ACT_ROTATE_DOCUMENT},
                                      {"rotate-seal-ca", 1, 0, ACT_OPTION + ACT_ROTATE_SEALS},
                                      {"new-log-key", 1, 0, ACT_OPTION + ACT_NEW_LOG_KEY},
                                      {"share", 1, 0, ACT_OPTION + ACT_SHARE},
                                      {"recover", 1, 0, ACT_OPTION + ACT_RECOVER},
                                      {"check-share", 0, 0, ACT_OPTION + ACT_CHECK_SHARE},
                                      {0, 0, 0, 0}};

static bool read_number(int64_t max, int64_t *out)
{
    return slice_int64(slice_cstr(optarg), out) && *out >= 0 && *out <= max;
}

static bool read_one(int c, struct signd_options *o)
{
    int64_t n = 0;
    switch (c) {
    case 'd': o->dir = optarg; return true;
    case 's': o->socket_path = optarg; return true;
    case 'p': o->passphrase_file = optarg; return true;
    case 'f':
        if (!read_number(1024, &n)) return false;
        o->passphrase_fd = (int)n;
        return true;
    case 'a':
        if (!read_number(UINT32_MAX, &n)) return false;
        o->allow_uid = (uint32_t)n;
        return o->allow_uid_given = true;
    case 'u': o->user = optarg; return true;
    case 'o': o->organisation = optarg; return true;
    case 'c': o->city = optarg; return true;
    case 'v': return read_number(255, &o->key_version);
    case 'P': o->proof = optarg; return true;
    case 'm': o->token_module = optarg; return true;
    case 'l': o->token_label = optarg; return true;
    case 'n': o->pin_file = optarg; return true;
    case 'k': return read_kind(optarg, &o->document);
    case 'O': o->officers = optarg; return true;
    case 'N': return read_number(SIGNER_OFFICERS_MAX, &o->need);
    case 'I': o->into = optarg; return true;
    case 'r': o->recovery_file = optarg; return true;
    case 'S':
        if (o->nshares == SIGNER_OFFICERS_MAX) return false;
        o->share_files[o->nshares++] = optarg;
        return true;
    case 'R': o->reason = optarg; return true;
    case 'L': return o->lost = true;
    default: break;
    }
    if (c <= ACT_OPTION || o->act != ACT_SERVE) return false;
    o->act = (enum signd_act)(c - ACT_OPTION);
    o->act_dir = optarg;
    return true;
}

/* What each act cannot do without. */
static bool complete(const struct signd_options *o)
{
    if ((o->token_module != NULL) != (o->token_label != NULL)) return false;
    if ((o->officers != NULL) != (o->need > 0)) return false;
    switch (o->act) {
    case ACT_SERVE: return o->dir && o->socket_path;
    case ACT_RETIRE_CITY: return o->key_version >= 1 && o->proof;
    case ACT_NEW_LOG_KEY: return o->reason != NULL;
    case ACT_SHARE: return o->officers != NULL;
    case ACT_RECOVER:
    case ACT_CHECK_SHARE: return o->recovery_file != NULL;
    default: return true;
    }
}

static bool read_options(int argc, char **argv, struct signd_options *o)
{
    int c;
    *o = (struct signd_options){
        .passphrase_fd = -1, .document = CRYPTO_P256, .organisation = "示例市政务服务数据管理局", .city = "示例市"};
    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
        if (!read_one(c, o)) return false;
    if (o->act == ACT_RECOVER && !o->reason) o->reason = "the token that had the key is lost";
    return optind == argc && complete(o);
}

result signd_read_keys(struct arena *a, const struct signd_options *o, const char *dir, struct signer_keys *keys,
                       struct signer_store *store)
{
    struct slice file;
    char *path = arena_cstr(a, arena_printf(a, "%s/keys.json", dir));
    TRY(signd_private(a, path));
    TRY(signd_read_file(a, path, 256 * 1024, &file));
    TRY(signd_store(a, o, dir, store));
    return signer_keys_open(a, file, store, keys);
}

/* A socket left by a signer that died is removed; one that still answers is not. */
static result open_socket(struct arena *a, const char *path, int *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof at.sun_path) return fail(a, CODE_TOO_LARGE, S("--socket"), "limit", S("107"), NULL);
    memcpy(at.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return say_errno(a, "socket");
    if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0) {
        close(fd);
        return fail(a, CODE_CONFLICT, S("--socket"), "value", S("another signer answers there"), NULL);
    }
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) unlink(path);
    mode_t old = umask(0117); /* owner and group: the server's user shares the group */
    int rc = bind(fd, (const struct sockaddr *)&at, sizeof at);
    umask(old);
    if (rc != 0 || listen(fd, 16) != 0) {
        result r = say_errno(a, path);
        close(fd);
        return r;
    }
    *out = fd;
    return ok();
}

static result start(struct arena *a, const struct signd_options *o, struct signer_core **core, int *listen_fd)
{
    struct signer_keys *keys = NEW(a, struct signer_keys);
    if (o->user) {
        if (getuid() != 0) return fail(a, CODE_FORBIDDEN, S("--user"), "right", S("root"), NULL);
        TRY(signd_become(a, o->user)); /* before any file is touched: everything here must be that user's */
    }
    TRY(signd_harden(a));
    struct signer_store store;
    TRY(signd_read_keys(a, o, o->dir, keys, &store));
    char *uses = arena_cstr(a, arena_printf(a, "%s/uses.log", o->dir));
    int use_fd = open(uses, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (use_fd < 0) return say_errno(a, uses);
    TRY(signer_core_open(a, keys, time_system(), use_fd, core));
    signd_catch_signals();
    TRY(open_socket(a, o->socket_path, listen_fd));
    if (keys->test) {
        fprintf(stderr, "警告：正在使用测试密钥，所签证照不具法律效力。\n"
                        "Warning: these are TEST keys; what they sign has no legal force.\n");
    }
    return ok();
}

int main(int argc, char **argv)
{
    struct signd_options o;
    if (!read_options(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    if (o.act == ACT_INIT) return signd_init(&o);
    if (o.act == ACT_RECOVER || o.act == ACT_CHECK_SHARE) return signd_ceremony(&o);
    if (o.act != ACT_SERVE) return signd_rotate(&o);
    struct arena *a = arena_new("signd");
    struct signer_core *core = NULL;
    int listen_fd = -1;
    result r = start(a, &o, &core, &listen_fd);
    if (!failed(r)) r = signd_seccomp(a, signd_has_token(a, o.dir));
    if (failed(r)) {
        struct slice zh = result_text(a, r, LANG_ZH), en = result_text(a, r, LANG_EN);
        fprintf(stderr, "%.*s\n%.*s\n", SLICE_ARG(zh), SLICE_ARG(en));
        arena_free(a);
        return 1;
    }
    fprintf(stderr, "tongban-signd: %s\n", o.socket_path);
    int status = signd_serve(core, listen_fd, o.allow_uid_given ? o.allow_uid : getuid());
    arena_free(a);
    return status;
}
