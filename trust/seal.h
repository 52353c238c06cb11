/* Electronic seals (电子印章) and what they sign: GB/T 38540-2020 (v4), GM/T 0031-2014 (v1), GM/T 0031-2025 (v5). Reading is strict DER
 * within bounds, with the few liberties that seals in use take (below); writing is v4. Nothing is verified here: trust/seal_verify.h.
 *
 * Liberties taken by v1 files: GeneralizedTime instead of UTCTime; timeInfo as UTCTime, GeneralizedTime, or a bit string of either;
 * dataHash as OCTET STRING. */
#ifndef TRUST_SEAL_H
#define TRUST_SEAL_H

#include "base/time.h"

enum {
    SEAL_MAX_BYTES = 2 << 20, /* of a seal or a signature, picture included */
    SEAL_CERTS_MAX = 64,
    SEAL_EXTENSIONS_MAX = 32,
    SEAL_PICTURE_MAX = 1 << 20,
    SEAL_PICTURE_SIDE = 4096, /* pixels */
    SEAL_SIDE_MM = 200,
    SEAL_NAME_MAX = 400,
};

enum seal_version { SEAL_V1 = 1, SEAL_V4 = 4, SEAL_V5 = 5 };
enum seal_list { SEAL_LIST_CERTIFICATES = 1, SEAL_LIST_DIGESTS = 2 };

struct seal_picture {
    struct slice type; /* "PNG", "ofd" … as it stands */
    struct slice data;
    int width, height; /* mm */
};

/* SESeal. All slices point into the bytes parsed. */
struct seal {
    enum seal_version version;
    struct slice der;    /* the whole */
    struct slice vendor; /* Vid */
    struct slice id;     /* esID */
    int type;            /* 1: of a unit; 2: of a person; others are in use */
    struct slice name;
    enum seal_list list;
    struct slice certs[SEAL_CERTS_MAX];   /* certificates, or their digests */
    struct slice methods[SEAL_CERTS_MAX]; /* of digests: the name of the function */
    size_t ncerts;
    instant made, from, to;
    struct seal_picture picture;
    bool critical;          /* an extension that must be understood; none is */
    struct slice tbs;       /* what the maker signed: eSealInfo (v4, v5) or SEQUENCE {info, cert, alg} (v1) */
    struct slice maker;     /* certificate of who made it (制章者), DER */
    struct slice algorithm; /* content of the OID */
    struct slice signature;
};
/* SES_Signature. */
struct seal_signature {
    enum seal_version version;
    struct seal seal;
    instant at;        /* timeInfo; 0: not told in a form that is read */
    struct slice hash; /* dataHash */
    struct slice property;
    bool critical;
    struct slice tbs;    /* DER of TBS_Sign */
    struct slice signer; /* certificate, DER */
    struct slice algorithm, value;
    struct slice timestamp; /* of v4 and v5; empty: none. Not evaluated. */
};

/* CODE_SEAL_MALFORMED says what is wrong. */
MUST result seal_parse(struct arena *a, struct slice der, struct seal *out);
MUST result seal_signature_parse(struct arena *a, struct slice der, struct seal_signature *out);
/* 1.2.156.10197.1.501: SM2 with SM3. */
bool seal_algorithm_sm2(struct slice oid);

/* The picture: a PNG, JPEG, BMP or GIF whose head fits its type and whose sides are within SEAL_PICTURE_SIDE; or a small OFD package without
 * signatures, seals, attachments or further packages inside. CODE_SEAL_PICTURE. */
MUST result seal_picture_check(struct arena *a, const struct seal_picture *p);
/* Whether the type is one of these. */
bool seal_picture_known(struct slice type);

/* ---- writing, v4 ---- */
struct seal_spec {
    struct slice vendor, id; /* IA5 */
    int type;
    struct slice name;
    const struct slice *certs; /* who may sign with it; certificates, DER */
    size_t ncerts;
    instant made, from, to;
    struct seal_picture picture;
};
/* DER of eSealInfo, which the maker signs. CODE_SEAL_MALFORMED: something does not fit the form. */
MUST result seal_info_write(struct arena *a, const struct seal_spec *s, struct slice *info);
struct slice seal_write(struct arena *a, struct slice info, struct slice maker, struct slice signature);
/* DER of TBS_Sign, which the seal's key signs. hash: SM3 of the bytes of Signature.xml; property: its path. */
struct slice seal_tbs_write(struct arena *a, struct slice seal, instant at, struct slice hash, struct slice property);
struct slice seal_signature_write(struct arena *a, struct slice tbs, struct slice signer, struct slice value);

#endif
