#include "city/migrate.h"

#include "city/cases/cases.h"
#include "city/cases/change.h"
#include "city/catalogue/catalogue.h"
#include "city/certificates/certificates.h"
#include "city/decisions/decisions.h"
#include "city/drafts/drafts.h"
#include "city/identity/identity.h"
#include "city/log/log.h"
#include "city/messages/messages.h"
#include "city/oidc/oidc.h"
#include "city/personal/personal.h"
#include "city/rights/rights.h"
#include "city/seals/seals.h"
#include "city/search/search.h"
#include "city/simulation/simulation.h"
#include "city/vault/vault.h"

result city_migrate(struct store *s, struct arena *a, const struct areas *areas)
{
    const struct {
        const struct migration *list;
        size_t n;
    } OWN[] = {{RIGHTS_MIGRATIONS, RIGHTS_NMIGRATIONS},         {VAULT_MIGRATIONS, VAULT_NMIGRATIONS},
               {IDENTITY_MIGRATIONS, IDENTITY_NMIGRATIONS},     {CATALOGUE_MIGRATIONS, CATALOGUE_NMIGRATIONS},
               {DECISIONS_MIGRATIONS, DECISIONS_NMIGRATIONS},   {DRAFTS_MIGRATIONS, DRAFTS_NMIGRATIONS},
               {MESSAGES_MIGRATIONS, MESSAGES_NMIGRATIONS},     {SEALS_MIGRATIONS, SEALS_NMIGRATIONS},
               {PERSONAL_MIGRATIONS, PERSONAL_NMIGRATIONS},     {CERTIFICATES_MIGRATIONS, CERTIFICATES_NMIGRATIONS},
               {CASES_MIGRATIONS, CASES_NMIGRATIONS},           {SEARCH_MIGRATIONS, SEARCH_NMIGRATIONS},
               {SIMULATION_MIGRATIONS, SIMULATION_NMIGRATIONS}, {LOG_MIGRATIONS, LOG_NMIGRATIONS},
               {CHANGES_MIGRATIONS, CHANGES_NMIGRATIONS},       {OIDC_MIGRATIONS, OIDC_NMIGRATIONS}};
    int applied;
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++) TRY(store_migrate(s, a, OWN[i].list, OWN[i].n, &applied));
    for (size_t i = 0; i < areas->n; i++)
        if (areas->list[i]->nmigrations)
            TRY(store_migrate(s, a, areas->list[i]->migrations, areas->list[i]->nmigrations, &applied));
    return ok();
}
