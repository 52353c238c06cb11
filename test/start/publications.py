"""Publications from the command line and the feeds as a feed reader asks for them: conditionally, by HEAD, with any XML parser."""
import json
import xml.etree.ElementTree as ET

from lib import Browser, City, check, same, test

ATOM = "{http://www.w3.org/2005/Atom}"


def piece(title, **more):
    text = {"zh": title, "en": title + " (en)"}
    return json.dumps({"kind": "notice", "title": text, "summary": text, "body": text, "department": "fgj", "date": "2021-09-01", **more})


def entries(content):
    root = ET.fromstring(content)
    same(root.tag, ATOM + "feed")
    for e in [root] + root.findall(ATOM + "entry"):
        for name in ("id", "title", "updated"):
            same(len(e.findall(ATOM + name)), 1, name)
    return [e.find(ATOM + "title").text for e in root.findall(ATOM + "entry")]


@test
def publications_and_feeds():
    with City() as c:
        c.write("in/a-notice.json", piece("甲 <b> & 乙"))
        c.write("in/bad.json", piece("坏", areas=[99], department="nobody"))
        s = c.serve()
        b = Browser(s)
        r = c.run("--json", "publication", "import", c.path("in"))
        same(r.code, 1)
        same(r.json()["problems"][0]["field"], "bad.json#/areas/0")
        c.write("in/bad.json", piece("好"))
        v = c.run("--json", "publication", "import", c.path("in"), "--release").json()
        same((v["added"], v["same"], v["released"]), (1, 1, 2), v)
        same(c.run("--json", "publication", "import", c.path("in"), "--release").json()["released"], 0)
        status, content = b.call("GET", "/feeds/all.atom")
        same((status, b.head["Content-Type"], b.head["Cache-Control"]), (200, "application/atom+xml; charset=utf-8", "no-cache"))
        same(sorted(entries(content)), sorted(["甲 <b> & 乙", "好"]))
        tag, at = b.head["ETag"], b.head["Last-Modified"]
        for fields in ({"If-None-Match": tag}, {"If-Modified-Since": at}, {"If-None-Match": '"x", W/' + tag}):
            status, content = b.call("GET", "/feeds/all.atom", fields=fields)
            same((status, content), (304, b""), fields)
            same(b.head["ETag"], tag)
        for fields in ({"If-None-Match": '"x"', "If-Modified-Since": at}, {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, {"If-Modified-Since": "yesterday"}):
            same(b.call("GET", "/feeds/all.atom", fields=fields)[0], 200, fields)
        same(b.call("HEAD", "/feeds/notice.atom")[0], 200)
        same(entries(b.call("GET", "/feeds/case.atom")[1]), [])
        same(sorted(entries(b.call("GET", "/feeds/all.atom?lang=en")[1])), sorted(["甲 <b> & 乙 (en)", "好 (en)"]))
        same(b.call("GET", "/feeds/none.atom")[0], 404)
        same(b.call("POST", "/feeds/all.atom", {})[0], 405)
        same(b.call("GET", "/feeds/all.atom?x=1")[0], 400)
        same(b.json("GET", "/news/a-notice")["kind"], "notice")
        check("no-store" in (b.call("GET", "/api/v1/news")[0] and b.head["Cache-Control"]), b.head)
        same(c.stop(s), 0)


@test
def a_demonstration_city_has_pieces():
    for plan in (False, True):
        with City() as c:
            s = c.serve("--plan" if plan else "--demo")
            v = Browser(s).json("GET", "/news")
            same(len(v["items"]), 3 if plan else 6)
            for p in v["items"]:
                check("【演示】" in p["title"]["zh"], p["title"])
            same(c.stop(s), 0)
