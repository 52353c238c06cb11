#include "areas/00_supervision/ratings/area.h"

#include "areas/00_supervision/ratings/ratings.h"
#include "city/vault/rotate.h"

static const struct verb *const VERBS[] = {&VERB_RATING_ANNUL};
static const struct endpoint *const ENDPOINTS[] = {&EP_RATING_CASE, &EP_RATING_CASE_GIVE, &EP_RATING_CODE_NEW,
                                                   &EP_RATING_CODE, &EP_RATING_CODE_GIVE, &EP_RATINGS,
                                                   &EP_RATINGS_DESK};

static const struct sealed_place SEALED[] = {
    SEALED_PLACE("rating", "id", "text_ct", "JOIN data_key k ON k.id = t.key_owner", RATING_TEXT_PLACE),
};

const struct area AREA_RATINGS = {.number = 0,
                                  .name_zh = "好差评",
                                  .name_en = "Rating of services",
                                  .verbs = VERBS,
                                  .nverbs = sizeof VERBS / sizeof *VERBS,
                                  .migrations = RATINGS_MIGRATIONS,
                                  .nmigrations = RATINGS_NMIGRATIONS,
                                  .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS},
                                  .clear_projections = RATINGS_CLEAR,
                                  .sealed = SEALED,
                                  .nsealed = sizeof SEALED / sizeof *SEALED,
                                  .project = ratings_project,
                                  .work = ratings_work};
