"""A signed-in party of a walk: a browser's worth of state over the public interface. Only the standard library."""
import http.client
import json
import urllib.parse
import uuid


class Off(Exception):
    """Something is not as it must be; the text says what, in one line."""


class Party:
    """A browser's worth of state: cookie, CSRF token. One connection, kept open."""

    def __init__(self, url, lang="zh"):
        self.url = urllib.parse.urlsplit(url)
        self.lang = lang
        self.cookie = None
        self.csrf = None
        self.connection = None
        self.login = None

    def call(self, method, path, body=None, raw=None, key=None, match=None):
        """Returns (status, headers, bytes). One retry when a kept connection was closed; safe because a key makes a POST so."""
        headers = {"Accept-Language": self.lang, "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        elif raw is not None:
            data = raw
            headers["Content-Type"] = "application/octet-stream"
        if method not in ("GET", "HEAD"):
            data = data or b""
            if self.csrf:
                headers["X-CSRF-Token"] = self.csrf
        if self.cookie:
            headers["Cookie"] = self.cookie
        if key:
            headers["Idempotency-Key"] = key
        if match:
            headers["If-Match"] = match
        for attempt in (0, 1):
            try:
                if self.connection is None:
                    make = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
                    self.connection = make(self.url.hostname, self.url.port, timeout=60)
                self.connection.request(method, path, body=data, headers=headers)
                r = self.connection.getresponse()
                content = r.read()
                break
            except (http.client.HTTPException, OSError) as e:
                self.connection = None
                if attempt or (method != "GET" and not key):
                    raise Off("%s %s: %s" % (method, path, e or type(e).__name__)) from e
        for value in r.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0]
        return r.status, r.headers, content

    def json(self, method, path, body=None, expect=(200, 201, 204), **more):
        status, headers, content = self.call(method, "/api/v1" + path, body, **more)
        value = None
        if content and "json" in (headers.get("Content-Type") or ""):
            value = json.loads(content)
        if status not in expect:
            raise Refused(method, path, status, value)
        self.etag = headers.get("ETag")
        return value

    def get(self, path):
        return self.json("GET", path)

    def act(self, path, body):
        """A POST that acts on a case: under a key of its own."""
        return self.json("POST", path, body, key=str(uuid.uuid4()))

    def sign_in(self, login, password):
        self.login = login
        self.csrf = self.get("/session")["csrf"] or None
        session = self.json("POST", "/session", {"login": login, "password": password})
        if not session["signed_in"]:
            raise Off("%s: not signed in" % login)
        self.csrf = session["csrf"]
        self.actor = session["actor"]
        return self


class Refused(Off):
    """The server said no. `codes` are the codes of its problems."""

    def __init__(self, method, path, status, value):
        problems = (value or {}).get("problems", []) if isinstance(value, dict) else []
        self.status = status
        self.codes = [p["code"] for p in problems]
        told = "; ".join("%s %s: %s" % (p["code"], p.get("field", ""), (p["text"] or {}).get("en", "")) for p in problems[:6])
        super().__init__("%s %s: %d %s" % (method, path, status, told))
