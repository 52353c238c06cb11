/* A small city for the tests of city/ and of its endpoints: every table, fresh keys, a few departments and towns, a clock
 * that the test moves. */
#ifndef CITY_TESTKIT_H
#define CITY_TESTKIT_H

#include "city/catalogue/catalogue.h"
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "store/store_test_support.h"

#define KIT_PASSWORD S("Riverside-Lantern-7")
/* Valid numbers (GB 11643, GB 32100) that belong to nobody. */
#define KIT_NUMBER S("11010519491231002X")
#define KIT_NUMBER_2 S("440524188001010014")

struct city_kit {
    struct store_fixture *f;
    struct arena *a;
    instant now;
    struct city c;
    struct citydata *data;
    int serial;
};
/* The store's clock is k->now too (the store is reopened). */
void city_kit_open(struct city_kit *k, struct store_fixture *f);
/* A staff account with this role in department "scjg", town "*"; password KIT_PASSWORD. */
struct actor kit_staff(struct city_kit *k, const char *login, enum role role);
/* A registered person of this number; a fresh valid number when empty. */
struct actor kit_person(struct city_kit *k, const char *login, struct slice number);
/* A registered enterprise with a fresh valid USCC. */
struct actor kit_enterprise(struct city_kit *k, const char *login);
/* The one-time code of a secret, as totp_begin shows it, at a moment. */
struct slice kit_totp(struct city_kit *k, struct slice secret, instant at);
/* A fresh valid resident identity number. */
struct slice kit_number(struct city_kit *k);
/* The folder of the example service in test/city/service, its files replaceable: path "" ends the list. */
struct service_files kit_service(struct city_kit *k);
struct service_files kit_service_with(struct city_kit *k, const char *path, const char *from, const char *to);

#endif
