/* ZIP packages (APPNOTE 6.3, the part OFD uses: stored and deflated entries, no ZIP64, no encryption, one disk). Reading is strict: the
 * entries and their headers tile the file without gap or overlap, local headers agree with the directory, checksums and sizes are right,
 * names are plain relative paths and no two are the same (nor differ by the case of ASCII letters only). What is outside is refused. */
#ifndef TRUST_ZIP_H
#define TRUST_ZIP_H

#include "base/result.h"

struct zip_entry {
    struct slice name;  /* UTF-8: a/b.xml, without leading "/"; folders are left out */
    struct slice bytes; /* inflated */
};
struct zip {
    const struct zip_entry *entries; /* in the order of the directory */
    size_t n;
    const struct zip_packed *packed; /* by zip_read, entry by entry: how its bytes lie in the file */
};
struct zip_packed {
    struct slice bytes; /* deflated; NULL: stored */
    uint32_t crc;       /* of what is inflated */
};
struct zip_limits {
    size_t entries; /* folders included */
    size_t bytes;   /* of all entries, inflated */
    size_t ratio;   /* an entry of more than 64 KiB may not be larger than its packed form times this */
};

/* CODE_ZIP_MALFORMED, CODE_ZIP_LIMIT; the field is the entry's name. Nothing is inflated before every header was checked. Names and stored
 * entries refer to `file`. */
MUST result zip_read(struct arena *a, struct slice file, const struct zip_limits *most, struct zip *out);
/* The entry of that name; NULL. */
const struct zip_entry *zip_find(const struct zip *z, struct slice name);
/* The same when only the case of ASCII letters differs, as in packages made on systems that do not tell the two apart. */
const struct zip_entry *zip_find_anycase(const struct zip *z, struct slice name);
/* Whether the name is one that zip_read would take. */
bool zip_name_good(struct slice name);

/* Entries in the order given, without times or owners: the same entries give the same bytes. Deflated where that is smaller. CODE_ZIP_LIMIT:
 * more than 65,535 entries or 64 MiB; CODE_ZIP_MALFORMED: a name that zip_read would refuse, or twice the same. */
MUST result zip_write(struct arena *a, const struct zip_entry *entries, size_t n, struct slice *out);
/* The same; what is an entry of `from` still, by the address of its bytes, is taken as it lies there and not deflated again. from: NULL for
 * none. */
MUST result zip_write_again(struct arena *a, const struct zip_entry *entries, size_t n, const struct zip *from,
                            struct slice *out);

#endif
