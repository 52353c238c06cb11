"""Fills a form the way a person would: from its JSON Schema, what the city knows, and the answers of a scenario.

Used by walk.py and by the load driver of the benchmark. Only the standard library.
"""
import datetime
import json
import os

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(rng):
    """A well-formed number by GB 11643 that the demonstration city made up."""
    body = "441900%d%02d%02d%03d" % (rng.randint(1960, 2000), rng.randint(1, 12), rng.randint(1, 28), rng.randint(1, 999))
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS)) % 11]


def uscc(rng):
    """GB 32100: 17 characters and a check character by weights 3^i mod 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = "MA5" + "".join(rng.choice(alphabet) for _ in range(5))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    value = lambda c: int(c) if c.isdigit() else ord(c) - 55
    check = 11 - sum(value(c) * w for c, w in zip(organisation, weights)) % 11
    body = "91441900" + organisation + ("0" if check == 11 else "X" if check == 10 else str(check))
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]


def small_pdf(text):
    """The smallest file that is really a PDF, with one line of text."""
    stream = ("BT /F1 14 Tf 40 780 Td (%s) Tj ET" % text).encode("ascii")
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    out, places = b"%PDF-1.4\n", []
    for i, o in enumerate(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i + 1, o)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


class Filler:
    """Fills what a form requires and is still empty. `attach(material, name)` uploads a paper and gives its id; `papers`:
    also those that may be left out."""

    def __init__(self, schema, attach, rng, papers=False):
        self.root = schema
        self.papers = papers
        self.attach = attach
        self.rng = rng

    def schema_of(self, s):
        while isinstance(s, dict) and "$ref" in s and s["$ref"].startswith("#"):
            target = self.root
            for part in s["$ref"][1:].split("/")[1:]:
                target = target[part.replace("~1", "/").replace("~0", "~")]
            s = {**target, **{k: v for k, v in s.items() if k != "$ref"}}
        return s

    def title(self, pointer, lang):
        """The title of the field that a JSON pointer leads to."""
        s = self.schema_of(self.root)
        for part in pointer.split("/")[1:]:
            s = self.schema_of((s.get("properties") or {}).get(part) or s.get("items") or {})
        t = s.get("title")
        return (t.get(lang) or t.get("zh")) if isinstance(t, dict) else t or pointer

    def object(self, schema, data):
        schema = self.schema_of(schema)
        out = dict(data or {})
        for name, s in (schema.get("properties") or {}).items():
            s = self.schema_of(s)
            if name in out and "x-attachment" in s and out[name] in (None, "", "@"):
                out[name] = self.value(name, s, None)
            elif name in out and s.get("type") == "object":
                out[name] = self.object(s, out[name])
            elif name in out and s.get("type") == "array":
                item = self.schema_of(s.get("items") or {})
                if item.get("type") == "object":
                    out[name] = [self.object(item, x) for x in out[name]]
            elif name not in out and (name in schema.get("required", []) or (self.papers and "x-attachment" in s)):
                out[name] = self.value(name, s, None)
        return out

    def value(self, name, s, _):
        s = self.schema_of(s)
        if "x-attachment" in s:
            return self.attach(s["x-attachment"].get("material", name), name)
        if "const" in s:
            return s["const"]
        if "enum" in s:
            return s["enum"][0]
        for word in ("oneOf", "anyOf"):
            if word in s:
                return self.value(name, s[word][0], None)
        if "default" in s:
            return s["default"]
        kind = s.get("type", "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self.object(s, {})
        if kind == "array":
            return [self.value(name, s.get("items", {}), None) for _ in range(s.get("minItems", 1) or 1)]
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            return s.get("maximum", 100) if "share" in name or "ratio" in name else max(s.get("minimum", 1), min(10, s.get("maximum", 10)))
        return self.text(name, s)

    def text(self, name, s):
        about = "%s %s %s" % (s.get("x-identifier", ""), name, s.get("title", ""))
        if s.get("format") == "date":
            return (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
        if s.get("format") == "time":
            return "09:30:00"
        if s.get("format") == "email" or "email" in about:
            return "someone@example.com"
        if s.get("x-identifier") == "resident_id":
            return resident_id(self.rng)
        if s.get("x-identifier") == "uscc":
            return uscc(self.rng)
        if "mobile" in about or "phone" in about:
            return "13800000009"
        if "postcode" in about:
            return "523000"
        text = "鸿福路八十八号一百零一室"
        return text[: s.get("maxLength", 40)] + "号" * max(0, s.get("minLength", 0) - len(text))


def scenario_answers(root, service):
    """What the service's own first scenario files: the answers a person gives. None when there is none."""
    for folder, _, names in os.walk(os.path.join(root, "areas")):
        if not folder.endswith(os.path.join("services", service, "scenarios")):
            continue
        for name in sorted(names, key=lambda n: (n != "whole.json", n)):
            if not name.endswith(".json"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                scenario = json.load(f)
            for step in scenario["steps"]:
                if step["do"] == "file" and not step.get("refused") and not step.get("parts") and step.get("service", service) == service:
                    return step
    return None


def merge(below, above):
    """`above` wins; objects are merged."""
    out = dict(below)
    for k, v in above.items():
        out[k] = merge(out[k], v) if isinstance(v, dict) and isinstance(out.get(k), dict) else v
    return out
