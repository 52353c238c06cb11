"""Prints addresses and sign-ins of a demonstration city (signins.py URL FILE)."""
import json
import sys

url, path = sys.argv[1:3]
with open(path, encoding="utf-8") as f:
    d = json.load(f)
print()
print("门户 portal   %s/" % url)
print("工作台 desk   %s/desk      总览 board   %s/board" % (url, url))
print("核验 verify   %s/verify" % url)
print("覆盖 coverage %s/coverage   接口 API %s/api" % (url, url))
print("密码（所有演示账号相同） / password of all demonstration accounts: %s" % d["password"])
for kind in ("persons", "enterprises", "staff"):
    names = ["%s（%s）" % (p["login"], p["name"]) for p in d[kind]]
    more = len(names) - 12
    print("  %s: %s%s" % (kind, "、".join(names[:12]), " …（另 %d 个见 %s / %d more there）" % (more, path, more) if more > 0 else ""))
print()
