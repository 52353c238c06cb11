"""Draws a process: writes the diagram (BPMN DI) of each BPMN file given, so that modellers can open what was typed by hand.

    bpmn_layout.py FILE...      replaces the diagram in place; nothing else in the file is changed

Left to right by longest way from the start; boundary events on the lower edge of their host; sub-processes expanded."""
import re
import sys
import xml.etree.ElementTree as ET

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
GATEWAYS = {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"}
COLUMN, ROW = 150, 110


def kind(e):
    return e.tag[len(B):] if e.tag.startswith(B) else ""


class Level:
    """The elements of a process or an expanded sub-process, placed from (0, 0)."""

    def __init__(self, parent):
        self.boxes, self.flows, self.inner = {}, [], {}
        self.over = self.under = 0  # ways round the elements so far
        nodes, hosts = [], {}
        for e in parent:
            k = kind(e)
            if k == "sequenceFlow":
                self.flows.append((e.get("id"), e.get("sourceRef"), e.get("targetRef")))
            elif k == "boundaryEvent":
                hosts[e.get("id")] = e.get("attachedToRef")
            elif k in EVENTS or k in GATEWAYS or k.endswith("Task") or k in ("task", "callActivity", "subProcess"):
                nodes.append((e.get("id"), k, e))
        self.order = [n[0] for n in nodes]
        size = {}
        for i, k, e in nodes:
            if k == "subProcess":
                self.inner[i] = Level(e)
                size[i] = (self.inner[i].width + 60, self.inner[i].height + 60)
            else:
                size[i] = (36, 36) if k in EVENTS else (50, 50) if k in GATEWAYS else (110, 70)
        self.place(size, hosts)

    def ranks(self, hosts):
        after = {i: [] for i in self.order}
        for _, s, t in self.flows:
            s = hosts.get(s, s)
            if s in after and t in after and s != t:
                after[s].append(t)
        rank, path = {}, set()

        def visit(i, depth):
            if i in path or rank.get(i, -1) >= depth:
                return
            rank[i] = depth
            path.add(i)
            for t in after[i]:
                visit(t, depth + 1)
            path.discard(i)

        for i in self.order:
            if i not in rank:
                visit(i, 0)
        return rank

    def place(self, size, hosts):
        rank = self.ranks(hosts)
        columns = {}
        for i in self.order:
            columns.setdefault(rank[i], []).append(i)
        x, self.height = 0, 0
        for r in sorted(columns):
            width = max(size[i][0] for i in columns[r])
            y = 0
            for i in columns[r]:
                w, h = size[i]
                room = max(h, 70)
                self.boxes[i] = (x + (width - w) // 2, y + (room - h) // 2, w, h)
                y += room + ROW - 70
            self.height = max(self.height, y)
            x += width + COLUMN - 110 + 20
        self.width = x
        taken = {}
        for b, h in hosts.items():
            if h in self.boxes:
                hx, hy, hw, hh = self.boxes[h]
                n = taken.get(h, 0)
                taken[h] = n + 1
                self.boxes[b] = (hx + hw - 30 - 46 * n, hy + hh - 18, 36, 36)
        self.lines = [(f, self.route(s, t)) for f, s, t in self.flows if s in self.boxes and t in self.boxes]
        down = 15 * self.over + 10 if self.over else 0  # room for the ways over all
        self.boxes = {i: (x, y + down, w, h) for i, (x, y, w, h) in self.boxes.items()}
        self.lines = [(f, [(x, y + down) for x, y in points]) for f, points in self.lines]
        self.height += down + 15 * self.under

    def crosses(self, points, ends):
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            for i, (x, y, w, h) in self.boxes.items():
                if i not in ends and min(x0, x1) < x + w and max(x0, x1) > x and min(y0, y1) < y + h and max(y0, y1) > y:
                    return True
        return False

    def route(self, s, t):
        """The first way that crosses no other element: straight, over all, under all; straight where none is free."""
        sx, sy, sw, sh = self.boxes[s]
        tx, ty, tw, th = self.boxes[t]
        across, down = sx + sw // 2, tx + tw // 2
        ways = []
        if tx < sx + sw:  # back: under both
            low = max(sy + sh, ty + th) + 25
            ways.append([(across, sy + sh), (across, low), (down, low), (down, ty + th)])
        elif sy + sh // 2 == ty + th // 2:
            ways.append([(sx + sw, sy + sh // 2), (tx, ty + th // 2)])
        else:
            ways += [[(sx + sw, sy + sh // 2), (mid, sy + sh // 2), (mid, ty + th // 2), (tx, ty + th // 2)] for mid in (tx - 20, sx + sw + 20)]
        over, under = -25 - 15 * self.over, self.height + 15 * self.under
        ways.append([(across, sy), (across, over), (down, over), (down, ty)])
        ways.append([(across, sy + sh), (across, under), (down, under), (down, ty + th)])
        free = next((w for w in ways if not self.crosses(w, (s, t))), ways[0])
        self.over += free is ways[-2]
        self.under += free is ways[-1]
        return free

    def write(self, out, dx, dy):
        for i, (x, y, w, h) in self.boxes.items():
            more = ' isExpanded="true"' if i in self.inner else ""
            out.append('      <bpmndi:BPMNShape id="%s_di" bpmnElement="%s"%s>\n        <dc:Bounds x="%d" y="%d" width="%d" height="%d"/>\n      </bpmndi:BPMNShape>\n' % (i, i, more, x + dx, y + dy, w, h))
            if i in self.inner:
                self.inner[i].write(out, x + dx + 30, y + dy + 40)
        for f, points in self.lines:
            way = "".join('        <di:waypoint x="%d" y="%d"/>\n' % (x + dx, y + dy) for x, y in points)
            out.append('      <bpmndi:BPMNEdge id="%s_di" bpmnElement="%s">\n%s      </bpmndi:BPMNEdge>\n' % (f, f, way))


def draw(path):
    text = open(path, encoding="utf-8").read()
    text = re.sub(r"\n?\s*<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", text, flags=re.S)
    process = next(e for e in ET.fromstring(text) if kind(e) == "process")
    out = []
    Level(process).write(out, 160, 100)
    diagram = '  <bpmndi:BPMNDiagram id="diagram">\n    <bpmndi:BPMNPlane id="plane" bpmnElement="%s">\n%s    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n' % (process.get("id"), "".join(out))
    for prefix, uri in (("bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI"), ("dc", "http://www.omg.org/spec/DD/20100524/DC"), ("di", "http://www.omg.org/spec/DD/20100524/DI")):
        if "xmlns:%s=" % prefix not in text:
            text = text.replace("<definitions ", '<definitions xmlns:%s="%s" ' % (prefix, uri), 1)
    end = text.rindex("</definitions>")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text[:end].rstrip() + "\n" + diagram + text[end:])


for name in sys.argv[1:]:
    draw(name)
