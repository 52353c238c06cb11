#include "areas/17_government_services/hotline/area.h"

#include "areas/17_government_services/hotline/hotline.h"
#include "city/vault/rotate.h"

static const struct verb *const VERBS[] = {&VERB_HOTLINE_OPEN,    &VERB_HOTLINE_ASSIGN, &VERB_HOTLINE_RETURN,
                                           &VERB_HOTLINE_REPLY,   &VERB_HOTLINE_VISIT,  &VERB_HOTLINE_REFUSE,
                                           &VERB_HOTLINE_ESCALATE};
static const struct endpoint *const ENDPOINTS[] = {&EP_HOTLINE_WORDS,   &EP_HOTLINE_ASK,       &EP_HOTLINE_FOLLOW,
                                                   &EP_HOTLINE_OWN,     &EP_HOTLINE_CALL,      &EP_HOTLINE_CALLER,
                                                   &EP_HOTLINE_SUGGEST, &EP_HOTLINE_TICKETS,   &EP_HOTLINE_TICKET,
                                                   &EP_HOTLINE_FILE,    &EP_HOTLINE_STATISTICS};

#define OF_CASE "JOIN data_key k ON k.id = t.case_id"
static const struct sealed_place SEALED[] = {
    SEALED_PLACE("hotline_contact", "case_id", "contact_ct", OF_CASE, HOTLINE_CONTACT_PLACE),
    SEALED_PLACE_2("hotline_file", "case_id", "no", "meta_ct", OF_CASE, HOTLINE_META_PLACE, NULL),
    SEALED_PLACE_2("hotline_file", "case_id", "no", "content_ct", OF_CASE, HOTLINE_CONTENT_PLACE, NULL),
};

/* Mail may lie there that no server can read now: what is told does not wait for it. */
result hotline_work(struct city *c, struct arena *a, instant now, size_t *done)
{
    size_t mails = 0, told = 0;
    result all = hotline_maildir(c, a, now, &mails);
    result more = hotline_tell(c, a, now, &told);
    *done = mails + told;
    return failed(more) ? result_join(a, all, more) : all;
}

const struct area AREA_HOTLINE = {.number = 17,
                                  .name_zh = "12345企业专席",
                                  .name_en = "Enterprise seat of the hotline",
                                  .verbs = VERBS,
                                  .nverbs = sizeof VERBS / sizeof *VERBS,
                                  .migrations = HOTLINE_MIGRATIONS,
                                  .nmigrations = HOTLINE_NMIGRATIONS,
                                  .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS},
                                  .clear_projections = HOTLINE_CLEAR,
                                  .sealed = SEALED,
                                  .nsealed = sizeof SEALED / sizeof *SEALED,
                                  .project = hotline_project,
                                  .work = hotline_work};
