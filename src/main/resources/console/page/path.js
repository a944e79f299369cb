import {count, millis, rate, span, write} from "./common.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 900;

/** What each stage shows of an overview: a big number, and lines of a word and a value; bad and warn are lines to be seen. */
const STAGES = [
  {id: "accepted", title: "Accepted", by: "from callers", unit: "/s", to: "#charts",
    big: all => rate(all.perSecond.accepted),
    lines: all => [["since start", count(all.totals.accepted)], ["refused", rate(all.perSecond.refused) + " /s"],
      ["intake", all.full ? "no room" : "open", all.full && "bad"]],
    flows: all => all.perSecond.accepted > 0},
  {id: "sends", title: "To be sent", by: "outbox", unit: "waiting", to: "#accounts", queue: true,
    big: all => count(all.waiting.sends.items),
    lines: all => [["oldest", span(all.waiting.sends.oldestSeconds), all.waiting.sends.oldestSeconds > 300 && "warn"], ["to be retried", count(all.waiting.sends.retrying)]],
    flows: all => all.perSecond.sent > 0},
  {id: "sent", title: "Sent", by: "taken by Infobip", unit: "/s", to: "#accounts",
    big: all => rate(all.perSecond.sent),
    lines: all => [["rejected", rate(all.perSecond.rejected) + " /s", all.perSecond.rejected > 0 && "warn"], ["takes", millis(all.perSecond.sendingMillis)],
      failing(all.accounts)],
    flows: all => all.perSecond.delivered + all.perSecond.replied + all.perSecond.clicked > 0},
  {id: "reported", title: "Delivered", by: "says Infobip", unit: "/s", to: "#charts",
    big: all => rate(all.perSecond.delivered),
    lines: all => [["failed", rate(all.perSecond.failed) + " /s", all.perSecond.failed > 0 && "warn"], ["replies", rate(all.perSecond.replied) + " /s"],
      ["clicks", rate(all.perSecond.clicked) + " /s"]],
    flows: all => all.perSecond.delivered + all.perSecond.failed + all.perSecond.replied + all.perSecond.clicked > 0},
  {id: "events", title: "To be told", by: "outbox", unit: "waiting", to: "#downstreams", queue: true,
    big: all => count(all.waiting.events.items),
    lines: all => [["oldest", span(all.waiting.events.oldestSeconds), all.waiting.events.oldestSeconds > 300 && "warn"], ["to be retried", count(all.waiting.events.retrying)]],
    flows: all => all.perSecond.told > 0},
  {id: "told", title: "Told", by: "downstreams", unit: "/s", to: "#downstreams",
    big: all => rate(all.perSecond.told),
    lines: all => [["since start", count(all.totals.told)], ["takes", millis(all.perSecond.tellingMillis)], failing(all.downstreams)]}
];

function failing(all) {
  const down = all.filter(one => one.state !== "UP");
  return ["not up", `${down.length} of ${all.length}`, down.some(one => one.state === "DOWN") ? "bad" : down.length > 0 && "warn"];
}

function draw(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

/** The picture at the top: six stages and the dead letters, from left to right, or, where there is no room, from top to bottom. */
export class Path {

  constructor(node) {
    this.node = node;
    new ResizeObserver(() => {
      const width = Math.floor(node.clientWidth);
      if (width && width !== this.width) {
        this.width = width;
        this.build();
      }
    }).observe(node);
  }

  build() {
    const wide = this.width >= WIDE;
    const gap = wide ? 30 : 16;
    const size = wide ? [(this.width - 5 * gap) / 6, 168] : [this.width, 96];
    const at = STAGES.map((stage, i) => wide ? [i * (size[0] + gap), 0] : [0, i * (size[1] + gap)]);
    const end = wide ? size[1] + 34 : at[5][1] + size[1] + gap;
    const letters = wide ? [at[2][0], end, this.width - at[2][0], 44] : [0, end, this.width, 44];
    const svg = draw("svg", {width: this.width, height: end + 46, viewBox: `0 -1 ${this.width} ${end + 47}`, role: "group", "aria-label": "The path of a message"});
    this.stages = STAGES.map((stage, i) => this.stage(stage, at[i], size, wide));
    this.flows = STAGES.slice(0, 5).map((stage, i) => wide
      ? this.arrow(at[i][0] + size[0], size[1] / 2, at[i + 1][0], size[1] / 2)
      : this.arrow(28, at[i][1] + size[1], 28, at[i + 1][1]));
    const down = (wide ? [2, 3, 5] : [5]).map(i => {
      const x = wide ? at[i][0] + size[0] / 2 : 28;
      return draw("path", {class: "giving-up", d: `M${x} ${at[i][1] + size[1]}V${end}`});
    });
    this.letters = this.lettersBox(letters);
    svg.append(...this.flows, ...down, ...this.stages.map(stage => stage.node), this.letters.node);
    this.node.replaceChildren(svg);
    if (this.shown) {
      this.show(this.shown);
    }
  }

  stage(stage, [x, y], [width, height], wide) {
    const inset = 14;
    const big = draw("text", {class: "big", x: x + inset, y: y + (wide ? 88 : 76)});
    const unit = draw("tspan", {class: "unit", dx: 5}, stage.unit);
    const number = draw("tspan", {});
    big.append(number, unit);
    const right = x + width - inset;
    const left = wide ? x + inset : x + Math.max(width * 0.52, width - 200);
    const lines = [0, 1, 2].map(i => {
      const lineAt = wide ? y + 116 + i * 18 : y + 34 + i * 21;
      return [draw("text", {class: "word", x: left, y: lineAt}), draw("text", {class: "value", x: right, y: lineAt, "text-anchor": "end"})];
    });
    const title = draw("text", {class: "title", x: x + inset, y: y + 27}, stage.title);
    const by = draw("text", {class: "by", x: x + inset, y: y + 44}, stage.by);
    const box = draw("rect", {class: "box", x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, rx: 10});
    const node = draw("a", {href: stage.to, class: stage.queue ? "stage queue" : "stage", id: `stage-${stage.id}`}, box, title, by, big, ...lines.flat());
    return {node, number, lines};
  }

  arrow(x1, y1, x2, y2) {
    const head = x1 === x2 ? `M${x2 - 4} ${y2 - 7}L${x2} ${y2 - 1}L${x2 + 4} ${y2 - 7}` : `M${x2 - 7} ${y2 - 4}L${x2 - 1} ${y2}L${x2 - 7} ${y2 + 4}`;
    return draw("g", {class: "arrow"}, draw("path", {class: "line", d: `M${x1} ${y1}L${x2 - (x1 === x2 ? 0 : 2)} ${y2 - (x1 === x2 ? 2 : 0)}`}), draw("path", {class: "head", d: head}));
  }

  lettersBox([x, y, width, height]) {
    const number = draw("tspan", {class: "number", dx: 8});
    const words = draw("text", {class: "title", x: x + 14, y: y + 27}, "Dead letters", number);
    const kinds = draw("text", {class: "word", x: x + width - 14, y: y + 27, "text-anchor": "end"});
    const box = draw("rect", {class: "box", x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, rx: 10});
    return {node: draw("a", {href: "#letters", class: "stage", id: "stage-letters"}, box, words, kinds), number, kinds};
  }

  show(all) {
    this.shown = all;
    if (!this.stages) {
      return;
    }
    STAGES.forEach((stage, i) => {
      const shown = this.stages[i];
      const lines = stage.lines(all);
      write(shown.number, stage.big(all));
      shown.lines.forEach(([word, value], j) => {
        const [name, text, kind] = lines[j] || ["", ""];
        write(word, name);
        write(value, text);
        value.setAttribute("class", kind ? `value ${kind}` : "value");
      });
      const worst = ["bad", "warn"].find(kind => lines.some(line => line[2] === kind)) || "";
      shown.node.setAttribute("class", `stage ${stage.queue ? "queue" : ""} ${worst}`);
      shown.node.setAttribute("aria-label", `${stage.title} ${stage.by}: ${stage.big(all)} ${stage.unit}; ${lines.map(line => line.slice(0, 2).join(" ")).join(", ")}`);
      if (stage.flows) {
        this.flows[i].setAttribute("class", stage.flows(all) ? "arrow flowing" : "arrow");
      }
    });
    const sums = {sends: 0, events: 0, webhooks: 0};
    Object.entries(all.deadLetters || {}).forEach(([queue, items]) => sums[queue.split(".")[1]] += items);
    const total = sums.sends + sums.events + sums.webhooks;
    write(this.letters.number, all.deadLetters === null ? "?" : count(total));
    write(this.letters.kinds, this.width < 480 ? "" : `sends ${count(sums.sends)}  ·  webhooks ${count(sums.webhooks)}  ·  events ${count(sums.events)}`);
    this.letters.node.setAttribute("class", total ? "stage warn" : "stage");
    this.letters.node.setAttribute("aria-label", `Dead letters: ${total}`);
  }
}
