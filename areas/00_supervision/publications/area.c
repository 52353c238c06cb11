#include "areas/00_supervision/publications/news.h"

static const struct endpoint *const ENDPOINTS[] = {
    &EP_NEWS,     &EP_NEWS_ONE,     &EP_NEWS_FILE,    &EP_NEWS_FEED,   &EP_NEWS_DESK,     &EP_NEWS_GET,
    &EP_NEWS_NEW, &EP_NEWS_VERSION, &EP_NEWS_APPROVE, &EP_NEWS_REJECT, &EP_NEWS_WITHDRAW,
};

const struct migration NEWS_MIGRATIONS[NEWS_NMIGRATIONS] = {
    {"publications", 1, "publications",
     "-- retention: for ever; what the city told everybody, without personal data\n"
     "CREATE TABLE news (key {TEXT} PRIMARY KEY, kind {TEXT} NOT NULL, department {TEXT} NOT NULL, on_day {INT} NOT NULL,"
     " year {INT} NOT NULL, areas {TEXT} NOT NULL, version {INT} NOT NULL, released_at {INT} NOT NULL, changed_at {INT} NOT NULL,"
     " withdrawn_at {INT} NOT NULL, withdrawn_why {TEXT} NOT NULL);\n"
     "CREATE INDEX news_latest ON news (on_day, key);\n"
     "CREATE INDEX news_changed ON news (changed_at);\n"
     "-- retention: as news; what was released when, and by whom\n"
     "CREATE TABLE news_version (key {TEXT} NOT NULL, version {INT} NOT NULL, content {TEXT} NOT NULL, state {TEXT} NOT NULL,"
     " made_by {BLOB}, made_at {INT} NOT NULL, decided_by {BLOB}, decided_at {INT} NOT NULL, reason {TEXT} NOT NULL,"
     " PRIMARY KEY (key, version));\n"
     "CREATE INDEX news_version_state ON news_version (state, key);\n",
     NULL},
};

const struct area AREA_NEWS = {.number = 0,
                               .name_zh = "政策宣传",
                               .name_en = "Publications",
                               .migrations = NEWS_MIGRATIONS,
                               .nmigrations = NEWS_NMIGRATIONS,
                               .endpoints = {ENDPOINTS, sizeof ENDPOINTS / sizeof *ENDPOINTS}};
