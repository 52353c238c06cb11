/* The schema of schemas in one document: what JSON Schema 2020-12 says of each keyword's value (C, V), under the
 * metaschema's own URI, so that a schema may refer to it. */
#include "engine/form/compile.h"

#define SELF "{\"$dynamicRef\":\"#meta\"}"
#define MAP "{\"$ref\":\"#/$defs/schemas\"}"
#define LIST "{\"$ref\":\"#/$defs/list\"}"
#define COUNT "{\"$ref\":\"#/$defs/count\"}"
#define NUMBER "{\"type\":\"number\"}"
#define FLAG "{\"type\":\"boolean\"}"
#define TEXT "{\"type\":\"string\"}"
#define NAMES "{\"$ref\":\"#/$defs/names\"}"
#define ANCHOR "{\"$ref\":\"#/$defs/anchor\"}"
#define P(name, value) "\"" name "\":" value ","

static const char text[] =
    "{\"$id\":\"https://json-schema.org/draft/2020-12/schema\",\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{" P(
        "$id", "{\"type\":\"string\",\"pattern\":\"^[^#]*#?$\"}") P("$schema",
                                                                    TEXT) P("$ref",
                                                                            TEXT) P("$dynamicRef",
                                                                                    TEXT) P("$anchor",
                                                                                            ANCHOR) P("$dynamicAnchor",
                                                                                                      ANCHOR)
        P("$vocabulary", "{\"type\":\"object\",\"additionalProperties\":" FLAG "}") P("$comment", TEXT) P("$defs", MAP) P(
            "definitions",
            MAP) P("type",
                   "{\"anyOf\":[{\"$ref\":\"#/$defs/type\"},{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/type\"},\"minItems\":1,\"uniqueItems\":true}]}")
            P("enum",
              "{\"type\":\"array\"}") P("const", "true") P("multipleOf", "{\"type\":\"number\",\"exclusiveMinimum\":0}")
                P("maximum", NUMBER) P("minimum", NUMBER) P("exclusiveMaximum", NUMBER) P("exclusiveMinimum", NUMBER)
                    P("maxLength", COUNT) P("minLength", COUNT) P("pattern", TEXT) P("maxItems", COUNT) P(
                        "minItems",
                        COUNT) P("uniqueItems",
                                 FLAG) P("maxContains",
                                         COUNT) P("minContains", COUNT)
                        P("maxProperties", COUNT) P("minProperties", COUNT) P("required", NAMES) P(
                            "dependentRequired",
                            "{\"type\":\"object\",\"additionalProperties\":" NAMES "}") P("prefixItems", LIST)
                            P("items", SELF) P("contains", SELF) P("additionalProperties", SELF) P("properties", MAP) P(
                                "patternProperties",
                                MAP) P("dependentSchemas",
                                       MAP) P("propertyNames", SELF)
                                P("if", SELF) P("then", SELF) P("else", SELF) P("allOf", LIST) P("anyOf", LIST) P(
                                    "oneOf", LIST)
                                    P("not", SELF) P("unevaluatedItems", SELF) P("unevaluatedProperties", SELF) P(
                                        "contentSchema", SELF) P("contentEncoding",
                                                                 TEXT) P("contentMediaType", TEXT)
                                        P("format", TEXT) P("title", TEXT) P("description", TEXT) P(
                                            "default", "true") P("deprecated",
                                                                 FLAG) P("readOnly", FLAG)
                                            P("writeOnly", FLAG) "\"examples\":{\"type\":\"array\"}},\"$defs\":{" P(
                                                "schemas",
                                                "{\"type\":\"object\",\"additionalProperties\":" SELF
                                                "}") P("list", "{\"type\":\"array\",\"minItems\":1,\"items\":" SELF "}")
                                                P("count", "{\"type\":\"integer\",\"minimum\":0}") P(
                                                    "names",
                                                    "{\"type\":\"array\",\"items\":" TEXT ",\"uniqueItems\":true}")
                                                    P("anchor",
                                                      "{\"type\":\"string\",\"pattern\":\"^[A-Za-z_][-A-Za-z0-9._]*$\"}") "\"type\":{\"enum\":[\"array\",\"boolean\",\"integer\",\"null\",\"number\",\"object\",\"string\"]}}}";

const struct json *meta_schema(struct arena *a, struct slice uri)
{
    const struct json *v;
    if (!slice_is(uri, "https://json-schema.org/draft/2020-12/schema")) return NULL;
    return failed(json_parse(a, slice_cstr(text), sizeof text, uri, &v)) ? NULL : v;
}
