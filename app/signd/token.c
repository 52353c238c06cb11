/* Module, token, session. */
#include "app/signd/token_parts.h"

#include "app/signd/signd.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS_MAX = 64, PIN_MAX = 256 };

result token_problem(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_SIGNER_TOKEN, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

result token_failed(struct arena *a, const char *call, CK_RV rv)
{
    char *what = arena_cstr(a, arena_printf(a, "%s: CKR 0x%lx", call, (unsigned long)rv));
    return token_problem(a, what, what);
}

bool token_lost(CK_RV rv)
{
    switch (rv) {
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_DEVICE_REMOVED:
    case CKR_DEVICE_ERROR:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_GENERAL_ERROR: return true;
    default: return false;
    }
}

void token_close(struct token *t)
{
    if (t->open) t->f->C_CloseSession(t->session);
    t->open = false;
}

/* The module runs with all rights of this process: nobody else may have been able to change it. */
static result check_module(struct arena *a, const char *path)
{
    struct stat st;
    if (path[0] != '/') return token_problem(a, "module 须为绝对路径", "module must be an absolute path");
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return token_problem(a, "没有该模块文件（module）", "there is no such module");
    if ((st.st_uid == 0 || st.st_uid == geteuid()) && (st.st_mode & 022) == 0) return ok();
    return fail(a, CODE_CRYPTO_KEY, slice_cstr(path), "detail", arena_printf(a, "%s: others may change it", path),
                NULL);
}

static result load(struct token *t, struct arena *a)
{
    char *path = arena_cstr(a, t->conf->module);
    CK_C_GetFunctionList get = NULL;
    TRY(check_module(a, path));
    void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = lib ? dlsym(lib, "C_GetFunctionList") : NULL;
    memcpy(&get, &symbol, sizeof get); /* POSIX: a function's address fits */
    if (!get || get(&t->f) != CKR_OK || !t->f)
        return token_problem(a, "该文件不是 PKCS#11 模块", "the file is no module of PKCS #11");
    CK_RV rv = t->f->C_Initialize(NULL); /* one thread */
    return rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? ok() : token_failed(a, "C_Initialize", rv);
}

static bool is_padded(const unsigned char *field, size_t n, struct slice want)
{
    while (n && field[n - 1] == ' ') n--;
    return slice_eq(slice_of((const char *)field, n), want);
}

static result find_slot(struct token *t, struct arena *a, CK_SLOT_ID *out)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;
    int found = 0;
    CK_RV rv = t->f->C_GetSlotList(CK_TRUE, slots, &n);
    if (rv != CKR_OK) return token_failed(a, "C_GetSlotList", rv);
    for (CK_ULONG i = 0; i < n; i++) {
        CK_TOKEN_INFO info;
        if (t->f->C_GetTokenInfo(slots[i], &info) != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED)) continue;
        if (!is_padded(info.label, sizeof info.label, t->conf->label)) continue;
        if (t->conf->serial.n && !is_padded(info.serialNumber, sizeof info.serialNumber, t->conf->serial)) continue;
        size_t len = sizeof info.serialNumber;
        while (len && info.serialNumber[len - 1] == ' ') len--;
        t->serial = arena_copy(t->a, slice_of((const char *)info.serialNumber, len));
        *out = slots[i];
        found++;
    }
    if (found == 1) return ok();
    if (found == 0) return token_problem(a, "令牌不在（label、serial）", "the token is not there (label, serial)");
    return token_problem(a, "有多个同名令牌，请写明 serial", "several tokens have this label: say which by serial");
}

static result sign_in(struct token *t, struct arena *a)
{
    struct slice pin;
    char *path = arena_cstr(a, t->conf->pin_file);
    TRY(signd_private(a, path));
    TRY(signd_read_file(a, path, PIN_MAX, &pin));
    struct slice bare = slice_trim(pin);
    CK_RV rv = t->f->C_Login(t->session, CKU_USER, (unsigned char *)(uintptr_t)bare.p, bare.n);
    crypto_wipe((void *)(uintptr_t)pin.p, pin.n);
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) return ok();
    if (rv == CKR_PIN_INCORRECT || rv == CKR_PIN_INVALID || rv == CKR_PIN_LEN_RANGE)
        return token_problem(a, "PIN 不正确（多次错误会锁定令牌）", "the PIN is wrong (the token locks after several)");
    if (rv == CKR_PIN_LOCKED) return token_problem(a, "PIN 已锁定", "the PIN is locked");
    return token_failed(a, "C_Login", rv);
}

/* A module that once missed its token may keep to that until it begins anew. */
static result find_again(struct token *t, struct arena *a, CK_SLOT_ID *slot)
{
    t->f->C_Finalize(NULL);
    CK_RV rv = t->f->C_Initialize(NULL);
    if (rv != CKR_OK) return token_failed(a, "C_Initialize", rv);
    return find_slot(t, a, slot);
}

result token_session(struct token *t, struct arena *a)
{
    CK_SLOT_ID slot = 0;
    if (t->open) return ok();
    result there = find_slot(t, a, &slot);
    if (failed(there) && t->epoch) there = find_again(t, a, &slot);
    TRY(there);
    CK_RV rv = t->f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->session);
    if (rv != CKR_OK) return token_failed(a, "C_OpenSession", rv);
    t->open = true;
    t->epoch++;
    result r = sign_in(t, a);
    if (failed(r)) token_close(t);
    return r;
}

/* Before the libraries that the module uses end themselves. */
static void leave(void *token)
{
    struct token *t = token;
    if (t->f) t->f->C_Finalize(NULL);
}

result token_open(struct arena *a, const struct token_conf *conf, struct token **out)
{
    struct token *t = NEW(a, struct token);
    *t = (struct token){.a = a, .conf = conf};
    *out = t;
    arena_cleanup(a, leave, t);
    TRY(load(t, a));
    return token_session(t, a);
}
