/* The certificate and its key, looked at before the listener gets them: its own message would say nothing. */
#include "app/tongban/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static result unusable(struct arena *a, const char *key, const char *zh, const char *en)
{
    ERR_clear_error();
    return fail(a, CODE_SERVE_TLS_PAIR, slice_cstr(key), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en),
                NULL);
}

static int no_passphrase(char *buf, int size, int writing, void *ctx)
{
    (void)buf;
    (void)size;
    (void)writing;
    (void)ctx;
    return 0;
}

static result look(struct arena *a, struct slice cert, struct slice key)
{
    BIO *in = BIO_new_mem_buf(cert.p, (int)cert.n), *in_key = BIO_new_mem_buf(key.p, (int)key.n);
    X509 *x = in ? PEM_read_bio_X509(in, NULL, no_passphrase, NULL) : NULL;
    EVP_PKEY *k = in_key ? PEM_read_bio_PrivateKey(in_key, NULL, no_passphrase, NULL) : NULL;
    result r = ok();
    if (!x)
        r = unusable(a, "tls.cert", "不是 PEM 证书", "not a PEM certificate");
    else if (!k)
        r = unusable(a, "tls.key", "不是无口令的 PEM 私钥", "not a PEM private key without passphrase");
    else if (X509_check_private_key(x, k) != 1)
        r = unusable(a, "tls.key", "私钥与证书不配对", "the key does not belong to the certificate");
    else if (X509_cmp_current_time(X509_get0_notAfter(x)) < 0)
        r = unusable(a, "tls.cert", "证书已过期", "the certificate has expired");
    X509_free(x);
    EVP_PKEY_free(k);
    BIO_free(in);
    BIO_free(in_key);
    return r;
}

result tls_read(struct cli *c, struct opened *o, struct slice *cert, struct slice *key)
{
    struct slice cert_path = config_text(o->config, "tls.cert"), key_path = config_text(o->config, "tls.key");
    *cert = *key = (struct slice){NULL, 0};
    if (cert_path.n == 0 && key_path.n == 0) return ok();
    if (cert_path.n == 0) return unusable(c->a, "tls.cert", "未给出证书", "no certificate given");
    if (key_path.n == 0) return unusable(c->a, "tls.key", "未给出私钥", "no key given");
    TRY(file_read(c->a, arena_cstr(c->a, cert_path), 1 << 20, cert));
    TRY(file_read(c->a, arena_cstr(c->a, key_path), 1 << 20, key));
    return look(c->a, *cert, *key);
}
