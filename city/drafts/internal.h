/* Shared by the files of city/drafts only. */
#ifndef CITY_DRAFTS_INTERNAL_H
#define CITY_DRAFTS_INTERNAL_H

#include "city/drafts/drafts.h"
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "city/sql.h"

MUST result attachments_erase(struct tx *tx, struct arena *a, struct id subject, instant now);

#endif
