"""The one configuration file: unknown keys, bad values, environment, what is in force."""
import os
import re

from lib import City, check, same, test


@test
def defaults_are_printed_as_a_file():
    with City() as c:
        r = c.run("admin", "config")
        same(r.code, 0, r.err)
        check("#listen = 127.0.0.1:8080" in r.out, r.out[:300])
        check("TONGBAN_LISTEN" in r.out)
        keys = re.findall(r"^#?([a-z_.0-9]+) = ", r.out, re.M)
        check(len(keys) > 20, keys)
        # what is printed is itself a configuration file, and means the same
        c.write("tongban.conf", re.sub(r"^#([a-z_.0-9]+ = )", r"\1", r.out, flags=re.M))
        again = c.run("--json", "admin", "config")
        same(again.code, 0, again.err)
        same(list(again.json()), keys)
        same(again.json()["job.threads"], 2)


@test
def unknown_keys():
    with City() as c:
        path = c.write("tongban.conf", "# a comment\nlisten = 127.0.0.1:8080\nhttp.wrokers = 4\n")
        for call in (["serve"], ["admin", "config"], ["coverage"], ["calendar", "show", "2021-05-08"]):
            r = c.run(*call)
            same(r.code, 2, call)
            for part in (path + ":3", '"http.wrokers"', '"http.workers"'):
                check(part in r.err, "the message lacks", part, r.err)
        p = c.run("--json", "admin", "config").problem()
        same((p["code"], p["field"]), ("config.unknown", path + ":3"))
        check("http.workers" in p["remedy_zh"] and "http.workers" in p["remedy_en"], p)
        check(not os.path.exists(c.path("city.db")), "a wrong configuration made a database")


@test
def all_faults_at_once():
    with City() as c:
        c.write("tongban.conf", "listen 127.0.0.1\nhttp.workers = many\nproxied = perhaps\nlog.level = loud\njob.threads = 0\nlisten = a\nlisten = b\n")
        r = c.run("admin", "config")
        same(r.code, 2)
        for n in (1, 2, 3, 4, 5, 7):
            check("tongban.conf:%d:" % n in r.err, "line", n, "is not named in", r.err)


@test
def environment_comes_first():
    with City() as c:
        c.write("tongban.conf", "http.workers = 3\nmetrics.token = secret-in-file\n")
        v = c.run("--json", "admin", "config", env={"TONGBAN_HTTP_WORKERS": "5", "TONGBAN_LOG_LEVEL": "warn"}).json()
        same((v["http.workers"], v["log.level"], v["metrics.token"]), (5, "warn", "********"))
        r = c.run("admin", "config", env={"TONGBAN_HTTP_WORKERS": "lots"})
        same(r.code, 2)
        check("TONGBAN_HTTP_WORKERS" in r.err, r.err)
        shown = c.run("admin", "config")
        check("secret-in-file" not in shown.out + shown.err, "a secret is printed")


@test
def the_folder_by_environment():
    with City() as c:
        c.write("tongban.conf", "city.name_en = Elsewhere\n")
        v = c.run("--json", "admin", "config", data=False, env={"TONGBAN_DATA": c.dir}).json()
        same(v["city.name_en"], "Elsewhere")


@test
def languages():
    with City() as c:
        c.write("tongban.conf", "x = 1\n")
        check("Unknown key" in c.run("admin", "config", lang="en").err)
        check("未知的配置项" in c.run("admin", "config", lang="zh").err)
