"""Signing in across systems: two real cities, one the other's identity provider; a hostile provider, which is a double in this file; and
glewlwyd, another maker's provider, as a process of its own."""
import base64
import gzip
import hashlib
import http.client
import http.server
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import threading
import time
import urllib.parse

from lib import PATIENCE, Browser, City, check, environment, free_port, same, test

GLEWLWYD = shutil.which("glewlwyd")


def b64(b):
    return base64.urlsafe_b64encode(b).rstrip(b"=").decode()


def query(address):
    return {k: v[0] for k, v in urllib.parse.parse_qs(urllib.parse.urlsplit(address).query, keep_blank_values=True).items()}


def demo(city, env=None):
    server = city.serve("--demo", env=env)
    with open(city.path("demo-signins.json"), encoding="utf-8") as f:
        server.password = json.load(f)["password"]
    server.url = "http://127.0.0.1:%d" % server.port
    return server


def settings(city, issuer, client, secret, more=None):
    """Environment of a city that has this provider."""
    os.makedirs(city.dir, exist_ok=True)
    path = city.write("idp-secret", secret + "\n")
    os.chmod(path, 0o600)
    return {"TONGBAN_IDP_ISSUER": issuer, "TONGBAN_IDP_CLIENT_ID": client, "TONGBAN_IDP_SECRET_FILE": path,
            "TONGBAN_IDP_NAME_ZH": "省统一身份认证", "TONGBAN_IDP_NAME_EN": "Province sign-in", **(more or {})}


def go(server):
    """Whoever presses the button: the browser's binding, and where it is sent."""
    who, binding = Browser(server), b64(secrets.token_bytes(32))
    return who, binding, who.json("POST", "/session/outside", {"binding": binding})["redirect"]


def back(who, binding, answer, want=200):
    """The browser comes back with this query."""
    body = {k: answer[k] for k in ("state", "code", "iss", "error") if k in answer}
    status, content = who.call("POST", "/api/v1/session/outside/back", {"binding": binding, **body})
    v = json.loads(content)
    if status != 200:
        v = v["problems"][0]
    same(status if isinstance(want, int) else v.get("code"), want, content[:300])
    if v.get("csrf"):
        who.csrf = v["csrf"]
    return v


def register(provider, redirect, scopes=("identity",), basis=""):
    """A system of the providing city, by two officers."""
    admin, security = Browser(provider), Browser(provider)
    admin.sign_in("administrator", provider.password)
    security.sign_in("security", provider.password)
    asked = admin.json("POST", "/admin/systems", {"name": {"zh": "市平台", "en": "City"}, "purpose": {"zh": "登录", "en": "to sign in"},
                                                  "redirects": [redirect], "scopes": list(scopes), "basis": basis}, want=201)
    made = security.json("POST", "/admin/systems/%s/approve" % asked["id"])
    return made["client_id"], made["client_secret"]


def authorize(provider, login, address):
    """The person at the provider; what the browser is sent back with."""
    who = Browser(provider)
    who.sign_in(login, provider.password)
    v = who.json("POST", "/oidc/authorize", {"parameters": query(address), "answer": "agree"})
    return query(v["redirect"])


@test
def two_cities():
    with City() as one, City() as two:
        provider = demo(one)
        port = free_port()
        client, secret = register(provider, "http://127.0.0.1:%d/oidc/back" % port)
        env = settings(two, provider.url, client, secret)
        relying = two.serve("--demo", port=port, env=env)
        with open(two.path("demo-signins.json"), encoding="utf-8") as f:
            relying.password = json.load(f)["password"]
        same(Browser(relying).json("GET", "/session")["city"]["idp"], {"zh": "省统一身份认证", "en": "Province sign-in"})
        # the first time nobody is bound: an ordinary sign-in binds
        who, binding, address = go(relying)
        answer = authorize(provider, "zhangsan", address)
        v = back(who, binding, answer)
        same((v["signed_in"], bool(v["ticket"])), (False, True))
        who.sign_in("lisi", relying.password)
        who.json("POST", "/me/outside", {"ticket": v["ticket"]}, want=204)
        who.json("POST", "/me/outside", {"ticket": v["ticket"]}, want=409)
        same(who.json("GET", "/me/outside")["bound"], True)
        # from then on the provider is enough
        who, binding, address = go(relying)
        answer = authorize(provider, "zhangsan", address)
        v = back(who, binding, answer)
        same((v["signed_in"], v["actor"]["login"]), (True, "lisi"))
        # the answer again, from here or from another browser; and one that was not begun in this browser (an injected code)
        back(who, binding, answer, "idp.state")
        mine, kept, address = go(relying)
        stolen = authorize(provider, "zhangsan", address)
        other, others, _ = go(relying)
        back(other, others, stolen, "idp.state")
        # a code of one sign-in in another: its verifier and nonce are others
        mine, kept, address = go(relying)
        theirs = authorize(provider, "wujiu", go(relying)[2])
        back(mine, kept, {**theirs, "state": query(address)["state"]}, "idp.refused")
        # the person says no; another provider answers
        mine, kept, address = go(relying)
        back(mine, kept, {"state": query(address)["state"], "error": "access_denied", "iss": provider.url}, "idp.refused")
        mine, kept, address = go(relying)
        back(mine, kept, {**authorize(provider, "zhangsan", address), "iss": "https://mixed.up"}, "token.claim")
        # ended: the identity is nobody's again
        who.json("DELETE", "/me/outside", want=204)
        mine, kept, address = go(relying)
        check(back(mine, kept, authorize(provider, "zhangsan", address))["ticket"])
        # the provider is away: said so, and passwords still work
        one.stop(provider)
        two.stop(relying)
        relying = two.serve(port=port, env=env)
        status, content = Browser(relying).call("POST", "/api/v1/session/outside", {"binding": b64(secrets.token_bytes(32))})
        same((status, json.loads(content)["problems"][0]["code"]), (503, "idp.down"))
        with open(two.path("demo-signins.json"), encoding="utf-8") as f:
            Browser(relying).sign_in("lisi", json.load(f)["password"])


class Hostile(http.server.BaseHTTPRequestHandler):
    """A DOUBLE of an identity provider: it says what the test puts into its server."""

    def log_message(self, *_):
        pass

    def reply(self, v):
        text = json.dumps(v).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        s = self.server
        if self.path.startswith("/.well-known/"):
            return self.reply({"issuer": s.says_issuer, "authorization_endpoint": s.url + "/a", "token_endpoint": s.url + "/t", "jwks_uri": s.url + "/k"})
        return self.reply({"keys": s.keys})

    def do_POST(self):
        s = self.server
        s.forms.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.reply({"access_token": "access", "token_type": "Bearer", "id_token": s.token(s.nonce)})


class Signer:
    """An RSA key in a file, for tokens."""

    def __init__(self, folder, name):
        self.pem, self.name = os.path.join(folder, name + ".pem"), name
        subprocess.run(["openssl", "genrsa", "-out", self.pem, "2048"], check=True, capture_output=True)
        out = subprocess.run(["openssl", "rsa", "-in", self.pem, "-noout", "-modulus"], check=True, capture_output=True, text=True).stdout
        self.jwk = {"kty": "RSA", "kid": name, "n": b64(bytes.fromhex(out.strip().split("=")[1])), "e": "AQAB", "alg": "RS256", "use": "sig"}

    def token(self, claims, head=None):
        text = b64(json.dumps({"alg": "RS256", "kid": self.name, **(head or {})}).encode()) + "." + b64(json.dumps(claims).encode())
        made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.pem], input=text.encode(), check=True, capture_output=True).stdout
        return text + "." + b64(made)


@test
def a_hostile_provider():
    with City() as city:
        s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
        s.url = "http://127.0.0.1:%d" % s.server_address[1]
        s.says_issuer, s.forms = s.url, []
        threading.Thread(target=s.serve_forever, daemon=True).start()
        key, other, fresh = (Signer(city.top, n) for n in ("key", "other", "fresh"))
        s.keys = [key.jwk]
        server = demo(city, settings(city, s.url, "client", "secret", {"TONGBAN_IDP_TRUSTED": "true"}))
        person = Browser(server)
        person.sign_in("zhangsan", server.password)
        fields = {f["pointer"]: f["value"] for f in person.json("GET", "/me/profile")["fields"]}
        number = fields["/id_number"]

        def good(nonce, **more):
            now = int(time.time())
            return {"iss": s.url, "sub": "p1", "aud": "client", "iat": now, "exp": now + 300, "nonce": nonce, "id_number": number, **more}

        def attempt(token, want=200):
            who, binding, address = go(server)
            q = query(address)
            same((q["code_challenge_method"], q["response_type"]), ("S256", "code"))
            s.nonce, s.token = q["nonce"], token
            v = back(who, binding, {"state": q["state"], "code": "abc"}, want)
            form = urllib.parse.parse_qs(s.forms[-1])
            same(b64(hashlib.sha256(form["code_verifier"][0].encode()).digest()), q["code_challenge"])
            return v

        now = int(time.time())
        hmac_key = json.dumps(key.jwk).encode()

        def with_hmac(nonce):
            import hmac
            text = b64(json.dumps({"alg": "HS256", "kid": "key"}).encode()) + "." + b64(json.dumps(good(nonce)).encode())
            return text + "." + b64(hmac.new(hmac_key, text.encode(), "sha256").digest())

        def unsigned(nonce):
            return b64(b'{"alg":"none"}') + "." + b64(json.dumps(good(nonce)).encode()) + "."

        wrong = {
            "another issuer": (lambda n: key.token(good(n, iss="https://mixed.up")), "token.claim"),
            "another audience": (lambda n: key.token(good(n, aud="other")), "token.claim"),
            "several audiences without a party": (lambda n: key.token(good(n, aud=["client", "other"])), "token.claim"),
            "another party": (lambda n: key.token(good(n, azp="other")), "token.claim"),
            "another nonce": (lambda n: key.token(good("x")), "token.claim"),
            "no nonce": (lambda n: key.token({k: v for k, v in good(n).items() if k != "nonce"}), "token.claim"),
            "expired": (lambda n: key.token(good(n, iat=now - 400, exp=now - 100)), "token.claim"),
            "of long ago": (lambda n: key.token(good(n, iat=now - 4000)), "token.claim"),
            "of the future": (lambda n: key.token(good(n, iat=now + 4000, exp=now + 5000)), "token.claim"),
            "another access token": (lambda n: key.token(good(n, at_hash="AAAAAAAAAAAAAAAAAAAAAA")), "token.claim"),
            "no subject": (lambda n: key.token(good(n, sub="")), "token.claim"),
            "another key of the same name": (lambda n: other.token(good(n), {"kid": "key"}), "token.signature"),
            "a key that nobody knows": (lambda n: other.token(good(n)), "token.key"),
            "a key of its own header": (lambda n: other.token(good(n), {"jwk": other.jwk, "kid": "key"}), "token.signature"),
            "no signature": (unsigned, "token.algorithm"),
            "HMAC under the public key": (with_hmac, "token.algorithm"),
            "no token": (lambda n: "", "token.form"),
            "no JSON": (lambda n: "a.b.c", "token.form"),
            "an enormous one": (lambda n: "a" * 300000, "idp.down"),
        }
        for name, (token, code) in wrong.items():
            try:
                attempt(token, code)
            except Exception as e:
                raise Exception("%s: %s" % (name, e))
        # and a good one: the account is found by the verified number, and bound
        v = attempt(lambda n: key.token(good(n)))
        same(v["actor"]["login"], "zhangsan")
        v = attempt(lambda n: key.token(good(n, id_number="")))
        same(v["actor"]["login"], "zhangsan")
        v = attempt(lambda n: key.token(good(n, aud=["client", "other"], azp="client")))
        same(v["signed_in"], True)
        # officers do not sign in this way, whatever number is claimed; nor do people with a second factor
        auditor = Browser(server)
        auditor.sign_in("auditor", server.password)
        told = [x["action"] for x in auditor.json("GET", "/audit?limit=100")["items"]]
        same(told.count("signin.outside_refused") >= len(wrong) - 1, True, told)
        check("outside.bound" in told and "signin.outside" in told)
        # keys were changed at the provider: the set is fetched anew, at most once a minute
        s.keys = [fresh.jwk]
        attempt(lambda n: fresh.token(good(n)), "token.key")
        s.shutdown()
        s.server_close()


def glewlwyd_config(top, port, database):
    with gzip.open("/usr/share/doc/glewlwyd/glewlwyd.conf.sample.gz", "rt") as f:
        lines = f.read().splitlines()
    ours = {"port": str(port), "external_url": '"http://127.0.0.1:%d"' % port, "cookie_domain": '"127.0.0.1"', "cookie_secure": "0", "log_level": '"ERROR"'}
    for i, line in enumerate(lines):
        name = line.split("=")[0].strip()
        if name in ours:
            lines[i] = "%s=%s" % (name, ours[name])
    text = "\n".join(lines).replace("/var/cache/glewlwyd/glewlwyd.db", database).replace("cookie_secure=0", 'cookie_secure=0\nbind_address="127.0.0.1"')
    path = os.path.join(top, "glewlwyd.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


class Glewlwyd:
    """Another maker's provider, as a process of its own on a database of its own; its administrator is also the person who signs in."""

    def __init__(self, city):
        self.port, self.cookie = free_port(), None
        database = os.path.join(city.top, "glewlwyd.db")
        with gzip.open("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz", "rt") as f:
            made = sqlite3.connect(database)
            made.executescript(f.read())
            made.close()
        with open(os.path.join(city.top, "glewlwyd.log"), "wb") as log:
            self.process = subprocess.Popen([GLEWLWYD, "--config-file=" + glewlwyd_config(city.top, self.port, database)], stdout=log, stderr=log, env=environment())
        city.servers.append(self.process)
        for _ in range(PATIENCE * 10):
            try:
                self.call("GET", "/")
                break
            except OSError:
                check(self.process.poll() is None, "glewlwyd did not start")
                time.sleep(0.1)

    def call(self, method, path, body=None, want=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        head = {"Cookie": self.cookie} if self.cookie else {}
        c.request(method, "/api" + path, body=json.dumps(body) if body is not None else None, headers={**head, "Content-Type": "application/json"})
        r = c.getresponse()
        content, set_cookie, to = r.read(), r.headers.get("Set-Cookie"), r.headers.get("Location")
        c.close()
        if set_cookie:
            self.cookie = set_cookie.split(";")[0]
        if want:
            same(r.status, want, method, path, content[:300])
        return to or content

    def prepare(self, redirect, jwt_type):
        self.call("POST", "/auth/", {"username": "admin", "password": "password"}, 200)
        if jwt_type == "ecdsa":
            make, public = ["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout"], ["openssl", "ec", "-pubout"]
        else:
            make, public = ["openssl", "genrsa", "2048"], ["openssl", "rsa", "-pubout"]
        key = subprocess.run(make, capture_output=True, text=True, check=True).stdout
        cert = subprocess.run(public, input=key, capture_output=True, text=True, check=True).stdout
        self.issuer = "http://127.0.0.1:%d/api/%s" % (self.port, jwt_type)
        self.call("POST", "/mod/plugin/", {"module": "oidc", "name": jwt_type, "display_name": jwt_type, "order_rank": 0, "readonly": False, "enabled": True, "parameters": {
            "iss": self.issuer, "jwt-type": jwt_type, "jwt-key-size": "256", "key": key, "cert": cert, "access-token-duration": 3600,
            "refresh-token-duration": 86400, "code-duration": 600, "refresh-token-rolling": True, "auth-type-code-enabled": True,
            "jwks-show": True, "pkce-allowed": True, "pkce-required": True, "pkce-method-plain-allowed": False, "pkce-scopes": [],
            "address-claim": {"type": "no"}, "name-claim": "no", "email-claim": "no", "scope-claim": "no", "subject-type": "public",
            "allowed-scope": ["openid"], "claims": [], "additional-parameters": [], "scope": []}}, 200)
        self.call("POST", "/client/", {"client_id": "city", "name": "city", "password": "city-secret", "confidential": True, "enabled": True, "redirect_uri": [redirect],
                                       "authorization_type": ["code"], "scope": ["openid"], "token_endpoint_auth_method": ["client_secret_basic"]}, 200)
        me = json.loads(self.call("GET", "/user/admin", want=200))
        self.call("PUT", "/user/admin", {**me, "scope": me["scope"] + ["openid"]}, 200)
        self.call("POST", "/auth/", {"username": "admin", "password": "password"}, 200)
        self.call("PUT", "/auth/grant/city/", {"scope": "openid"}, 200)

    def authorize(self, address):
        u = urllib.parse.urlsplit(address)
        return query(self.call("GET", u.path[len("/api"):] + "?" + u.query + "&g_continue", want=302))


@test
def another_makers_provider():
    if not GLEWLWYD:
        check(os.environ.get("CI") != "true", "glewlwyd is not installed (tools/packages.txt)")
        print("skipped, no glewlwyd: 1", flush=True)
        return
    for kind in ("rsa", "ecdsa"):
        with City() as city:
            outside, port = Glewlwyd(city), free_port()
            outside.prepare("http://127.0.0.1:%d/oidc/back" % port, kind)
            server = city.serve("--demo", port=port, env=settings(city, outside.issuer, "city", "city-secret"))
            with open(city.path("demo-signins.json"), encoding="utf-8") as f:
                server.password = json.load(f)["password"]
            who, binding, address = go(server)
            v = back(who, binding, outside.authorize(address))
            same((kind, v["signed_in"], bool(v["ticket"])), (kind, False, True))
            who.sign_in("zhangsan", server.password)
            who.json("POST", "/me/outside", {"ticket": v["ticket"]}, want=204)
            who, binding, address = go(server)
            answer = outside.authorize(address)
            same(back(who, binding, answer)["actor"]["login"], "zhangsan")
            # its code once more, in a sign-in of somebody else
            other, kept, address = go(server)
            back(other, kept, {**answer, "state": query(address)["state"]}, "idp.refused")
            outside.process.terminate()
            outside.process.wait(timeout=PATIENCE)
            # what was fetched is remembered, so the way there is known; the way back is not
            other, kept, address = go(server)
            back(other, kept, {"code": "x", "state": query(address)["state"]}, "idp.down")
            Browser(server).sign_in("zhangsan", server.password)
