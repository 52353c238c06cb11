/* OFD packages (版式文档, GB/T 33190-2016): which files there are, what each is for, where the pages, resources and signatures stand.
 * Tolerant where real writers differ (order of elements, namespaces, case of paths), strict and bounded otherwise. Nothing is drawn. */
#ifndef TRUST_OFD_H
#define TRUST_OFD_H

#include "trust/zip.h"

#define OFD_NS "http://www.ofdspec.org/2016"

enum {
    OFD_MAX_BYTES = 8 << 20,     /* of a package */
    OFD_MAX_UNPACKED = 48 << 20, /* of all its files */
    OFD_MAX_FILES = 2000,
    OFD_MAX_XML = 4 << 20,
    OFD_MAX_DOCUMENTS = 16,
    OFD_MAX_SIGNATURES = 64
};

/* What a file is for. */
enum ofd_role {
    OFD_DOCUMENT, /* Document.xml */
    OFD_RESOURCES,
    OFD_FONT,
    OFD_MEDIA,
    OFD_PROFILE,
    OFD_TEMPLATE,
    OFD_PAGE,
    OFD_ANNOTATIONS,
    OFD_ANNOTATION,
    OFD_TAGS,
    OFD_TAG,
    OFD_ATTACHMENTS,
    OFD_ATTACHMENT,
    OFD_EXTENSIONS,
    OFD_EXTENSION,
    OFD_VERSION,
    OFD_VERSION_FILE
};
/* A file that can be reached from the document. */
struct ofd_part {
    enum ofd_role role;
    uint32_t id; /* of the page, template, font or picture; of an annotation: its page's; 0: none */
    const struct zip_entry *file;
};
struct ofd_signature {
    struct slice id;              /* as written: "1", "s001" */
    struct slice type;            /* "Seal" (also when nothing is said) or "Sign" */
    const struct zip_entry *file; /* Signature.xml */
};
struct ofd_custom {
    struct slice name, value; /* DocInfo/CustomDatas: the metadata of an e-licence (GB/T 36903) */
};
struct ofd_document {
    struct slice id, title, created;
    const struct ofd_custom *custom;
    size_t ncustom;
    const struct ofd_part *parts; /* every file reachable from DocRoot and Versions, once each; [0] is DocRoot */
    size_t nparts;
    const struct ofd_part **pages; /* in reading order */
    size_t npages;
    const struct zip_entry *signature_list; /* Signatures.xml; NULL: unsigned */
    const struct ofd_signature *signatures;
    size_t nsignatures;
};
struct ofd {
    struct zip zip;
    const struct ofd_document *documents; /* DocBody elements */
    size_t ndocuments;
    bool case_differs; /* some path is written in another case than the file's name */
};

/* CODE_ZIP_*; CODE_OFD_MALFORMED, CODE_XML_*: the field is the file in the package. Keeps referring to `file`. */
MUST result ofd_read(struct arena *a, struct slice file, struct ofd *out);
/* ST_Loc → name in the package: "/x" from its root, else from the folder of `from` (a name in the package; "" is the root) and `base` (of Res).
 * CODE_OFD_MALFORMED when it leads out of the package or is no path. */
MUST result ofd_resolve(struct arena *a, struct slice from, struct slice base, struct slice loc, struct slice *name);
/* The file at an ST_Loc. CODE_OFD_MALFORMED when there is none. */
MUST result ofd_file(struct arena *a, const struct ofd *o, struct slice from, struct slice loc,
                     const struct zip_entry **out);

#endif
