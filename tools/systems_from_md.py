"""The systems of the action plan as data/city/systems.json: systems_from_md.py [OUT].

Reads SYSTEMS.md in the folder ${TONGBAN_SHARED_MISSION:-../shared/mission} (beside the source tree). A row of its tables is
| id | title zh [title en] | works when |; a title without English takes the Chinese one, and "works when" is written in
English only, so that both languages show it."""
import json
import os
import re
import sys

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
mission = os.environ.get("TONGBAN_SHARED_MISSION", os.path.join(root, "..", "shared", "mission"))
out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(root, "data", "city", "systems.json")

# Titles that the table gives in Chinese only.
ENGLISH = {
    "3.1": "graded approval by commitment",
    "3.2": "area assessment, joint drawing review, parallel approval, joint survey, joint acceptance",
    "3.3": "filled in once, uploaded once, shared live (H6)",
    "7.2": "approval of small external-line works",
    "8.3": "purchase qualification, electronic delegation, archive certificates",
    "11.5": "diverse settlement, medicine, online infringement (H29–H31), hand-over to criminal justice",
    "11.8": "three kinds of trial in one, hand-over to criminal justice, white paper, model cases",
    "12.5": "remote supervision, machine review of documents and of images (H34)",
    "13.2": "kiosks, appointments, guided answers (H35)",
    "14.1": "from suit to mediation \"1+2+3\", roster of mediators (H37)",
    "14.5": "model communities, judicial suggestions (H38)",
    "15.1": "from enforcement to insolvency, early warning",
    "15.4": "composition, pre-packaged and full reorganisation (H40)",
    "15.5": "administrators' mutual fund, aid with costs, credit repair (H41, H42)",
    "16.1": "smart supervision, risk warning, analysis",
    "16.2": "random inspection, results published (H43–H45)",
    "16.4": "commitment before, credit repair after",
    "17.1": "standard items, every town, one window (H48)",
    "17.2": "300 items across cities",
    "17.3": "one platform, many terminals, e-licences, e-seals",
    "17.4": "without paper proofs, one thing at one time, instant approval, tolerance of gaps, concentrated approval (H46, H47)",
    "17.5": "i莞家 and 企莞家 (the mobile entries), electronic citizen card",
    "17.8": "share that can be done online (H46: no visit, or one at most)",
    "17.6": "12345 line for enterprises, knowledge base, quick response",
}
# Titles whose English stands in the middle.
MIXED = {
    "0.4": ("好差评", "rating of services"),
    "18.1": ("政策落实评估跟踪、免申即享 (H49)", "policy tracking, benefits without applying"),
}


def titles(cell):
    """Chinese first; the English part begins at the last Latin word run that closes the cell."""
    cell = cell.strip()
    m = re.match(r"^(.*?[\u4e00-\u9fff）)”\"+0-9/≤]\s*(?:\(H[^)]*\))?(?:[、，]\s*[\u4e00-\u9fff]+)*)\s+([A-Za-z“\"][^\u4e00-\u9fff]*)$", cell)
    if m:
        return m.group(1).strip(), m.group(2).strip()
    return cell, None


rows = []
area = None
with open(os.path.join(mission, "SYSTEMS.md"), encoding="utf-8") as f:
    for line in f:
        m = re.match(r"^## (\d+) ", line)
        if m:
            area = int(m.group(1))
        m = re.match(r"^\| (\d+\.\d+) \| (.*?) \| (.*) \|\s*$", line)
        if not m:
            continue
        number, title, works = m.groups()
        zh, en = MIXED.get(number) or titles(title)
        en = en or ENGLISH.get(number) or zh
        rows.append({"id": number, "area": area, "title": {"zh": zh, "en": en}, "works_when": {"zh": works, "en": works}, "kind": None})

assert all(r["id"].split(".")[0] == str(r["area"]) for r in rows), "a row stands under another area's heading"
with open(out, "w", encoding="utf-8") as f:
    f.write("[\n" + ",\n".join(" " + json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n")
print("%d systems" % len(rows))
