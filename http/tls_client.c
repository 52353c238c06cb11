/* Certificates of clients (mutual TLS). The handshake proves that the client has the key; whether the certificate is any good is not TLS's to say but
 * city/certificates's, by the trust lists of the moment: so none is refused here, and no names of CAs are sent (they would be those of the start). */
#include "http/internal.h"

#include <gnutls/gnutls.h>

static gnutls_session_t session_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return i ? (gnutls_session_t)i->tls_session : NULL;
}

void tls_client_ask(struct MHD_Connection *c)
{
    gnutls_session_t s = session_of(c);
    if (!s) return;
    gnutls_certificate_server_set_request(s, GNUTLS_CERT_REQUEST);
    gnutls_certificate_send_x509_rdn_sequence(s, 1);
}

const struct tls_peer *tls_client_of(struct arena *a, struct MHD_Connection *c)
{
    struct tls_peer *p = NEW(a, struct tls_peer);
    gnutls_session_t s = session_of(c);
    unsigned n = 0;
    if (!s || gnutls_certificate_type_get2(s, GNUTLS_CTYPE_PEERS) != GNUTLS_CRT_X509) return p;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(s, &n);
    for (unsigned i = 0; list && i < n && i < TLS_PEER_MAX; i++)
        p->certs[p->n++] = arena_copy(a, slice_of((const char *)list[i].data, list[i].size));
    return p;
}
