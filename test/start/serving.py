"""Servers: where they may listen, TLS, one a folder, first and second start, links, stop."""
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

from lib import BIN, PATIENCE, ROOT, Browser, City, Wrong, certificate, check, free_port, same, test, trusting

PASSWORD = "Harbour-Lantern-93"


def refused(c, *args, code, env=None):
    r = c.run("--json", "serve", *args, env=env)
    same(r.code, 2, r.out, r.err)
    same(r.problem()["code"], code)
    return r.problem()


@test
def other_addresses_need_tls():
    with City() as c:
        for address in ("0.0.0.0:%d", "[::]:%d", "192.0.2.1:%d", "[::ffff:127.0.0.1]:%d"):
            refused(c, "--listen", address % free_port(), code="serve.needs_tls")
        refused(c, "--listen", "127.0.0.1.example.invalid:1", code="http.listen")
        refused(c, "--listen", "127.0.0.1:notaport", code="http.listen")
        check(not os.path.exists(c.path("city.db")), "something was made before the address was judged")


@test
def demonstration_cities_stay_at_home():
    with City() as c:
        os.makedirs(c.dir)
        cert, key = certificate(c.top)
        tls = {"TONGBAN_TLS_CERT": cert, "TONGBAN_TLS_KEY": key}
        refused(c, "--demo", "--listen", "0.0.0.0:%d" % free_port(), code="serve.demo_public", env=tls)
        s = c.serve("--demo")
        check(s.up["demo"] and s.up["test_keys"] and "setup" not in s.up, s.up)
        same(c.stop(s), 0)
        # for good: without --demo it is still one
        refused(c, "--listen", "0.0.0.0:%d" % free_port(), code="serve.demo_public", env=tls)
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            signins = json.load(f)
        same(os.stat(c.path("demo-signins.json")).st_mode & 0o777, 0o600)
        check(len(signins["password"]) > 12 and signins["staff"] and signins["persons"])
    with City() as other:
        s = other.serve("--demo")
        with open(other.path("demo-signins.json"), encoding="utf-8") as f:
            check(json.load(f)["password"] != signins["password"], "the same password in two installations")
        same(other.stop(s), 0)


@test
def tls():
    with City() as c:
        os.makedirs(c.dir)
        cert, key = certificate(c.top)
        c.write("tongban.conf", "tls.cert = %s\ntls.key = %s\n" % (cert, key))
        s = c.serve(host="0.0.0.0", context=trusting(cert))
        check(s.up["url"].startswith("https://"), s.up)
        url = "https://127.0.0.1:%d" % s.port
        curl = ["curl", "-sS", "--max-time", str(PATIENCE)]
        r = subprocess.run(curl + ["--cacert", cert, "-D", "-", url + "/api/v1/session"], capture_output=True, text=True)
        same(r.returncode, 0, r.stderr)
        check("Strict-Transport-Security: max-age=" in r.stdout, r.stdout)
        check(subprocess.run(curl + [url + "/healthz"], capture_output=True).returncode == 60, "an unknown issuer is believed")
        for old in (["--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"], ["--tls-max", "1.2", "--ciphers", "AES128-SHA"]):
            check(subprocess.run(curl + ["--cacert", cert] + old + [url + "/healthz"], capture_output=True).returncode == 35, "taken:", old)
        for new in (["--tlsv1.3"], ["--tls-max", "1.2"]):
            same(subprocess.run(curl + ["--cacert", cert] + new + [url + "/healthz"], capture_output=True, text=True).stdout, "ok\n", new)
        # the cookie is Secure and bound to the host
        b = Browser(s)
        token = s.up["setup"]["administrator"].rsplit("/", 1)[1]
        b.json("POST", "/setup", {"token": token, "login": "chief", "name": "管理员", "password": PASSWORD}, want=204)
        b.sign_in("chief", PASSWORD)
        set_cookie = b.head["Set-Cookie"]
        check(set_cookie.startswith("__Host-tongban=") and "; Secure" in set_cookie and "HttpOnly" in set_cookie and "SameSite=Lax" in set_cookie, set_cookie)
        same(c.stop(s), 0)


@test
def bad_certificates():
    with City() as c:
        os.makedirs(c.dir)
        cert, key = certificate(c.top)
        _, other_key = certificate(c.top, "other")
        rubbish = c.write("rubbish.pem", "not a certificate")
        listen = ["--listen", "127.0.0.1:%d" % free_port()]
        for cert_path, key_path, field in ((cert, "", "tls.key"), ("", key, "tls.cert"), (rubbish, key, "tls.cert"), (cert, rubbish, "tls.key"),
                                           (cert, other_key, "tls.key")):
            p = refused(c, *listen, code="serve.tls_pair", env={"TONGBAN_TLS_CERT": cert_path, "TONGBAN_TLS_KEY": key_path})
            same(p["field"], field)
        p = refused(c, *listen, code="file.failed", env={"TONGBAN_TLS_CERT": "/no/such.crt", "TONGBAN_TLS_KEY": key})
        check("/no/such.crt" in p["en"] and "/no/such.crt" in p["zh"], p)


@test
def one_server_a_folder():
    with City() as c:
        s = c.serve()
        p = refused(c, "--listen", "127.0.0.1:%d" % free_port(), code="serve.locked")
        check(str(s.pid) in p["en"] and str(s.pid) in p["zh"], p)
        same(c.run("--json", "admin", "rebuild").problem()["code"], "serve.locked")
        same(c.run("admin", "rebuild", "--compare").code, 0)  # looks only
        s.kill()  # however it ends, the folder is free again
        s.wait()
        again = c.serve()
        same(c.stop(again), 0)
        same(c.run("admin", "rebuild").code, 0)


@test
def addresses_of_this_machine():
    with City() as c:
        s = c.serve(host="localhost")
        same(Browser(s).call("GET", "/healthz"), (200, b"ok\n"))
        same(c.stop(s), 0)
        c.write("tongban.conf", "listen = 127.0.0.2:%d\n" % s.port)
        p = subprocess.Popen([BIN, "--data", c.dir, "--json", "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        c.servers.append(p)
        same(json.loads(p.stdout.readline())["url"], "http://127.0.0.2:%d" % s.port)
        same(c.stop(p), 0)
        if os.path.exists("/proc/sys/net/ipv6") and has_ipv6():
            six = c.serve(host="[::1]")
            with socket.create_connection(("::1", six.port)) as k:
                k.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                check(k.recv(4096).startswith(b"HTTP/1.1 200"))
            same(c.stop(six), 0)


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


@test
def a_port_in_use():
    with City() as c, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        p = refused(c, "--listen", "127.0.0.1:%d" % taken.getsockname()[1], code="http.listen")
        check(str(taken.getsockname()[1]) in p["en"], p)


def spoil(text):
    return ("A" if text[0] != "A" else "B") + text[1:]


@test
def the_first_administrator():
    with City() as c:
        s = c.serve()
        check(not s.up["demo"] and set(s.up["setup"]) == {"administrator", "security"}, s.up)
        url = s.up["setup"]["administrator"]
        check(url.startswith("http://127.0.0.1:%d/setup/" % s.port), url)
        token = url.rsplit("/", 1)[1]
        b = Browser(s)
        status, page = b.call("GET", "/setup/" + token)
        same(status, 200)
        who = {"token": token, "login": "chief", "name": "管理员", "password": PASSWORD}
        b.json("POST", "/setup", {**who, "token": spoil(token)}, want=403)
        b.json("POST", "/setup", {**who, "password": "short"}, want=422)  # a weak password does not use the link up
        b.json("POST", "/setup", who, want=204)
        v = b.sign_in("chief", PASSWORD)
        check("administrator" in json.dumps(v["actor"]["staff"]["roles"]), v)
        again = Browser(s)
        status, body = again.call("POST", "/api/v1/setup", {**who, "login": "second"})
        same(json.loads(body)["problems"][0]["code"], "setup.closed", "the link worked twice")
        # while somebody holds the role the command line makes no more links
        same(c.run("--json", "admin", "link", "administrator").problem()["code"], "setup.closed")
        r = c.run("--json", "admin", "link", "security")
        same((r.code, r.json()["role"]), (0, "security"))
        fresh = r.json()["url"].rsplit("/", 1)[1]
        old = s.up["setup"]["security"].rsplit("/", 1)[1]
        safe = {"token": old, "login": "safety", "name": "安全员", "password": PASSWORD}
        status, body = again.call("POST", "/api/v1/setup", safe)
        same(json.loads(body)["problems"][0]["code"], "setup.closed", "a newer link replaces the older one")
        again.json("POST", "/setup", {**safe, "token": fresh}, want=204)
        same(c.stop(s), 0)


@test
def words_of_the_first_start():
    with City() as c:
        s = c.serve(more=())
        check(s.first_line.startswith("One-time setup link (administrator"), s.first_line)
        for part in ("One-time setup link (security", "tongban is up: http://127.0.0.1:%d" % s.port, "test keys"):
            line = s.stdout.readline()
            check(part in line, line)
        s.send_signal(signal.SIGINT)
        same(s.stdout.readline(), "Stopping …\n")
        same(s.wait(timeout=PATIENCE), 0)


@test
def the_second_start_keeps_everything():
    with City() as c:
        s = c.serve("--demo")
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            signins = json.load(f)
        person = signins["persons"][0]["login"]
        b = Browser(s)
        b.sign_in(person, signins["password"])
        draft = b.json("POST", "/drafts", {"service": "establish_company"}, want=201)
        same(c.stop(s), 0)
        again = c.serve("--demo", port=s.port)
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            same(json.load(f), signins)
        b.server = again
        same(b.json("GET", "/drafts")["items"][0]["id"], draft["id"])  # the session too
        same(c.stop(again), 0)


@test
def a_first_start_that_was_cut():
    """Killed at moments of the first start, begun again each time: in the end there is one whole city."""
    with City() as c:
        for n in range(6):
            call = [BIN, "--data", c.dir, "serve", "--demo", "--listen", "127.0.0.1:%d" % free_port()]
            p = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.05 * 2 ** n)
            p.kill()
            p.wait()
        s = c.serve("--demo")
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            signins = json.load(f)
        for kind in ("persons", "staff"):
            Browser(s).sign_in(signins[kind][0]["login"], signins["password"])
        same(c.stop(s), 0)


@test
def stops_with_clients_attached():
    with City() as c:
        s = c.serve()
        held = []
        for request in (b"", b"GET /api/v1/towns HTTP/1.1\r\nHost: x\r\n", b"GET /api/v1/towns HTTP/1.1\r\nHost: x\r\n\r\n",
                        b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"):
            k = socket.create_connection(("127.0.0.1", s.port))
            k.sendall(request)
            held.append(k)
        same(c.stop(s), 0)
        for k in held:
            k.close()
        check(not os.path.exists(c.path("city.db-wal")) or os.path.getsize(c.path("city.db-wal")) == 0, "the database was not closed")


@test
def the_signer_ends_with_the_server():
    for how in (signal.SIGTERM, signal.SIGKILL):
        with City() as c:
            s = c.serve()
            children = children_of(s)
            same(len(children), 1)
            s.send_signal(how)
            s.wait(timeout=PATIENCE)
            for _ in range(PATIENCE * 20):
                if not os.path.exists("/proc/%s" % children[0]):
                    break
                time.sleep(0.05)
            else:
                raise Wrong("the signer outlives its server after", how)


def children_of(s):
    return subprocess.run(["ps", "-o", "pid=", "--ppid", str(s.pid)], capture_output=True, text=True).stdout.split()


@test
def the_signer_comes_back():
    """Killed again and again: the server stays in service, says that the signer is down, and starts it anew."""
    with City() as c:
        s = c.serve()
        b, before = Browser(s), set()
        for _ in range(2):
            children = children_of(s)
            same(len(children), 1)
            check(children[0] not in before, "the same process")
            before.add(children[0])
            os.kill(int(children[0]), signal.SIGKILL)
            same(wait_for_health(b, b"ok\nsigner: down\n"), 200)
            same(wait_for_health(b, b"ok\n"), 200)
        check(b"tongban_signer_up 1" in b.call("GET", "/metrics")[1])
        last = children_of(s)
        same(c.stop(s), 0)
        check(not os.path.exists("/proc/%s" % last[0]), "the signer outlives its server")


@test
def an_old_city_key_goes_by_the_citys_word_alone():
    signd = os.path.join(os.path.dirname(BIN), "tongban-signd")
    if not os.path.exists(signd):
        signd = os.path.join(os.path.dirname(BIN), "..", "signd", "tongban-signd")
    with City() as c:
        c.stop(c.serve("--demo"))
        keys = c.path("keys")
        subprocess.run([signd, "--rotate-city-key", keys], check=True, capture_output=True)

        def retire(*proof):
            return subprocess.run([signd, "--retire-city-key", keys, "--key-version", "1", *proof], capture_output=True).returncode

        r = c.run("--json", "admin", "keys")  # before the server has sealed anew what the old one sealed
        old = json.loads(r.out)["city_key"][1]
        check(r.code == 1 and old["uses"] > 0 and "proof" not in old, r.out)
        check(retire() != 0 and retire("--proof", "unused.1.2.3.4") != 0, "an old version goes without proof")
        s = c.serve()
        for _ in range(PATIENCE * 10):
            old = json.loads(c.run("--json", "admin", "keys").out)["city_key"][1]
            if old["uses"] == 0:
                break
            time.sleep(0.1)
        c.stop(s)
        same(retire("--proof", old["proof"]), 0)
        s = c.serve()
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            signins = json.load(f)
        Browser(s).sign_in(signins["persons"][0]["login"], signins["password"])
        same(c.stop(s), 0)


def wait_for_health(b, text):
    for _ in range(PATIENCE * 100):
        status, body = b.call("GET", "/healthz")
        if body == text:
            return status
        time.sleep(0.01)
    raise Wrong("never", text)


@test
def the_database_knows_the_city_too():
    """A folder that lost its mark, or a second server's folder: the city in the database is found, not made again."""
    with City() as c:
        c.stop(c.serve("--demo"))
        os.remove(c.path("city.json"))
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            before = f.read()
        os.makedirs(c.top + "/tls")
        cert, key = certificate(c.top + "/tls")
        refused(c, "--listen", "0.0.0.0:%d" % free_port(), code="serve.demo_public", env={"TONGBAN_TLS_CERT": cert, "TONGBAN_TLS_KEY": key})
        s = c.serve()
        check(s.up["demo"] and "setup" not in s.up, s.up)
        c.stop(s)
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            same(f.read(), before)


# ---- the journal of the command line ----


def journal(c):
    with sqlite3.connect("file:%s?mode=ro" % c.path("city.db"), uri=True) as db:
        rows = db.execute("SELECT action, details, actor, actor_kind FROM audit ORDER BY id").fetchall()
    return [(a, json.loads(d)) for a, d, _, _ in rows]


@test
def what_the_command_line_does_is_journalled():
    with City() as c:
        s = c.serve("--demo")
        c.stop(s)
        for call in (["admin", "rebuild", "--compare"], ["admin", "rebuild"], ["publish", "--builtin"]):
            same(c.run(*call).code, 0, call)
        noted = [d for a, d in journal(c) if a == "command_line"]
        same([d["command"] for d in noted], ["serve", "admin rebuild --compare", "admin rebuild", "publish --builtin"])
        check(all(d["uid"] == os.getuid() for d in noted), noted)
    with City() as c:
        c.stop(c.serve())
        same(c.run("admin", "link", "administrator").code, 0)
        rows = journal(c)
        check(("command_line", {"command": "admin link", "uid": os.getuid(), "role": "administrator"}) in rows, rows)
        check([a for a, _ in rows].count("setup.link") == 3, rows)


@test
def publication_from_the_command_line():
    """Two publishers, and the journal tells that neither of them signed in."""
    with City() as c:
        s = c.serve("--demo")
        c.stop(s)
        with open(c.path("demo-signins.json"), encoding="utf-8") as f:
            staff = json.load(f)["staff"]
        publishers = [p["login"] for p in staff if "publisher" in json.dumps(p["roles"])]
        others = [p["login"] for p in staff if "publisher" not in json.dumps(p["roles"])]
        check(len(publishers) >= 2, "the demonstration city has no two publishers")
        folder = os.path.join(c.top, "housing_fund")
        shutil.copytree(os.path.join(ROOT, "areas/01_starting_a_business/services/housing_fund"), folder)
        path = os.path.join(folder, "service.json")
        with open(path, encoding="utf-8") as f:
            v = json.load(f)
        v["summary"]["en"] += " (changed)"
        with open(path, "w", encoding="utf-8") as f:
            json.dump(v, f, ensure_ascii=False)
        same(c.run("publish", folder, "--as", others[0]).code, 1)
        r = c.run("--json", "publish", folder, "--as", publishers[0])
        same(r.code, 0, r.out, r.err)
        same(r.json()["published"], False)
        number = r.json()["id"]
        own = c.run("--json", "publish", "--approve", number, "--as", publishers[0])
        same((own.code, own.problem()["code"]), (1, "two_people"))
        same(c.run("--json", "publish", "--approve", number, "--as", publishers[1]).json()["published"], True)
        noted = [d["command"] for a, d in journal(c) if a == "command_line"]
        same(noted, ["serve", "publish", "publish --approve"])
