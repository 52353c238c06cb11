"""Departments' own figures from the command line: a bad file is refused whole, a good one replaces, and a share without figures is none."""
from lib import City, same, test

HEAD = "month,department,service,service_name,cases,source\n"


@test
def share_of_the_platform():
    with City() as c:
        s = c.serve()
        bad = c.run("--json", "platform-share", "import", c.write("bad.csv", HEAD + "2021-09,nobody,*,,1,x\n2021-09,scjg,*,,-1,x\n"))
        same((bad.code, bad.json()["problems"][0]["field"].rsplit("/", 1)[-1]), (1, "bad.csv:3#cases"))
        good = c.write("good.csv", HEAD + "2021-09,scjg,*,,40,月报\n2021-09,gaj,old_desk,旧窗口系统,2,月报\n")
        for _ in range(2):
            same(c.run("--json", "platform-share", "import", good).json()["figures"], 2)
        v = c.run("--json", "platform-share", "--month", "2021-09").json()
        same((v["own"], v["platform"], v["share"], v["complete"]), (42, 0, 0, False))
        told = {d["department"]["code"]: d["missing"] for d in v["departments"]}
        same((told["scjg"], told["gaj"], told["rs"]), ([], [], ["2021-09"]))
        same(c.run("platform-share", "--month", "2021-9").code, 2)
        same(c.stop(s), 0)
