"""Signing in by certificate from outside: two running cities, a CA with a real responder and a real revocation list, the first city's trust list
adopted by the second, every refusal with its reason, and mutual TLS."""
import http.client
import json
import os
import ssl

from authority import Authority, b64
from lib import Browser, City, certificate, check, same, test

HUIZHOU = {"TONGBAN_CITY_CODE": "441300", "TONGBAN_CITY_NAME_ZH": "惠州市", "TONGBAN_CITY_NAME_EN": "Huizhou"}


def people(city):
    with open(city.path("demo-signins.json"), encoding="utf-8") as f:
        return json.load(f)


def officer(city, server, login):
    b = Browser(server)
    b.sign_in(login, people(city)["password"])
    return b


def changed(city, server, kind, content, want="waiting"):
    """Asked by one officer, approved by another."""
    v = officer(city, server, "administrator").json("POST", "/admin/trust-changes", {"kind": kind, "content": content, "reason": "测试"}, want=201)
    same(v["state"], want, kind)
    if want == "waiting":
        officer(city, server, "security").json("POST", "/admin/trust-changes/%s/approve" % v["id"], {}, want=204)


def challenge(browser):
    return browser.json("POST", "/session/certificate/challenge", {})["challenge"]


def proof(folder, text, c, form="raw"):
    if form == "cms":
        return {"challenge": text, "form": "cms", "signature": b64(c.cms(text, folder))}
    return {"challenge": text, "form": "raw", "signature": b64(c.sign(text, folder)), "certificate": b64(c.der())}


def enter(ca, server, c, form="raw", code=None, body=None):
    """Signs in with this certificate; or is refused with this code. Gives the session or the problem."""
    b = Browser(server)
    body = body or proof(ca.dir, challenge(b), c, form)
    status, content = b.call("POST", "/api/v1/session/certificate", body)
    v = json.loads(content)
    got = None if status == 200 else v["problems"][0]["code"]
    same(got, code, content[:300])
    if code:
        p = v["problems"][0]
        check(p["text"]["zh"] != p["text"]["en"] and p["remedy"]["zh"] and p["remedy"]["en"], "one language", p)
        return p
    b.csrf = v["csrf"]
    b.actor = v["actor"]
    return b


def number_of(city, server, login):
    b = officer(city, server, login)
    fields = b.json("GET", "/me/profile")["fields"]
    return next(f["value"] for f in fields if f["pointer"].endswith("/id_number"))


@test
def one_certificate_on_two_cities():
    with City() as dongguan, City() as huizhou, Authority(dongguan.top + "/ca") as ca:
        a, b = dongguan.serve("--demo"), huizhou.serve("--demo", env=HUIZHOU)
        number = number_of(dongguan, a, "zhangsan")
        zhang = ca.issue("zhang", number)
        ca.serve_crl()
        ca.serve_ocsp()
        enter(ca, a, zhang, code="cert.untrusted")  # nobody is recognised yet
        same(Browser(a).call("GET", "/api/v1/trust-list")[0], 404)
        changed(dongguan, a, "ca", ca.entry())
        s = enter(ca, a, zhang)
        same(s.actor["login"], "zhangsan")
        bound = s.json("GET", "/me/certificates")["items"]
        same((len(bound), bound[0]["how"], bound[0]["ca"]["en"]), (1, "signin", "Test Authority"))

        # the second city does not know the CA until it adopts the first one's list, under roots that two people compared
        enter(ca, b, zhang, code="cert.untrusted")
        status, document = Browser(a).call("GET", "/api/v1/trust-list")
        same(status, 200)
        with open(dongguan.path("anchors.pem"), encoding="ascii") as f:
            anchors = f.read()
        with open(huizhou.path("anchors.pem"), encoding="ascii") as f:
            wrong = f.read()
        admin = officer(huizhou, b, "administrator")
        for roots, text, code in ((wrong, document.decode(), "trust_list.signature"),
                                  (anchors, document.decode().replace("2090-12-31", "2091-12-31"), "trust_list.signature"),
                                  (anchors, "{}", "trust_list.form")):
            v = admin.json("POST", "/admin/trust-changes", {"kind": "import", "content": {"document": text, "anchors": roots}, "reason": "x"},
                           want=422)
            same(v["problems"][0]["code"], code)
        changed(huizhou, b, "import", {"document": document.decode(), "anchors": anchors})
        same(enter(ca, b, zhang).actor["login"], "zhangsan")
        same(officer(huizhou, b, "zhangsan").json("GET", "/me/certificates")["items"][0]["city"]["zh"], "东莞市")

        # suspended in one, and refused there with its reason and date, while the other goes on
        changed(huizhou, b, "status", {"source": "441900", "ca": "test", "status": "suspended"}, want="done")
        p = enter(ca, b, zhang, code="cert.ca_status")
        check("暂停认可" in p["text"]["zh"] and "suspended since 20" in p["text"]["en"], p)
        enter(ca, a, zhang)
        lists = officer(huizhou, b, "security").json("GET", "/admin/trust-lists")["lists"]
        same([(x["source"], x["own"], x["cas"][0]["status"], x["cas"][0]["counts"]) for x in lists],
             [("441300", True, "suspended", True), ("441900", False, "granted", False)])
        changed(huizhou, b, "status", {"source": "441300", "ca": "441900-test", "status": "granted"})
        enter(ca, b, zhang)
        changed(huizhou, b, "status", {"source": "441300", "ca": "441900-test", "status": "withdrawn"})
        enter(ca, b, zhang, code="cert.ca_status")

        # from the command line as from the pages
        r = dongguan.run("--json", "admin", "trust-list", "show")
        same((r.code, r.json()["lists"][0]["cas"][0]["status"]), (0, "granted"))
        same(dongguan.run("admin", "trust-list", "export").json()["format"], "tongban trust list 1")
        r = dongguan.run("--json", "admin", "trust-list", "status", "441900", "test", "suspended", "--as", "security", "--reason", "x")
        same((r.code, r.json()["state"]), (0, "done"))
        enter(ca, a, zhang, code="cert.ca_status")
        v = dongguan.run("--json", "admin", "trust-list", "status", "441900", "test", "granted", "--as", "security", "--reason", "x").json()
        same(dongguan.run("--json", "admin", "trust-list", "approve", v["id"], "--as", "security").problem()["code"], "two_people")
        audit = officer(dongguan, a, "auditor").json("GET", "/audit?limit=100")["items"]
        actions = {x["action"] for x in audit}
        for action in ("trust_list.asked", "trust_list.changed", "trust_list.suspended", "certificate.bound", "signin.certificate",
                       "signin.certificate_refused"):
            check(action in actions, action, sorted(actions))
        same(dongguan.stop(a), 0)
        same(huizhou.stop(b), 0)


@test
def certificates_refused_and_accepted():
    with City() as c, Authority(c.top + "/ca") as ca, Authority(c.top + "/stranger", "Stranger") as stranger:
        s = c.serve("--demo", env={"TONGBAN_HTTP_RATE_CERTIFICATE": "100000"})
        number = number_of(c, s, "zhangsan")
        ca.serve_crl()
        ca.serve_ocsp()
        changed(c, s, "ca", ca.entry(policies=["1.2.156.112562.1"]))
        # every kind of key, every form of signature
        for name, kind in (("p256", "p256"), ("p384", "p384"), ("rsa", "rsa"), ("sm2", "sm2")):
            one = ca.issue(name, number, kind)
            if kind != "p384":
                same(enter(ca, s, one).actor["login"], "zhangsan", kind)
            if kind != "sm2":
                enter(ca, s, one, "cms")
        day = "20200101000000Z"
        enter(ca, s, ca.issue("expired", number, start="20190101000000Z", end=day), code="cert.expired")
        enter(ca, s, ca.issue("early", number, start="20800101000000Z", end="20810101000000Z"), code="cert.not_yet")
        enter(ca, s, ca.issue("encrypt", number, usage="encrypt"), code="cert.key_usage")
        enter(ca, s, ca.issue("plain", number, usage="plain"), code="cert.policy")
        enter(ca, s, stranger.issue("strange", number), code="cert.untrusted")
        enter(ca, s, ca.issue("nameless", "none"), code="cert.identifier")
        enter(ca, s, ca.issue("nobody", "44010619900101003X"), code="cert.account")
        # the responder says it, though the list is fetched as well
        gone = ca.issue("gone", number)
        ca.revoke(gone)
        ca.stop_ocsp()
        ca.serve_ocsp()
        p = enter(ca, s, gone, code="cert.revoked")
        check("密钥泄露" in p["text"]["zh"], p)
        # challenges: of another certificate, used, spoilt, none of ours
        good, other = ca.issue("good", number), ca.issue("other", number)
        b = Browser(s)
        body = proof(ca.dir, challenge(b), good)
        enter(ca, s, good, body={**body, "certificate": b64(other.der())}, code="cert.proof")
        enter(ca, s, good, body={**body, "challenge": body["challenge"] + " "}, code="cert.challenge")
        enter(ca, s, good, body=body)
        enter(ca, s, good, body=body, code="cert.challenge_used")
        enter(ca, s, good, body={**body, "form": "cms", "signature": "AAAA"}, code="cert.proof")
        same(c.stop(s), 0)


@test
def revocation_sources_that_are_down():
    with City() as c, Authority(c.top + "/ca") as ca:
        s = c.serve("--demo")
        number = number_of(c, s, "zhangsan")
        ca.serve_crl()
        ca.served = False
        changed(c, s, "ca", ca.entry())
        p = enter(ca, s, ca.issue("one", number), code="cert.status")  # neither responder nor list
        check("吊销" in p["text"]["zh"], p)
        two = ca.issue("two", number)
        ca.serve_ocsp()
        enter(ca, s, two)  # the responder alone
        ca.stop_ocsp()
        enter(ca, s, ca.issue("three", number), code="cert.status")
        same(c.stop(s), 0)
    with City() as c, Authority(c.top + "/ca") as ca:
        s = c.serve("--demo")
        number = number_of(c, s, "zhangsan")
        ca.serve_crl()
        changed(c, s, "ca", ca.entry(ocsp=[]))
        enter(ca, s, ca.issue("four", number))  # the list alone
        same(c.stop(s), 0)


@test
def enterprises_and_their_agents():
    with City() as c, Authority(c.top + "/ca") as ca:
        s = c.serve("--demo")
        ca.serve_crl()
        changed(c, s, "ca", ca.entry(ocsp=[]))
        uscc = number_of_enterprise(c, s, "yunfan")
        same(enter(ca, s, ca.issue("firm", uscc)).actor["login"], "yunfan")
        same(c.stop(s), 0)


def number_of_enterprise(city, server, login):
    fields = officer(city, server, login).json("GET", "/me/profile")["fields"]
    return next(f["value"] for f in fields if f["pointer"].endswith("/id_number"))


@test
def mutual_tls():
    with City() as c, Authority(c.top + "/ca") as ca:
        os.makedirs(c.top + "/tls")
        cert, key = certificate(c.top + "/tls")
        plain = ssl.create_default_context(cafile=cert)
        s = c.serve("--demo", env={"TONGBAN_TLS_CERT": cert, "TONGBAN_TLS_KEY": key, "TONGBAN_TLS_CLIENT": "true"}, context=plain)
        number = number_of(c, s, "zhangsan")
        ca.serve_crl()
        changed(c, s, "ca", ca.entry(ocsp=[]))
        same(Browser(s).json("POST", "/session/certificate/challenge", {})["tls"], True)

        def by(one, version):
            context = ssl.create_default_context(cafile=cert)
            context.minimum_version = context.maximum_version = version
            if one:
                context.load_cert_chain(one.path, one.key)
            h = http.client.HTTPSConnection("127.0.0.1", s.port, context=context)
            h.request("POST", "/api/v1/session/certificate/tls", body=b"{}", headers={"Content-Type": "application/json"})
            r = h.getresponse()
            v = json.loads(r.read())
            h.close()
            return v["actor"]["login"] if r.status == 200 else v["problems"][0]["code"]

        good = ca.issue("good", number)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            same(by(good, version), "zhangsan")
            same(by(None, version), "cert.none")
            same(by(ca.issue("old%d" % version, number, start="20190101000000Z", end="20200101000000Z"), version), "cert.expired")
        same(c.stop(s), 0)
    with City() as c:
        s = c.serve("--demo")
        v = Browser(s).json("POST", "/session/certificate/tls", {}, want=422)
        same(v["problems"][0]["code"], "cert.none")
        same(Browser(s).json("POST", "/session/certificate/challenge", {})["tls"], False)
        same(c.stop(s), 0)
