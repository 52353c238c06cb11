/* The one XML entry point (expat, namespaces on). DOCTYPE refused, bounded in size, depth and nodes.
 * The tree keeps everything needed to write the document back: comments, processing instructions,
 * prefixes, attribute order. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/result.h"

enum xml_kind { XML_ELEMENT, XML_TEXT, XML_COMMENT, XML_PI };

struct xml_attr {
    struct slice ns;   /* namespace URI; empty: none */
    struct slice name; /* local name */
    struct slice prefix;
    struct slice value;
};

struct xml_node {
    enum xml_kind kind;
    struct slice ns, name, prefix; /* element; PI: name is the target */
    struct slice text;             /* text, comment, PI data */
    const struct xml_attr *attrs;
    size_t nattrs;
    const struct xml_attr *nsdecls; /* declared here: name = prefix ("" = default), value = URI */
    size_t nnsdecls;
    struct xml_node *parent, *first, *last, *next;
    struct xml_node *prolog; /* root only: comments and PIs before it, by next, ending at the root;
                                       those behind the root follow it by next */
    uint32_t line;           /* 1-based, for error messages */
};

/* Limits: depth 200, 1 million nodes and attributes, max_bytes. `where` names the input in errors. The tree
 * refers to `a` only and is UTF-8 whatever the input's encoding (UTF-8, UTF-16, ISO-8859-1, US-ASCII; others
 * are refused). CDATA sections become text; neighbouring pieces of text are one node. */
MUST result xml_parse(struct arena *a, struct slice text, size_t max_bytes, struct slice where, struct xml_node **root);
/* Value of an attribute: ns "" means no namespace, NULL any. Empty slice with p == NULL when absent. */
struct slice xml_attr(const struct xml_node *e, const char *ns, const char *name);
/* First child element of that name (ns NULL: any). */
const struct xml_node *xml_child(const struct xml_node *e, const char *ns, const char *name);
/* Next sibling element of the same name. */
const struct xml_node *xml_next(const struct xml_node *e, const char *ns, const char *name);
/* All text below, concatenated. */
struct slice xml_text(struct arena *a, const struct xml_node *e);
/* Text escaped for content or a quoted attribute. What XML cannot contain becomes U+FFFD. */
void xml_escape(struct buf *b, struct slice s);
/* Whole document back to text: UTF-8 with a declaration. Prefixes and declarations are written as they stand
 * in the tree: who builds a tree declares the namespaces it uses. */
struct slice xml_write(struct arena *a, const struct xml_node *root);
/* The same document: elements, attributes and declarations in order, prefixes, text, comments and processing instructions, those
 * before and behind the root included. CDATA is text; line numbers do not count. */
bool xml_equal(const struct xml_node *x, const struct xml_node *y);

#endif
