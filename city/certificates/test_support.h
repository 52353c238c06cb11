/* A CA of the tests on this city's trust list. */
#ifndef CITY_CERTIFICATES_TEST_SUPPORT_H
#define CITY_CERTIFICATES_TEST_SUPPORT_H

#include "city/certificates/internal.h"
#include "city/testkit.h"
#include "trust/x509_test_support.h"

/* An entry of a list: holders' numbers stand in the common name. status_age_hours 0: refuse. */
const struct json *kit_ca(struct city_kit *k, const char *id, const struct test_cert *root, const char *status,
                          int age_hours);
/* The same put on this city's list by two people. */
void kit_recognise(struct city_kit *k, const char *id, const struct test_cert *root, int age_hours);
/* What the worker would have fetched from the entry's address: a list that revokes `who` (NULL: nobody). */
void kit_crl(struct city_kit *k, struct test_cert *root, const struct test_cert *who, int from, int to);
#define KIT_CRL "http://127.0.0.1:1/root.crl"
/* A change asked by an administrator and approved by a security officer (made when first needed). */
struct id kit_change(struct city_kit *k, const char *kind, const struct json *content);
struct actor kit_officer(struct city_kit *k, enum role role);

#endif
