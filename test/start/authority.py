"""A certification authority of the tests: openssl's own CA, its revocation list served over HTTP, and openssl's OCSP responder as a process."""
import base64
import http.server
import os
import subprocess
import threading
import time

from lib import PATIENCE, Wrong, free_port

CONFIG = """
[ca]
default_ca = here
[here]
database = %(dir)s/index.txt
serial = %(dir)s/serial
new_certs_dir = %(dir)s
certificate = %(dir)s/root.pem
private_key = %(dir)s/root.key
default_md = sha256
default_days = 30
default_crl_days = 1
crlnumber = %(dir)s/crlnumber
policy = any
unique_subject = no
string_mask = utf8only
[any]
commonName = supplied
serialNumber = optional
organizationName = optional
[req]
distinguished_name = none
prompt = no
[none]
CN = none
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[sign]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
certificatePolicies = 1.2.156.112562.1
[plain]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
[encrypt]
basicConstraints = critical,CA:FALSE
keyUsage = critical,keyEncipherment
[ocsp]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
"""
SM2_ID = "distid:1234567812345678"


def run(*args, **more):
    p = subprocess.run(["openssl", *args], capture_output=True, timeout=PATIENCE, **more)
    if p.returncode:
        raise Wrong("openssl %s: %s" % (" ".join(args[:3]), p.stderr.decode()[-400:]))
    return p.stdout


class Certificate:
    def __init__(self, folder, name, kind):
        self.path, self.key, self.kind = "%s/%s.pem" % (folder, name), "%s/%s.key" % (folder, name), kind

    def der(self):
        return run("x509", "-in", self.path, "-outform", "DER")

    def sign(self, text, folder):
        """A raw signature as a tool of the holder makes it."""
        path = folder + "/text"
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        if self.kind == "sm2":
            return run("pkeyutl", "-sign", "-inkey", self.key, "-rawin", "-digest", "sm3", "-pkeyopt", SM2_ID, "-in", path)
        return run("dgst", "-sha256", "-sign", self.key, path)

    def cms(self, text, folder):
        path = folder + "/text"
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        return run("cms", "-sign", "-binary", "-in", path, "-signer", self.path, "-inkey", self.key, "-outform", "DER")

    def pkcs12(self, password, path):
        run("pkcs12", "-export", "-in", self.path, "-inkey", self.key, "-passout", "pass:" + password, "-out", path)
        return path


class Authority:
    def __init__(self, folder, name="Test Root"):
        self.dir, self.responder, self.listener = folder, None, None
        os.makedirs(folder, exist_ok=True)
        self.config = folder + "/ca.conf"
        for file, text in (("ca.conf", CONFIG % {"dir": folder}), ("index.txt", ""), ("serial", "1000\n"), ("crlnumber", "01\n")):
            with open(folder + "/" + file, "w", encoding="utf-8") as f:
                f.write(text)
        run("req", "-x509", "-config", self.config, "-extensions", "root", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "300",
            "-subj", "/O=Tests/CN=" + name, "-keyout", folder + "/root.key", "-out", folder + "/root.pem")
        self.crl_port, self.ocsp_port, self.served = free_port(), free_port(), True

    def pem(self):
        with open(self.dir + "/root.pem", encoding="ascii") as f:
            return f.read()

    def issue(self, name, number, kind="p256", usage="sign", start=None, end=None):
        """number: where the entry says that it stands, in the subject's serialNumber."""
        c = Certificate(self.dir, name, kind)
        new = {"p256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
               "sm2": ["SM2"], "rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}[kind]
        run("genpkey", "-algorithm", *new, "-out", c.key)
        sm2 = kind == "sm2"
        request = self.dir + "/" + name + ".csr"
        run("req", "-new", "-utf8", "-config", self.config, "-key", c.key, "-subj", "/CN=%s/serialNumber=%s" % (name, number),
            *(["-sm3", "-sigopt", SM2_ID] if sm2 else []), "-out", request)
        dates = ["-startdate", start or time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - 3600))]
        if end:
            dates += ["-enddate", end]
        run("ca", "-batch", "-utf8", "-config", self.config, "-extensions", usage, *dates, *(["-vfyopt", SM2_ID] if sm2 else []), "-in", request,
            "-out", c.path, "-notext")
        return c

    def revoke(self, c):
        run("ca", "-config", self.config, "-revoke", c.path, "-crl_reason", "keyCompromise")

    def entry(self, ca_id="test", **more):
        v = {"id": ca_id, "name": {"zh": "测试认证机构", "en": "Test Authority"}, "status": "granted", "since": "2021-01-01", "from": "2021-01-01",
             "until": "2090-12-31", "roots": [self.pem()], "intermediates": [], "policies": [],
             "crl": ["http://127.0.0.1:%d/root.crl" % self.crl_port], "ocsp": ["http://127.0.0.1:%d/" % self.ocsp_port], "unavailable": "refuse",
             "max_age_hours": 0,
             "identifiers": [{"in": "subject", "oid": "2.5.4.5", "kind": k, "prefix": ""} for k in ("resident_id", "uscc")]}
        v.update(more)
        return v

    def crl(self):
        run("ca", "-config", self.config, "-gencrl", "-out", self.dir + "/root.crl.pem")
        return run("crl", "-in", self.dir + "/root.crl.pem", "-outform", "DER")

    def serve_crl(self):
        here = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if not here.served:
                    self.send_error(503)
                    return
                content = here.crl()
                self.send_response(200)
                self.send_header("Content-Type", "application/pkix-crl")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", self.crl_port), Handler)
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def serve_ocsp(self):
        if not os.path.exists(self.dir + "/responder.pem"):
            self.issue("responder", "0", usage="ocsp")
        self.responder = subprocess.Popen(
            ["openssl", "ocsp", "-index", self.dir + "/index.txt", "-port", str(self.ocsp_port), "-rsigner", self.dir + "/responder.pem", "-rkey",
             self.dir + "/responder.key", "-CA", self.dir + "/root.pem", "-nmin", "10", "-ignore_err"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(PATIENCE * 10):  # a connection without a request would keep it waiting
            p = subprocess.run(["openssl", "ocsp", "-issuer", self.dir + "/root.pem", "-cert", self.dir + "/responder.pem", "-noverify", "-timeout", "5",
                                "-url", "http://127.0.0.1:%d/" % self.ocsp_port], capture_output=True, timeout=PATIENCE)
            if p.returncode == 0:
                return
            time.sleep(0.1)
        raise Wrong("the responder does not start")

    def stop_ocsp(self):
        if self.responder:
            self.responder.kill()
            self.responder.wait()
            self.responder = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_ocsp()
        if self.listener:
            self.listener.shutdown()
            self.listener.server_close()


def b64(b):
    return base64.b64encode(b).decode()
