#!/usr/bin/env python3
"""A handful of requests at the enterprise seat of a running demonstration city, through the public interface: one answered at once, one
handled to the end by three departments, one handled a second time, one about an officer, one from the page, and the same caller twice."""
import argparse
import json
import sys

from walk_party import Off, Party

PHONE = "0769-23450003"
CALLS = [
    ("请问设立公司需要准备哪些材料？", "0769-23450011", {"outcome": "answer", "kind": "consultation", "topic": "company_setup"}),
    ("企业搬迁后，营业执照、税务、社保登记地址都要改，能否一次办好", PHONE,
     {"outcome": "route", "kind": "help", "topic": "company_setup", "joint": ["sw", "rs"]}),
    ("检查人员一周内来了三次，影响生产", PHONE, {"outcome": "route", "kind": "complaint", "topic": "inspection"}),
    ("登记窗口工作人员推诿，三次让我改天再来", "0769-23450012", {"outcome": "officer", "kind": "complaint", "topic": "company_setup"}),
    ("增值税留抵退税申请两周没有消息", "0769-23450013", {"outcome": "route", "kind": "help", "topic": "tax", "urgent": True}),
]
ARTICLE = "start_company_papers"


class Seat:
    def __init__(self, url, signins):
        self.url = url
        with open(signins, encoding="utf-8") as f:
            self.password = json.load(f)["password"]
        self.parties = {}

    def party(self, login):
        if login not in self.parties:
            self.parties[login] = Party(self.url)
            self.parties[login].sign_in(login, self.password)
        return self.parties[login]

    def call(self, text, phone, classification):
        body = {"text": text, "phone": phone, "name": "来电人", "classification": classification}
        if classification["outcome"] == "answer":
            answer = Party(self.url).get("/knowledge/" + ARTICLE)
            body["reply"] = {"reply": answer["body"]["zh"], "article": ARTICLE, "article_version": answer["version"]}
        return self.party("hotline1").act("/desk/hotline/requests", body)["id"]

    def decide(self, login, case, outcome, data=None):
        who = self.party(login)
        open_ = [t for t in who.get("/desk/cases/" + case)["tasks"] if t.get("can_decide") and any(o["key"] == outcome for o in t["outcomes"] or [{"key": "done"}])]
        if not open_:
            raise Off("%s has no task with the outcome %s" % (login, outcome))
        body = {"outcome": outcome}
        if data:
            body["data"] = data
        who.act("/cases/%s/tasks/%s/decide" % (case, open_[0]["id"]), body)

    def run(self):
        ids = [self.call(*c) for c in CALLS]
        moved, checked = ids[1], ids[2]
        self.decide("scjg.handler", moved, "take")
        self.decide("sw.handler", moved, "done", {"opinion": "税务登记地址已同步变更"})
        self.decide("rs.handler", moved, "done", {"opinion": "参保登记地址已变更"})
        self.decide("scjg.handler", moved, "done", {"opinion": "住所变更登记已核准"})
        self.decide("scjg.handler", moved, "replied", {"reply": "三项变更均已办结，无需再跑。"})
        self.decide("hotline2", moved, "satisfied", {"answer": "很快，满意"})
        self.decide("scjg.handler", checked, "take")
        self.decide("scjg.handler", checked, "replied", {"reply": "检查依法进行。"})
        self.decide("hotline1", checked, "not_satisfied", {"answer": "没有说明为什么一周三次"})
        own = self.party("xinghe").act("/hotline/requests", {"text": "咨询：员工积分入学怎样申请？", "kind": "consultation"})
        return len(ids) + (1 if own["number"] else 0)


def main():
    p = argparse.ArgumentParser(description="a handful of requests at the enterprise seat of a demonstration city")
    p.add_argument("--url", required=True)
    p.add_argument("--signins", required=True, help="demo-signins.json of the city's folder")
    a = p.parse_args()
    try:
        n = Seat(a.url, a.signins).run()
    except Off as e:
        print("12345企业专席 / enterprise seat: %s" % e, file=sys.stderr)
        return 1
    print("  ✔  12345企业专席：%d 件诉求 / enterprise seat: %d requests" % (n, n))
    return 0


if __name__ == "__main__":
    sys.exit(main())
