/* Identifiers of persons, organisations, things and papers: check, take apart, generate.
 * Values are upper case and without separators; identifier_normal() makes them so from what people type. */
#ifndef BASE_IDENTIFIER_H
#define BASE_IDENTIFIER_H

#include "base/time.h"

enum id_kind {
    ID_KIND_NONE,
    ID_KIND_USCC,             /* "uscc"             统一社会信用代码, GB 32100-2015, 18 */
    ID_KIND_ORG_CODE,         /* "org_code"         组织机构代码, GB 11714-1997, 9 */
    ID_KIND_RESIDENT_ID,      /* "resident_id"      公民身份号码, GB 11643-1999, 18 */
    ID_KIND_RESIDENCE_PERMIT, /* "residence_permit" 港澳台居民居住证, 18, beginning 810000, 820000 or 830000 */
    ID_KIND_HKM_PERMIT,       /* "hkm_permit"       港澳居民来往内地通行证: H or M and 8 digits */
    ID_KIND_TW_PERMIT,        /* "tw_permit"        台湾居民来往大陆通行证: 8 digits */
    ID_KIND_PASSPORT,         /* "passport"         护照, ICAO Doc 9303: 5 to 9 letters and digits */
    ID_KIND_ECERT,            /* "ecert_id"         电子证照标识, GB/T 36904-2018 */
    ID_KIND_BASIC_CODE,       /* "basic_code"       政务服务事项基本编码, GB/T 39554.1-2020, 12 */
    ID_KIND_IMPL_CODE,        /* "impl_code"        实施编码, 31; with the 业务办理项 33 */
    ID_KIND_CASE_NO,          /* "case_no"          办件编号: 实施编码 + date + 4 digits, 43 or 45 */
    ID_KIND_REALTY_UNIT,      /* "bdcdyh"           不动产单元代码, GB/T 37346-2019, 28 */
    ID_KIND_PARCEL,           /* "zddm"             宗地代码, its first 19 */
    ID_KIND_CONTAINER,        /* "iso6346"          集装箱号, ISO 6346, 11 */
    ID_KIND_COUNT
};

enum { IDENTIFIER_PARTS = 8 };

/* ID_KIND_NONE when there is no such name. */
enum id_kind id_kind_of(struct slice name);
const char *id_kind_name(enum id_kind kind);                  /* as above; "" for NONE */
const char *id_kind_title(enum id_kind kind, enum lang lang); /* what people call it */

/* Good, or one problem at `field` that names the first rule broken: IDENTIFIER_LENGTH, _ALPHABET (which
 * character), _DATE, _PART (a code outside its table) or _CHECK_DIGIT (with the expected one). Certificates of
 * other issuers exist whose check character is wrong: for those a caller may treat CHECK_DIGIT as a warning.
 * Regions are checked by province only (GB/T 2260 changes and old codes stay valid); dates must exist but
 * may lie in the future: base has no clock. */
MUST result identifier_check(struct arena *a, enum id_kind kind, struct slice value, struct slice field);

/* Trimmed, capital letters, full-width letters and digits made plain, spaces and hyphens inside taken out. */
struct slice identifier_normal(struct arena *a, enum id_kind kind, struct slice value);

/* Puts parts together and adds the check characters; what comes out has passed identifier_check (problems at
 * `field`). Parts by kind:
 *   USCC              department (1), class (1), region (6), organisation code without its check (8)
 *   ORG_CODE          the first 8
 *   RESIDENT_ID, RESIDENCE_PERMIT  region (6), date of birth YYYYMMDD, sequence (3; odd: male)
 *   ECERT             type code (21), issuer (18; a region of 6 is seen too), serial, version (3)
 *   BASIC_CODE        catalogue level or province (2), item type (2), main item (5), sub-item (3)
 *   IMPL_CODE         USCC of the body, level (1), basic code (12), and optionally the handled item (2)
 *   CASE_NO           implementation code, date YYYYMMDD, sequence (4)
 *   REALTY_UNIT       county (6), 地籍区 (3), 地籍子区 (3), 宗地特征码 (2), 宗地顺序号 (5), 定着物特征码 (1), unit (8)
 *   PARCEL            the first five of these
 *   CONTAINER         owner (3), category (1), serial (6)
 *   the others        the number */
MUST result identifier_generate(struct arena *a, enum id_kind kind, const struct slice *parts, size_t nparts,
                                struct slice field, struct slice *out);

/* The same parts of a value that has passed the check (slices of it, without the check characters);
 * returns how many. */
size_t identifier_split(enum id_kind kind, struct slice value, struct slice parts[IDENTIFIER_PARTS]);

/* Of a checked RESIDENT_ID or RESIDENCE_PERMIT: date of birth, and sex (digit 17 odd: male). */
bool resident_id_read(struct slice value, day *birth, bool *male);

/* Check characters; '\0' when a character is outside the alphabet or the length is wrong. */
char uscc_check(struct slice first17);        /* GB 32100: weights 3^i mod 31 */
char org_code_check(struct slice first8);     /* GB 11714: mod 11, 10 is X */
char resident_id_check(struct slice first17); /* GB 11643, ISO 7064 MOD 11-2 */
char mod_37_36(struct slice s);               /* ISO 7064 MOD 37,36 over 0-9A-Z (GB/T 36904) */
char container_check(struct slice first10);   /* ISO 6346 */

#endif
