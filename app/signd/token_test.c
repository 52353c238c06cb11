/* Keys in a token (SoftHSM): what is refused at the start, what happens when it goes away, and that nothing comes out of it. argv[1]: tongban-signd. */
#include "app/signd/signd_test_support.h"

#include "app/signd/token.h"

#include <dlfcn.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char module_path[] = SOFTHSM;

/* ---- the token, as its owner sees it with another program ---- */

struct view {
    CK_FUNCTION_LIST *f;
    CK_SESSION_HANDLE session;
};

static struct view look(void)
{
    struct view v = {NULL, 0};
    CK_C_GetFunctionList get = NULL;
    CK_SLOT_ID slots[8];
    CK_ULONG n = 8;
    void *lib = dlopen(module_path, RTLD_NOW | RTLD_LOCAL), *symbol = lib ? dlsym(lib, "C_GetFunctionList") : NULL;
    memcpy(&get, &symbol, sizeof get);
    assert_non_null(get);
    assert_int_equal(get(&v.f), CKR_OK);
    assert_int_equal(v.f->C_Initialize(NULL), CKR_OK);
    assert_int_equal(v.f->C_GetSlotList(CK_TRUE, slots, &n), CKR_OK);
    assert_int_equal(v.f->C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &v.session), CKR_OK);
    unsigned char pin[] = TOKEN_PIN;
    assert_int_equal(v.f->C_Login(v.session, CKU_USER, pin, sizeof pin - 1), CKR_OK);
    return v;
}

static void look_away(struct view *v)
{
    v->f->C_Finalize(NULL);
}

static CK_ULONG find_all(struct view *v, CK_OBJECT_CLASS class, const char *label, CK_OBJECT_HANDLE *out, CK_ULONG max)
{
    CK_ULONG n = 0;
    CK_ATTRIBUTE what[] = {{CKA_CLASS, &class, sizeof class}, {CKA_LABEL, NULL, 0}};
    if (label) what[1] = (CK_ATTRIBUTE){CKA_LABEL, (void *)(uintptr_t)label, strlen(label)};
    assert_int_equal(v->f->C_FindObjectsInit(v->session, what, label ? 2 : 1), CKR_OK);
    assert_int_equal(v->f->C_FindObjects(v->session, out, max, &n), CKR_OK);
    assert_int_equal(v->f->C_FindObjectsFinal(v->session), CKR_OK);
    return n;
}

static bool says(struct view *v, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL b = CK_FALSE;
    CK_ATTRIBUTE one = {type, &b, sizeof b};
    assert_int_equal(v->f->C_GetAttributeValue(v->session, key, &one, 1), CKR_OK);
    return b == CK_TRUE;
}

static void no_private_half_can_be_read(void **state)
{
    (void)state;
    CK_OBJECT_HANDLE keys[16];
    char value[4096];
    assert_int_equal(place_init(NULL), 0);
    struct view v = look();
    CK_ULONG n = find_all(&v, CKO_PRIVATE_KEY, NULL, keys, 16);
    assert_int_equal(n, 4); /* document, ed25519, id, log */
    n += find_all(&v, CKO_SECRET_KEY, NULL, keys + n, 16 - n);
    assert_int_equal(n, 5); /* and the one that seals keys.json */
    for (CK_ULONG i = 0; i < n; i++) {
        assert_true(says(&v, keys[i], CKA_SENSITIVE) && says(&v, keys[i], CKA_ALWAYS_SENSITIVE));
        assert_true(!says(&v, keys[i], CKA_EXTRACTABLE) && says(&v, keys[i], CKA_NEVER_EXTRACTABLE));
        CK_ATTRIBUTE one = {CKA_VALUE, value, sizeof value};
        assert_int_equal(v.f->C_GetAttributeValue(v.session, keys[i], &one, 1), CKR_ATTRIBUTE_SENSITIVE);
    }
    look_away(&v);
}

/* ---- the start ---- */

static void set_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_wrong_pin_is_said(void **state)
{
    (void)state;
    set_file(place.pin, "000000", 0600);
    refused("the PIN is wrong");
    set_file(place.pin, TOKEN_PIN, 0640);
    refused("chmod 600");
    assert_int_equal(unlink(place.pin), 0);
    refused(place.pin);
    set_file(place.pin, TOKEN_PIN, 0600);
    stop(serve(NULL));
}

static void token_conf(const char *module, const char *label)
{
    char path[128], text[512];
    snprintf(path, sizeof path, "%s/token.conf", place.keys);
    snprintf(text, sizeof text, "module = %s\nlabel = %s\npin_file = %s\n", module, label, place.pin);
    set_file(path, text, 0600);
}

static void a_wrong_module_or_label_is_said(void **state)
{
    (void)state;
    char copy[128], path[128];
    token_conf(module_path, "another");
    refused("the token is not there");
    token_conf("libsofthsm2.so", "city");
    refused("absolute path");
    token_conf("/nonexistent/p11.so", "city");
    refused("no such module");
    token_conf("/usr/lib/x86_64-linux-gnu/libz.so.1", "city");
    refused("no module of PKCS #11");
    snprintf(copy, sizeof copy, "%s/module.so", place.dir);
    set_file(copy, "", 0666);
    token_conf(copy, "city");
    refused("others may change it");
    snprintf(path, sizeof path, "%s/token.conf", place.keys);
    assert_int_equal(unlink(path), 0);
    snprintf(copy, sizeof copy, "%s/passphrase", place.keys);
    set_file(copy, "guess", 0600);
    refused("belongs to a token"); /* the file alone */
    assert_int_equal(unlink(copy), 0);
    token_conf(module_path, "city");
    stop(serve(NULL));
}

static void rename_tokens(const char *from, const char *to)
{
    char a[128], b[128];
    snprintf(a, sizeof a, "%s/%s", place.dir, from);
    snprintf(b, sizeof b, "%s/%s", place.dir, to);
    assert_int_equal(rename(a, b), 0);
}

static void empty_tokens(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/tokens", place.dir);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void a_token_that_is_gone(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct record_signatures sig;
    struct slice record = S("{\"id\":\"x\",\"type\":\"document\"}");
    char path[128];
    rename_tokens("tokens", "away");
    empty_tokens();
    refused("the token is not there");
    snprintf(path, sizeof path, "%s/tokens", place.dir);
    rmdir(path);
    rename_tokens("away", "tokens");
    pid_t pid = serve(NULL);
    assert_good(a, signer_open(a, place.socket, &s));
    assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
    rename_tokens("tokens", "away"); /* pulled out of a running signer */
    assert_code(signer_sign_record(s, a, S("x"), record, &sig), CODE_UNAVAILABLE);
    rename_tokens("away", "tokens"); /* and put back: it goes on by itself */
    assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
    stop(pid);
}

/* ---- keys ---- */

static void replace_log_key(bool extractable, bool again)
{
    CK_OBJECT_HANDLE key, pub, private;
    CK_BBOOL yes = CK_TRUE, may = extractable ? CK_TRUE : CK_FALSE, hidden = extractable ? CK_FALSE : CK_TRUE;
    unsigned char id[32], params[] = "\x06\x03\x2b\x65\x70";
    struct view v = look();
    assert_int_equal(find_all(&v, CKO_PRIVATE_KEY, "tongban log", &key, 1), 1);
    CK_ATTRIBUTE has = {CKA_ID, id, sizeof id};
    assert_int_equal(v.f->C_GetAttributeValue(v.session, key, &has, 1), CKR_OK);
    assert_int_equal(v.f->C_DestroyObject(v.session, key), CKR_OK);
    if (again) {
        CK_MECHANISM m = {CKM_EC_EDWARDS_KEY_PAIR_GEN, NULL, 0};
        CK_ATTRIBUTE ours = {CKA_ID, id, has.ulValueLen}, label = {CKA_LABEL, (void *)(uintptr_t) "tongban log", 11};
        CK_ATTRIBUTE public[] = {{CKA_TOKEN, &yes, 1}, {CKA_VERIFY, &yes, 1}, {CKA_EC_PARAMS, params, 5}};
        CK_ATTRIBUTE secret[] = {{CKA_TOKEN, &yes, 1},
                                 {CKA_PRIVATE, &yes, 1},
                                 {CKA_SENSITIVE, &hidden, 1},
                                 {CKA_SIGN, &yes, 1},
                                 {CKA_EXTRACTABLE, &may, 1},
                                 ours,
                                 label};
        assert_int_equal(v.f->C_GenerateKeyPair(v.session, &m, public, 3, secret, 7, &pub, &private), CKR_OK);
    }
    look_away(&v);
}

static void a_key_that_can_leave_is_refused(void **state)
{
    (void)state;
    replace_log_key(true, true);
    refused("can leave the token");
    replace_log_key(false, true); /* another key under the same number */
    refused("not that of the public half");
    replace_log_key(false, false);
    refused("is not in the token");
}

/* ---- the kinds of key ---- */

static X509 *cert_of(struct slice pem)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);
    BIO_free(b);
    assert_non_null(x);
    return x;
}

/* OpenSSL as judge of a PDF's CMS, up to the root. */
static void judge(struct arena *a, struct slice cms, struct slice anchors, struct slice data)
{
    const unsigned char *p = (const unsigned char *)cms.p;
    CMS_ContentInfo *m = d2i_CMS_ContentInfo(NULL, &p, (long)cms.n);
    X509_STORE *store = X509_STORE_new();
    X509 *root = cert_of(anchors);
    BIO *in = BIO_new_mem_buf(data.p, (int)data.n);
    (void)a;
    assert_non_null(m);
    X509_STORE_add_cert(store, root);
    X509_VERIFY_PARAM_set_purpose(X509_STORE_get0_param(store), X509_PURPOSE_ANY);
    assert_int_equal(CMS_verify(m, NULL, store, in, NULL, CMS_BINARY | CMS_CADES), 1);
    BIO_free(in);
    X509_free(root);
    X509_STORE_free(store);
    CMS_ContentInfo_free(m);
}

static void sign_a_pdf(struct arena *a, const char *document, int kind)
{
    struct signer *s;
    struct signer_certificates c;
    struct slice head = {NULL, 0}, cms, tail = S(">\ntrailer\n%%EOF\n");
    snprintf(place.keys, sizeof place.keys, "%s/keys-%s", place.dir, document);
    assert_int_equal(place_init(document), 0);
    pid_t pid = serve(NULL);
    for (int round = 0; round < 2; round++)
        head = arena_printf(
            a, "%%PDF-1.5\n9 0 obj\n<< /TongbanPurpose /licence.pdf\n/ByteRange [0 %-10zu %-10zu %-10zu]\n/Contents ",
            head.n, head.n + 100, tail.n);
    assert_good(a, signer_open(a, place.socket, &s));
    assert_good(a, signer_certificates(s, a, &c));
    X509 *x = cert_of(c.document);
    assert_int_equal(EVP_PKEY_get_base_id(X509_get0_pubkey(x)), kind);
    X509_free(x);
    assert_good(a, signer_sign_pdf(s, a, SIGN_LICENCE_PDF, S("x"), head, tail, &cms));
    judge(a, cms, c.anchors, arena_printf(a, "%.*s%.*s", SLICE_ARG(head), SLICE_ARG(tail)));
    stop(pid);
}

static void every_kind_signs(void **state)
{
    struct arena *a = *state;
    sign_a_pdf(a, "p256", EVP_PKEY_EC);
    sign_a_pdf(a, "p384", EVP_PKEY_EC);
    sign_a_pdf(a, "rsa", EVP_PKEY_RSA);
}

static void numbers_become_der(void **state)
{
    struct arena *a = *state;
    assert_slice(hex_encode(a, token_ecdsa_der(a, S("\x00\x00\x01\x80"))), "300702010002020180");
    assert_slice(hex_encode(a, token_ecdsa_der(a, S("\x80\x7f"))), "3007020200800201"
                                                                   "7f");
    assert_slice(hex_encode(a, token_ecdsa_der(a, S("\x00\x00"))), "3006020100020100");
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    place_make(argv[1], true);
    const struct CMUnitTest tests[] = {TEST(no_private_half_can_be_read),
                                       TEST(a_wrong_pin_is_said),
                                       TEST(a_wrong_module_or_label_is_said),
                                       TEST(a_token_that_is_gone),
                                       TEST(a_key_that_can_leave_is_refused),
                                       TEST(every_kind_signs),
                                       TEST(numbers_become_der)};
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    place_remove();
    return rc;
}
